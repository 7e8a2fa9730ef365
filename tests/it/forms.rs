//! Forms and buttons: what a press sets, fires and refuses, and what each role is shown.

use serde_json::{Value, json};
use wfruntime::prelude::*;

use crate::program_under_test::{Answer, Program};

mod many;
mod nested;
mod several;
mod shown;

/// Where a loan stands.
#[choice]
pub enum LoanStatus {
    Draft,
    Asked,
    Granted,
    Refused,
}

/// Who borrows.
#[collection]
pub struct Borrower {
    #[field(length = 1..=40)]
    pub name: String,
    pub loans: HasMany<Loan>,
}

/// Money lent.
#[collection]
pub struct Loan {
    #[field(title = "What for", length = 1..=80)]
    pub purpose: String,
    #[field(range = 1..=1000)]
    pub amount: i64,
    pub note: Option<String>,
    pub borrower: Option<BelongsTo<Borrower>>,
    pub keeper: Option<BelongsTo<User>>,
    pub decided_on: Option<Timestamp>,
    #[field(default = LoanStatus::Asked)]
    pub status: LoanStatus,
}

/// Looks at it.
#[post_action(mode = "local", execution = "sync")]
async fn weigh_loan(loan: PostAction<Loan>, cx: SyncContext) -> Result<()> {
    cx.respond(format!("{} {} weighed", loan.action, loan.data.purpose)).await
}

/// Writes to the borrower.
#[post_action(mode = "local", execution = "sync")]
async fn write_borrower(borrower: PostAction<Borrower>, cx: SyncContext) -> Result<()> {
    cx.respond(format!("dear {}", borrower.data.name)).await
}

/// Nobody needs it any more.
#[post_action(mode = "local")]
async fn old_ledger(_: PostAction<Loan>, _: Context) -> Result<()> {
    Ok(())
}

/// Counts every loan that was written.
#[post_action(mode = "global", on = [create, update], execution = "sync")]
async fn count_loan(_: PostAction<Loan>, cx: SyncContext) -> Result<()> {
    cx.respond("counted").await
}

forms! {
    Loan {
        /// Interest is
        /// due monthly.
        add "Ask" (purpose, amount, note, borrower { name }) {
            "Submit" => [weigh_loan, write_borrower!borrower];
            /// Nobody sees it yet.
            "Save draft" as draft { status: LoanStatus::Draft } => [old_ledger];
        }
        add "Grant at once" (purpose, amount) allow [banker] {
            "Save" { status: LoanStatus::Granted, decided_on: now, keeper: user };
        }
        add "Ask again" (purpose, amount, borrower) allow [lender] { "Send"; }
        edit "Change" (purpose, amount) when status == LoanStatus::Draft {
            "Save";
            "Submit" { status: LoanStatus::Asked } => [weigh_loan] when amount > 5;
        }
        row "Grant" { status: LoanStatus::Granted, decided_on: now, keeper: user }
            => [write_borrower!borrower]
            when status == LoanStatus::Asked allow [banker];
        row "Ask again" { status: LoanStatus::Asked } when status == LoanStatus::Refused;
        row "Remind" => [weigh_loan] when status == LoanStatus::Asked;
        row "Drop note" { note: None::<String> };
    }
}

role! {
    debtor {
        Loan: view own, create(purpose, amount, note, borrower), update(purpose, amount) own;
        Borrower: view;
        workflows: weigh_loan, write_borrower, old_ledger;
    }
    lender {
        Loan: view, create(purpose, amount, note, borrower);
        Borrower: view, create;
        workflows: weigh_loan, write_borrower, old_ledger;
    }
    banker {
        Loan: view, create(purpose, amount), update();
        Borrower: view;
        workflows: write_borrower;
    }
    /// Sees loans, and may remind.
    auditor { Loan: view; workflows: weigh_loan; }
    passer_by { Borrower: view; }
}

struct Bank {
    program: Program,
    debtor: String,
    banker: String,
    auditor: String,
}

impl Bank {
    async fn open() -> Self {
        let program = Program::start().await;
        let debtor = program.user("Dora", &["debtor"]).await;
        let banker = program.user("Bert", &["banker"]).await;
        let auditor = program.user("Anna", &["auditor"]).await;
        let admin = program.user("Adam", &["admin"]).await;
        let off = json!({ "enabled": false });
        let path = "/api/workflows:update?filterByTk=old_ledger";
        assert_eq!(program.post(path, &admin, &off).await.status, 200);
        Self { program, debtor, banker, auditor }
    }

