//! Tasks over HTTP: forms filled in, decisions together, places handed on.

use jiff::ToSpan as _;
use serde_json::{Value, json};
use wfruntime::prelude::*;
use wfruntime::testing::{Answer, Person, TestApp};

/// Something to be paid.
#[collection]
pub struct Bill {
    pub text: String,
    pub reference: Option<String>,
    pub first: Option<BelongsTo<User>>,
    pub second: Option<BelongsTo<User>>,
}

/// How it was paid.
#[answer]
struct BillReceipt {
    /// The bank's reference.
    #[field(length = 4..=12)]
    reference: String,
    paid_on: Option<Date>,
    #[field(default = BillChannel::Transfer)]
    channel: BillChannel,
}

/// In which way.
#[choice]
pub enum BillChannel {
    Transfer,
    Cash,
}

/// Has it paid.
#[post_action(mode = "local")]
async fn bill_payment(bill: PostAction<Bill>, cx: Context) -> Result<()> {
    let mut bill = bill.data;
    let receipt = cx.ask::<BillReceipt>(format!("Pay {}", bill.text)).by_role("cashier").await?;
    let text = format!("{} {:?} {}", receipt.reference, receipt.paid_on, receipt.channel);
    cx.update(&mut bill, Bill::changes().reference(text)).await
}

workflow! {
    /// Has it checked by everybody who is named.
    #[post_action(mode = "local")]
    bill_check<Bill> {
        let reviewers = vec![data.first.clone(), data.second.clone()];
        approve "Check {data.text}" { by: all [reviewers], within: 2 days };
        update data { reference: "checked" };
    }

    /// Has it checked by whoever is quick.
    #[post_action(mode = "local", timeout = 5 days)]
    bill_glance<Bill> {
        approve "Look at {data.text}" { by: role(cashier) };
    }
}

role! {
    cashier { User: view(nickname); Bill: view, create; workflows: bill_payment, bill_check, bill_glance; tasks; }
    bystander { Bill: view; }
}

struct Office {
    app: TestApp,
    ada: Person,
    bob: Person,
    eve: Person,
}

impl Office {
    async fn open() -> Self {
        let app = TestApp::start(|app| app).await;
        let ada = app.user("Ada", &["cashier"]).await;
        let bob = app.user("Bob", &["cashier"]).await;
        let eve = app.user("Eve", &["cashier"]).await;
        Self { app, ada, bob, eve }
    }

    /// A bill for which Ada and Bob are named, and the task that a workflow made of it.
    async fn bill(&self, text: &str, workflow: &str) -> (Id<Bill>, i64) {
        let bill = Bill::new().text(text).first(self.ada.id()).second(self.bob.id());
        let bill = self.ada.create(bill).trigger(workflow).await.expect("a bill");
        let tasks = self.ada.tasks().await;
        (bill.id, tasks.last().expect("a task").id)
    }

    async fn task(&self, who: &Person, action: &str, task: i64, body: &Value) -> Answer {
        let path = format!("/api/tasks:{action}?filterByTk={task}");
        who.post(&path, body.clone()).await
    }

    async fn seen(&self, who: &Person, task: i64) -> Answer {
        who.fetch(&format!("/api/tasks:get?filterByTk={task}")).await
    }

    async fn reference(&self, bill: Id<Bill>) -> Option<String> {
        self.app.reload(bill).await.reference.clone()
    }
}

fn faults(answer: &Answer) -> Vec<(&str, &str)> {
    let errors = answer.body["errors"].as_array().expect("errors");
    errors
        .iter()
        .map(|error| {
            (error["field"].as_str().unwrap_or_default(), error["code"].as_str().expect("a code"))
        })
        .collect()
}

