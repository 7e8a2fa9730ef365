//! `<collection>:forms`: what each role is shown, and of a record what it has now.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::Bank;

/// The forms that a role is shown, without what says the same of each field.
async fn check(bank: &Bank, token: &str, query: &str, expected: Expect) {
    let shown = bank.program.get(&format!("/api/loans:forms{query}"), token).await;
    assert_eq!(shown.status, 200, "{shown:?}");
    let names = |list: &Value| -> Vec<String> {
        let list = list.as_array().expect("a list");
        list.iter().map(|it| it["name"].as_str().expect("a name").to_owned()).collect()
    };
    let forms = shown.body["data"]["forms"].as_array().expect("a list");
    let forms = forms.iter().map(|form| {
        let (kind, title) = (&form["kind"], &form["title"]);
        format!("{kind} {title} {:?} {:?}\n", names(&form["fields"]), names(&form["buttons"]))
    });
    let rows = format!("{:?}\n", names(&shown.body["data"]["rows"]));
    expected.assert_eq(&forms.chain([rows]).collect::<String>());
}

#[tokio::test]
async fn each_role_is_shown_what_it_gets_through_with() {
    let bank = Bank::open().await;
    check(
        &bank,
        &bank.debtor,
        "",
        expect![[r#"
        "add" "Ask" ["purpose", "amount", "note", "borrowerId"] ["ask.submit", "ask.draft"]
        "edit" "Change" ["purpose", "amount"] ["change.save", "change.submit"]
        ["ask_again", "remind", "drop_note"]
    "#]],
    )
    .await;
    check(
        &bank,
        &bank.banker,
        "",
        expect![[r#"
        "add" "Grant at once" ["purpose", "amount"] ["grant_at_once.save"]
        ["grant", "ask_again", "drop_note"]
    "#]],
    )
    .await;
    check(
        &bank,
        &bank.auditor,
        "",
        expect![[r#"
        ["remind"]
    "#]],
    )
    .await;
    let root = bank.program.user("Root", &["root"]).await;
    check(
        &bank,
        &root,
        "",
        expect![[r#"
        "add" "Ask" ["purpose", "amount", "note", "borrowerId"] ["ask.submit", "ask.draft"]
        "add" "Grant at once" ["purpose", "amount"] ["grant_at_once.save"]
        "add" "Ask again" ["purpose", "amount", "borrowerId"] ["ask_again.send"]
        "edit" "Change" ["purpose", "amount"] ["change.save", "change.submit"]
        ["grant", "ask_again", "remind", "drop_note"]
    "#]],
    )
    .await;
    let passer_by = bank.program.user("Paul", &["passer_by"]).await;
    let refused = bank.program.get("/api/loans:forms", &passer_by).await;
    assert_eq!(refused.outcome(), (403, "forbidden"));
    let nobody = bank.program.send("GET", "/api/loans:forms", &[], "").await;
    assert_eq!(nobody.status, 401);
    let none = bank.program.get("/api/borrowers:forms", &passer_by).await;
    assert_eq!(none.body["data"]["forms"], json!([]), "it has no forms");
}

#[tokio::test]
async fn of_a_record_there_is_what_it_has_now() {
    let bank = Bank::open().await;
    let (asked, draft) = (bank.loan("ask.submit").await, bank.loan("ask.draft").await);
    let of = |id: i64| format!("?filterByTk={id}");
    check(
        &bank,
        &bank.debtor,
        &of(draft),
        expect![[r#"
        "edit" "Change" ["purpose", "amount"] ["change.save", "change.submit"]
        ["drop_note"]
    "#]],
    )
    .await;
    check(
        &bank,
        &bank.debtor,
        &of(asked),
        expect![[r#"
        ["remind", "drop_note"]
    "#]],
    )
    .await;
    check(
        &bank,
        &bank.banker,
        &of(asked),
        expect![[r#"
        ["grant", "drop_note"]
    "#]],
    )
    .await;
    let other = bank.program.user("Otto", &["debtor"]).await;
    for (token, query, expected) in [
        (&other, of(draft), (404, "not_found")),
        (&bank.debtor, of(1), (404, "not_found")),
        (&bank.debtor, "?sort=amount".into(), (400, "unsupported_parameter")),
    ] {
        let refused = bank.program.get(&format!("/api/loans:forms{query}"), token).await;
        assert_eq!(refused.outcome(), expected, "{query}");
    }
}

#[tokio::test]
async fn of_several_records_it_says_which_have_it() {
    let bank = Bank::open().await;
    let (asked, draft) = (bank.loan("ask.submit").await, bank.loan("ask.draft").await);
    let other = bank.program.user("Otto", &["debtor"]).await;
    let path = format!("/api/loans:forms?filterByTk={asked},{draft},1");
    let shown = bank.program.get(&path, &bank.debtor).await;
    let data = &shown.body["data"];
    assert_eq!(data["forms"][0]["records"], json!([draft]), "{data:#}");
    assert_eq!(data["forms"][0]["buttons"][0]["records"], json!([draft]));
    let records = |rows: &Value| -> Vec<(String, Value)> {
        let rows = rows.as_array().expect("a list").iter();
        rows.map(|row| (row["name"].to_string(), row["records"].clone())).collect()
    };
    let (remind, drop) = ("\"remind\"".to_owned(), "\"drop_note\"".to_owned());
    let expected = [(remind, json!([asked])), (drop, json!([asked, draft]))];
    assert_eq!(records(&data["rows"]), expected);

    let none = bank.program.get(&path, &other).await;
    assert_eq!((&none.body["data"]["forms"], &none.body["data"]["rows"]), (&json!([]), &json!([])));
    let ids: Vec<String> = (1..=501).map(|id| id.to_string()).collect();
    let path = format!("/api/loans:forms?filterByTk={}", ids.join(","));
    assert_eq!(bank.program.get(&path, &bank.debtor).await.outcome(), (400, "invalid_target"));
}

#[tokio::test]
async fn a_form_is_described_for_other_front_ends() {
    let bank = Bank::open().await;
    let mut shown = bank.program.get("/api/loans:forms", &bank.debtor).await;
    let mut form = shown.body["data"]["forms"][0].take();
    let fields = form["fields"].take();
    expect![[r#"
        {
          "action": "create",
          "buttons": [
            {
              "action": "create",
              "name": "ask.submit",
              "title": "Submit",
              "workflows": [
                {
                  "enabled": true,
                  "key": "weigh_loan",
                  "title": "Looks at it"
                },
                {
                  "association": "borrower",
                  "enabled": true,
                  "key": "write_borrower",
                  "title": "Writes to the borrower"
                }
              ]
            },
            {
              "action": "create",
              "help": "Nobody sees it yet.",
              "name": "ask.draft",
              "title": "Save draft",
              "workflows": [
                {
                  "enabled": false,
                  "key": "old_ledger",
                  "title": "Nobody needs it any more"
                }
              ]
            }
          ],
          "fields": null,
          "help": "Interest is due monthly.",
          "kind": "add",
          "name": "ask",
          "title": "Ask"
        }"#]]
    .assert_eq(&format!("{form:#}"));
    assert_eq!(
        fields,
        json!([
            { "name": "purpose", "title": "What for", "type": "text", "required": true,
              "length": { "min": 1, "max": 80 } },
            { "name": "amount", "title": "Amount", "type": "integer", "required": true,
              "range": { "min": 1, "max": 1000 } },
            { "name": "note", "title": "Note", "type": "text", "required": false },
            { "name": "borrowerId", "title": "Borrower", "type": "reference", "required": false,
              "association": "borrower", "collection": "borrowers" },
        ])
    );
}