    async fn press(&self, token: &str, what: &str, body: Value) -> Answer {
        self.program.post(&format!("/api/loans:{what}"), token, &body).await
    }

    /// A loan of the debtor's, made with a button.
    async fn loan(&self, button: &str) -> i64 {
        let body = json!({ "purpose": "a house", "amount": 100 });
        let made = self.press(&self.debtor, &format!("create?button={button}"), body).await;
        assert_eq!(made.outcome(), (200, ""), "{made:?}");
        made.id()
    }

    async fn stored(&self, id: i64) -> Value {
        let path = format!("/api/loans:get?filterByTk={id}");
        self.program.get(&path, &self.banker).await.body["data"].take()
    }

    async fn count(&self) -> i64 {
        let listed = self.program.get("/api/loans:list", &self.banker).await;
        listed.body["meta"]["count"].as_i64().expect("a number")
    }
}

/// The faults of an answer as `code field`, and its status.
fn faults(answer: &Answer) -> (u16, Vec<String>) {
    let errors = answer.body["errors"].as_array().cloned().unwrap_or_default();
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap_or_default().to_owned();
    let faults = errors.iter().map(|it| format!("{} {}", text(it, "code"), text(it, "field")));
    (answer.status.as_u16(), faults.collect())
}

/// The workflows of an answer as `key status`, and what they said.
fn fired(answer: &Answer) -> Vec<String> {
    let list = |name: &str| answer.body[name].as_array().cloned().unwrap_or_default();
    let text = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    let workflows = list("workflows");
    let workflows =
        workflows.iter().map(|it| format!("{} {}", text(it, "key"), text(it, "status")));
    workflows.chain(list("messages").iter().map(|it| text(it, "message"))).collect()
}

#[tokio::test]
async fn a_button_of_a_form_sets_its_values_and_fires_its_workflows() {
    let bank = Bank::open().await;
    let body = json!({ "purpose": "a boat", "amount": 7 });
    let asked = bank.press(&bank.debtor, "create?button=ask.submit", body.clone()).await;
    assert_eq!(asked.body["data"]["status"], "asked", "{asked:?}");
    // Without a borrower there is nobody to write to.
    let expected = [
        "weigh_loan resolved",
        "count_loan resolved",
        "write_borrower skipped",
        "create a boat weighed",
        "counted",
    ];
    assert_eq!(fired(&asked), expected);

    let borrower = json!({ "name": "Carl" });
    let root = bank.program.user("Root", &["root"]).await;
    let carl = bank.program.post("/api/borrowers:create", &root, &borrower).await.id();
    let with = json!({ "purpose": "a boat", "amount": 7, "borrowerId": carl });
    let asked = bank.press(&bank.debtor, "create?button=ask.submit", with).await;
    assert!(fired(&asked).contains(&"dear Carl".to_owned()), "{asked:?}");

    // The role may not write `status`: it is the button that does.
    let draft = bank.press(&bank.debtor, "create?button=ask.draft", body).await;
    assert_eq!(draft.body["data"]["status"], "draft", "{draft:?}");
    assert_eq!(fired(&draft), ["count_loan resolved", "old_ledger disabled", "counted"]);
}

#[tokio::test]
async fn the_button_of_a_record_sets_values_of_its_own() {
    let bank = Bank::open().await;
    let loan = bank.loan("ask.submit").await;
    let path = format!("update?filterByTk={loan}&button=grant");
    let granted = bank.press(&bank.banker, &path, json!({})).await;
    assert_eq!(granted.outcome(), (200, ""), "{granted:?}");
    let stored = bank.stored(loan).await;
    assert_eq!(stored["status"], "granted");
    assert_eq!(stored["decidedOn"], "2026-01-01T00:00:00Z");
    let banker = bank.program.get("/api/auth:check", &bank.banker).await.id();
    assert_eq!(stored["keeperId"], banker);

    // A body is not needed at all.
    let header = [("authorization", &*format!("Bearer {}", bank.debtor))];
    let path = format!("/api/loans/{loan}?button=drop_note");
    let dropped = bank.program.send("PATCH", &path, &header, "").await;
    assert_eq!(dropped.outcome(), (200, ""), "{dropped:?}");
}