#[tokio::test]
async fn a_form_is_shown_checked_kept_and_used() {
    let office = Office::open().await;
    let (bill, task) = office.bill("<script>alert(1)</script> & \"co\"", "bill_payment").await;
    let seen = office.seen(&office.bob, task).await;
    let shown = &seen.body["data"];
    assert_eq!(shown["title"], "Pay <script>alert(1)</script> & \"co\"", "a text stays a text");
    assert_eq!(
        shown["fields"],
        json!([
            { "name": "reference", "title": "The bank's reference", "type": "text",
              "required": true, "length": { "min": 4, "max": 12 } },
            { "name": "paidOn", "title": "Paid on", "type": "date", "required": false },
            { "name": "channel", "title": "Channel", "type": "choice", "required": false,
              "choices": [{ "name": "transfer", "title": "Transfer" },
                          { "name": "cash", "title": "Cash" }],
              "default": "transfer" },
        ])
    );

    let wrong = json!({
        "values": { "reference": "A", "paidOn": "soon", "chanel": "cash" }, "coment": "x",
    });
    let refused = office.task(&office.bob, "submit", task, &wrong).await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        faults(&refused),
        [
            ("coment", "unknown_field"),
            ("values.chanel", "unknown_field"),
            ("values.paidOn", "wrong_type"),
            ("values.reference", "too_short"),
        ]
    );
    for (body, expected) in [
        (json!({}), ("values", "required")),
        (json!({ "values": null }), ("values", "required")),
        (json!({ "values": [1] }), ("values", "wrong_type")),
        (json!({ "values": {} }), ("values.reference", "required")),
        (json!({ "decision": "approved" }), ("decision", "values_expected")),
        (json!({ "decision": "perhaps" }), ("decision", "values_expected")),
        (
            json!({ "decision": "approved", "values": { "reference": "A-17" } }),
            ("decision", "values_expected"),
        ),
    ] {
        let refused = office.task(&office.bob, "submit", task, &body).await;
        assert_eq!((refused.status, faults(&refused)), (400, vec![expected]), "{body}");
    }
    let untouched = office.seen(&office.bob, task).await;
    assert_eq!(untouched.body["data"]["status"], "open");
    assert_eq!(untouched.body["data"]["decisions"], json!([]));

    let body =
        json!({ "values": { "reference": "A-17", "paidOn": "2026-01-05" }, "comment": "ok" });
    let done = office.task(&office.bob, "submit", task, &body).await;
    assert_eq!(done.outcome(), (200, ""), "{done:?}");
    let kept = office.seen(&office.ada, task).await;
    assert_eq!(kept.body["data"]["status"], "answered");
    let decision = &kept.body["data"]["decisions"][0];
    let values = json!({ "reference": "A-17", "paidOn": "2026-01-05", "channel": "transfer" });
    assert_eq!((&decision["values"], &decision["comment"]), (&values, &json!("ok")));
    assert_eq!(decision["nickname"], "Bob");
    assert_eq!(office.reference(bill).await.as_deref(), Some("A-17 Some(2026-01-05) transfer"));

    let late = office.task(&office.eve, "submit", task, &body).await;
    assert_eq!(late.outcome(), (409, "task_closed"));
    let message = late.body["errors"][0]["message"].as_str().expect("a message");
    assert_eq!(message, format!("the task {task} was answered by Bob already"));
}

#[tokio::test]
async fn a_decision_takes_no_values_and_a_stranger_nothing() {
    let office = Office::open().await;
    let (_, task) = office.bill("Paper", "bill_check").await;
    assert_eq!(office.seen(&office.ada, task).await.body["data"]["fields"], Value::Null);
    for (body, expected) in [
        (json!({ "values": { "reference": "A-17" } }), ("values", "decision_expected")),
        (json!({}), ("decision", "required")),
        (json!({ "decision": "aproved" }), ("decision", "unknown_choice")),
    ] {
        let refused = office.task(&office.ada, "submit", task, &body).await;
        assert_eq!((refused.status, faults(&refused)), (400, vec![expected]), "{body}");
    }
    let bystander = office.app.user("Zoe", &["bystander"]).await;
    let nothing = office.task(&office.eve, "submit", 1, &json!({ "decision": "approved" })).await;
    for (who, status) in [(&office.eve, 404), (&bystander, 403)] {
        for (action, body) in
            [("submit", json!({ "decision": "approved" })), ("delegate", json!({ "to": 5 }))]
        {
            let refused = office.task(who, action, task, &body).await;
            assert_eq!(refused.status, status, "{action} {refused:?}");
        }
        assert_eq!(office.seen(who, task).await.status, status);
    }
    let stranger =
        office.task(&office.eve, "submit", task, &json!({ "decision": "approved" })).await;
    assert_eq!(stranger.outcome(), nothing.outcome(), "as if there were none");
}

