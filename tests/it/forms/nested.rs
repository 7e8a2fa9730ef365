//! A new record that is filled in behind a reference of a form.

use serde_json::{Value, json};

use super::{Bank, faults};
use crate::program_under_test::Answer;

/// Asks for a draft with this borrower.
async fn asked(bank: &Bank, token: &str, borrower: Value) -> Answer {
    let body = json!({ "purpose": "a boat", "amount": 7, "borrower": borrower });
    bank.press(token, "create?button=ask.draft", body).await
}

#[tokio::test]
async fn a_record_and_the_one_it_refers_to_are_made_at_once() {
    let bank = Bank::open().await;
    let lender = bank.program.user("Lena", &["lender"]).await;
    let made = asked(&bank, &lender, json!({ "name": "Carl" })).await;
    assert_eq!(made.outcome(), (200, ""), "{made:?}");
    let carl = &made.body["data"]["borrowerId"];
    let path = format!("/api/borrowers:get?filterByTk={carl}");
    let stored = bank.program.get(&path, &lender).await;
    assert_eq!(stored.body["data"]["name"], "Carl");
    // One that is there, by its id.
    let linked = asked(&bank, &lender, json!({ "id": carl })).await;
    assert_eq!(&linked.body["data"]["borrowerId"], carl, "{linked:?}");
}

#[tokio::test]
async fn a_new_record_takes_the_fields_of_the_form_alone() {
    let bank = Bank::open().await;
    let lender = bank.program.user("Lena", &["lender"]).await;
    let root = bank.program.user("Root", &["root"]).await;
    let carl = bank.program.post("/api/borrowers:create", &root, &json!({ "name": "Carl" })).await;
    for (borrower, expected) in [
        (json!({ "name": "" }), (400, "too_short borrower.name")),
        (json!({}), (400, "required borrower.name")),
        (json!({ "name": "x", "loans": [] }), (400, "not_in_form borrower.loans")),
        (json!({ "id": carl.id(), "name": "x" }), (400, "not_in_form borrower")),
    ] {
        let refused = asked(&bank, &lender, borrower).await;
        assert_eq!(faults(&refused), (expected.0, vec![expected.1.to_owned()]), "{refused:?}");
    }
    // Who may not make one without the form may not with it.
    let refused = asked(&bank, &bank.debtor, json!({ "name": "Dirk" })).await;
    assert_eq!(faults(&refused), (403, vec!["forbidden borrower".to_owned()]), "{refused:?}");
    // Another form makes none, whatever the role may.
    let path = "create?button=ask_again.send";
    let body = json!({ "purpose": "a boat", "amount": 7, "borrower": { "name": "Dirk" } });
    let refused = bank.press(&root, path, body).await;
    assert_eq!(faults(&refused), (400, vec!["not_in_form borrower".to_owned()]), "{refused:?}");
    let listed = bank.program.get("/api/borrowers:list", &root).await;
    assert_eq!(listed.body["meta"]["count"], 1, "nobody was made");
    assert_eq!(bank.count().await, 0);
}

#[tokio::test]
async fn a_new_record_is_offered_to_those_who_may_make_it() {
    let bank = Bank::open().await;
    let lender = bank.program.user("Lena", &["lender"]).await;
    let borrower = |answer: &Answer| {
        let forms = answer.body["data"]["forms"].as_array().cloned().expect("forms");
        let ask = forms.into_iter().find(|form| form["name"] == "ask").expect("the form");
        let fields = ask["fields"].as_array().cloned().expect("fields");
        fields.into_iter().find(|field| field["name"] == "borrowerId").expect("the field")
    };
    let shown = bank.program.get("/api/loans:forms", &lender).await;
    let name = json!({ "fields": [{
        "name": "name", "title": "Name", "type": "text", "required": true,
        "length": { "min": 1, "max": 40 },
    }] });
    assert_eq!(borrower(&shown)["new"], name, "{shown:?}");
    let shown = bank.program.get("/api/loans:forms", &bank.debtor).await;
    assert_eq!(borrower(&shown)["new"], Value::Null, "{shown:?}");

    let form = "/admin/data/loans/new?form=ask";
    let page = bank.program.page(form, &lender, None).await;
    assert!(page.text.contains("name=\"borrower.name\""), "{}", page.text);
    let new = "purpose=a+shed&amount=5&borrowerId=new&borrower.name=Eve&button=ask.draft";
    let page = bank.program.page(form, &lender, Some(new)).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let page = bank.program.page(page.location(), &lender, None).await;
    assert!(page.text.contains(">Eve</a>"), "{}", page.text);
    let page = bank.program.page(form, &bank.debtor, None).await;
    assert!(!page.text.contains("borrower.name"), "{}", page.text);
}