#[tokio::test]
async fn what_is_no_field_of_the_form_is_refused_by_name() {
    let bank = Bank::open().await;
    let draft = bank.loan("ask.draft").await;
    let before = bank.count().await;
    let table = [
        (
            "create?button=ask.draft".to_owned(),
            json!({ "purpose": "x", "amount": 1, "status": "granted" }),
            &["fixed_field status"][..],
        ),
        (
            "create?button=ask.submit".to_owned(),
            json!({ "purpose": "x", "amount": 1, "status": "granted", "keeper": 5, "zinc": 1 }),
            &["not_in_form keeper", "not_in_form status", "unknown_field zinc"],
        ),
        // The faults of the values are told with them.
        (
            "create?button=ask.submit".to_owned(),
            json!({ "amount": 0, "decidedOn": null }),
            &["out_of_range amount", "not_in_form decidedOn", "required purpose"],
        ),
        (
            format!("update?filterByTk={draft}&button=change.save"),
            json!({ "note": "x" }),
            &["not_in_form note"],
        ),
        (
            format!("update?filterByTk={draft}&button=drop_note"),
            json!({ "purpose": "x", "note": "y" }),
            &["fixed_field note", "not_in_form purpose"],
        ),
    ];
    for (path, body, expected) in table {
        let refused = bank.press(&bank.debtor, &path, body).await;
        let expected = expected.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(faults(&refused), (400, expected), "{path}: {refused:?}");
    }
    assert_eq!(bank.count().await, before);
    assert_eq!(bank.stored(draft).await["purpose"], "a house");
}

#[tokio::test]
async fn a_button_is_pressed_where_it_is_and_alone() {
    let bank = Bank::open().await;
    let loan = bank.loan("ask.submit").await;
    let body = json!({ "purpose": "x", "amount": 1 });
    for (path, body, expected) in [
        ("create?button=ask.sbmit", body.clone(), "unknown_button button"),
        ("create?button=", body.clone(), "unknown_button button"),
        ("create?button=remind", body.clone(), "other_action button"),
        (&format!("update?filterByTk={loan}&button=ask.submit"), json!({}), "other_action button"),
        ("destroy?filterByTk=1&button=remind", json!({}), "other_action button"),
        ("list?button=remind", json!({}), "other_action button"),
        ("create?button=ask.submit&button=ask.draft", body.clone(), "duplicate_parameter button"),
        (
            "create?button=ask.submit&triggerWorkflows=weigh_loan",
            body,
            "two_triggers triggerWorkflows",
        ),
        (
            "update?filter=%7B%22amount%22%3A1%7D&button=drop_note",
            json!({}),
            "button_filter filter",
        ),
        ("update?button=drop_note", json!([{ "id": loan }]), "button_array button"),
        ("update?button=drop_note", json!({}), "no_target "),
    ] {
        let refused = bank.press(&bank.debtor, path, body).await;
        assert_eq!(faults(&refused), (400, vec![expected.to_owned()]), "{path}: {refused:?}");
    }
    let unknown = bank.press(&bank.debtor, "create?button=ask.sbmit", json!({})).await;
    let message = unknown.body["errors"][0]["message"].as_str();
    assert_eq!(message, Some("unknown button `ask.sbmit` of `loans`; did you mean `ask.submit`?"));
    assert_eq!(bank.count().await, 1, "nothing of it was written");
}

#[tokio::test]
async fn a_condition_is_judged_with_the_write() {
    let bank = Bank::open().await;
    let loan = bank.loan("ask.submit").await;
    let press = |token: &str, button: &str, body: Value| {
        let (token, path) = (token.to_owned(), format!("update?filterByTk={loan}&button={button}"));
        let bank = &bank;
        async move { bank.press(&token, &path, body).await }
    };
    // Both read `asked`; one of them finds it granted when it writes.
    let (one, other) = tokio::join!(
        press(&bank.banker, "grant", json!({})),
        press(&bank.banker, "grant", json!({}))
    );
    let mut outcomes = [one.outcome(), other.outcome()];
    outcomes.sort_unstable();
    assert_eq!(outcomes, [(200, ""), (409, "button_not_there")]);

    let again = press(&bank.debtor, "ask_again", json!({})).await;
    let message =
        format!("`ask_again` cannot be pressed: record {loan} does not fulfil its `when`");
    assert_eq!(again.body["errors"][0]["message"], message);
    let change = press(&bank.debtor, "change.save", json!({ "amount": 3 })).await;
    assert_eq!(change.outcome(), (409, "button_not_there"), "the form's own condition");
    assert_eq!(bank.stored(loan).await["amount"], 100);

    // Of several records, all have to fulfil it.
    let asked = bank.loan("ask.submit").await;
    let path = format!("update?filterByTk={asked},{loan}&button=grant");
    let both = bank.press(&bank.banker, &path, json!({})).await;
    assert_eq!(both.outcome(), (409, "button_not_there"), "{both:?}");
    assert_eq!(bank.stored(asked).await["status"], "asked");
}