#[tokio::test]
async fn a_place_is_handed_on_and_all_places_are_filled() {
    let office = Office::open().await;
    let (ada, bob, eve) = (&office.ada, &office.bob, &office.eve);
    let (bill, task) = office.bill("Paper", "bill_check").await;
    let bystander = office.app.user("Zoe", &["bystander"]).await;
    for (to, expected) in [
        (json!({ "to": ada.id() }), (400, "same_user")),
        (json!({ "to": 7 }), (400, "unknown_user")),
        (json!({ "to": bystander.id() }), (400, "no_tasks")),
        (json!({ "to": bob.id() }), (409, "already_assigned")),
        (json!({ "userId": eve.id() }), (400, "required")),
    ] {
        let refused = office.task(ada, "delegate", task, &to).await;
        assert_eq!(refused.outcome(), expected, "{to}");
    }
    let given = office.task(ada, "delegate", task, &json!({ "to": eve.id() })).await;
    assert_eq!(given.outcome(), (200, ""), "{given:?}");
    let delegation = json!([{ "from": ada.id(), "fromNickname": "Ada", "to": eve.id(), "toNickname": "Eve",
            "createdAt": "2026-01-05T09:00:00Z" }]);
    assert_eq!(office.seen(bob, task).await.body["data"]["delegations"], delegation);
    assert_eq!(office.seen(ada, task).await.body["data"]["delegations"], delegation);

    let yes = json!({ "decision": "approved" });
    let gone = office.task(ada, "submit", task, &yes).await;
    assert_eq!(gone.outcome(), (409, "delegated"));
    assert_eq!(office.task(eve, "submit", task, &yes).await.outcome(), (200, ""));
    let twice = office.task(eve, "submit", task, &yes).await;
    assert_eq!(twice.outcome(), (409, "already_decided"));
    assert_eq!(office.reference(bill).await, None, "Bob has not decided");
    office.app.advance(1.second()).await;
    assert_eq!(office.task(bob, "submit", task, &yes).await.outcome(), (200, ""));
    assert_eq!(office.reference(bill).await.as_deref(), Some("checked"));
    let closed = office.task(bob, "delegate", task, &json!({ "to": ada.id() })).await;
    assert_eq!(closed.outcome(), (409, "task_closed"));
    let message = closed.body["errors"][0]["message"].as_str().expect("a message");
    assert_eq!(message, format!("the task {task} was approved by Eve and Bob already"));
}

#[tokio::test]
async fn a_role_that_delegates_adds_the_user() {
    let office = Office::open().await;
    let (ada, bob) = (&office.ada, &office.bob);
    let (_, task) = office.bill("Paper", "bill_glance").await;
    let given = office.task(ada, "delegate", task, &json!({ "to": bob.id() })).await;
    let assignees = json!([{ "role": "cashier" }, { "userId": bob.id(), "nickname": "Bob" }]);
    assert_eq!(given.body["data"]["assignees"], assignees);
    assert_eq!(given.body["data"]["delegations"][0]["role"], "cashier");
    let yes = json!({ "decision": "approved" });
    assert_eq!(office.task(ada, "submit", task, &yes).await.outcome(), (409, "delegated"));
    let open = ada.fetch("/api/tasks:list").await;
    assert_eq!(open.body["meta"]["count"], 0, "{open:?}");
    assert_eq!(office.task(bob, "submit", task, &yes).await.outcome(), (200, ""));
}

#[tokio::test]
async fn time_and_cancel_close_the_task() {
    let office = Office::open().await;
    let yes = json!({ "decision": "approved" });
    let (_, due) = office.bill("Paper", "bill_check").await;
    let (_, cancelled) = office.bill("Ink", "bill_glance").await;
    let (_, aborted) = office.bill("Pens", "bill_glance").await;
    let seen = office.seen(&office.ada, cancelled).await;
    let root = office.app.root().await;
    let execution = &seen.body["data"]["executionId"];
    let path = format!("/api/executions:cancel?filterByTk={execution}");
    let answer = root.post(&path, json!({})).await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
    office.app.advance(6.days()).await;
    for (task, status, text) in [
        (due, "timed_out", format!("the time for the task {due} is over")),
        (
            cancelled,
            "closed",
            format!("the task {cancelled} is closed: its execution went on or ended"),
        ),
        (
            aborted,
            "closed",
            format!("the task {aborted} is closed: its execution went on or ended"),
        ),
    ] {
        let seen = office.seen(&office.ada, task).await;
        assert_eq!(seen.body["data"]["status"], status);
        let late = office.task(&office.ada, "submit", task, &yes).await;
        assert_eq!(late.outcome(), (409, "task_closed"));
        assert_eq!(late.body["errors"][0]["message"], text);
    }
}