#[tokio::test]
async fn a_button_needs_its_role_its_rights_and_its_workflows() {
    let bank = Bank::open().await;
    let (asked, draft) = (bank.loan("ask.submit").await, bank.loan("ask.draft").await);
    let other = bank.program.user("Otto", &["debtor"]).await;
    let passer_by = bank.program.user("Paul", &["passer_by"]).await;
    let new = json!({ "purpose": "x", "amount": 1 });
    let none = json!({});
    let update = |id: i64, button: &str| format!("update?filterByTk={id}&button={button}");
    for (token, path, body, status, expected) in [
        (&bank.debtor, update(asked, "grant"), &none, 403, "button_forbidden"),
        (&bank.debtor, "create?button=grant_at_once.save".into(), &new, 403, "button_forbidden"),
        // It may not use the workflow of the button.
        (&bank.banker, "create?button=ask.submit".into(), &new, 403, "workflow_forbidden"),
        (&bank.banker, update(asked, "remind"), &none, 403, "workflow_forbidden"),
        // It may see, and so remind, but not update.
        (&bank.auditor, update(asked, "drop_note"), &none, 403, "forbidden"),
        (&bank.auditor, update(asked, "remind"), &none, 200, ""),
        // It may change its own.
        (&other, update(asked, "drop_note"), &none, 404, "not_found"),
        (&other, update(asked, "remind"), &none, 404, "not_found"),
        (&other, update(draft, "change.save"), &new, 404, "not_found"),
        // Whoever may nothing there does not learn what there is.
        (&passer_by, update(asked, "nothing"), &none, 403, "forbidden"),
        (&passer_by, "create?button=ask.submit".into(), &new, 403, "forbidden"),
        // What fills in a form has to be granted, too.
        (&bank.banker, update(asked, "drop_note"), &none, 200, ""),
        (&bank.banker, update(draft, "change.save"), &new, 403, "forbidden_field"),
        (&bank.banker, "create?button=grant_at_once.save".into(), &new, 200, ""),
    ] {
        let answer = bank.press(token, &path, body.clone()).await;
        assert_eq!(answer.outcome(), (status, expected), "{path}: {answer:?}");
    }
    let hint = bank.press(&bank.debtor, &update(asked, "grand"), json!({})).await;
    let message = hint.body["errors"][0]["message"].as_str().expect("a text");
    assert!(!message.contains("`grant`"), "it may not press that: {message}");
}

#[tokio::test]
async fn a_button_that_sets_nothing_writes_nothing() {
    let bank = Bank::open().await;
    let loan = bank.loan("ask.submit").await;
    let before = bank.stored(loan).await;
    bank.program.clock.advance(jiff::SignedDuration::from_hours(1));
    let path = format!("update?filterByTk={loan}&button=remind");
    let pressed = bank.press(&bank.auditor, &path, json!({})).await;
    // The global workflow is not told of an update: there was none.
    assert_eq!(fired(&pressed), ["weigh_loan resolved", "update a house weighed"]);
    assert_eq!(bank.stored(loan).await, before);
}

#[tokio::test]
async fn a_form_is_filled_in_through_an_association() {
    let bank = Bank::open().await;
    let root = bank.program.user("Root", &["root"]).await;
    let name = json!({ "name": "Carl" });
    let carl = bank.program.post("/api/borrowers:create", &root, &name).await.id();
    let path = format!("/api/borrowers/{carl}/loans:create?button=ask.submit");
    let new = json!({ "purpose": "a shed", "amount": 5 });
    let made = bank.program.post(&path, &bank.debtor, &new).await;
    assert_eq!(made.body["data"]["borrowerId"], carl, "{made:?}");
    assert!(fired(&made).contains(&"dear Carl".to_owned()), "{made:?}");
    let twice = json!({ "purpose": "a shed", "amount": 5, "borrowerId": carl });
    let refused = bank.program.post(&path, &bank.debtor, &twice).await;
    assert_eq!(refused.outcome(), (400, "implied"));
    let path = format!("/api/borrowers/{carl}/loans:forms");
    let elsewhere = bank.program.get(&path, &root).await;
    assert_eq!(elsewhere.outcome(), (404, "unknown_action"), "they are asked of the collection");
}
