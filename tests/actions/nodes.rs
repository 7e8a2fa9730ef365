//! What record nodes leave behind for those who come after them.

use serde_json::json;

use crate::client::Program;
use crate::model::seen;

#[tokio::test]
async fn a_changed_reference_leads_to_the_new_record() {
    let program = Program::start().await;
    let referrer = program.data("customers:create", json!({"name": "Rita"})).await["id"].clone();
    let customer = json!({"name": "Carl", "referrer": referrer});
    let new = program.data("customers:create", customer).await["id"].clone();
    let old = program.data("customers:create", json!({"name": "Olga"})).await["id"].clone();
    let order = json!({"number": 600, "note": "Carl", "customer": old});
    let path = "orders:create?triggerWorkflows=hand_on";
    let order = program.data(path, order).await["id"].clone();
    program.running.idle().await;
    assert_eq!(seen("hand_on", "600 "), ["600 Carl Rita"]);
    // What has become of them since is no matter for a node that has run.
    let path = format!("customers:update?filterByTk={new}");
    program.data(&path, json!({"name": "Caroline"})).await;
    decide(&program).await;
    let saw = ["600 Carl Rita", "600 Carl Rita", "600 Carl Rita"];
    assert_eq!(seen("hand_on", "600 "), saw);
    // A decision that comes late: the order is another's by then.
    let path = format!("orders:update?filterByTk={order}");
    program.data(&path, json!({"customer": old})).await;
    decide(&program).await;
    assert_eq!(seen("hand_on", "600 ")[3..], saw);
}

#[tokio::test]
async fn a_refreshed_record_has_what_its_reference_leads_to_now() {
    let program = Program::start().await;
    program.data("customers:create", json!({"name": "Carl"})).await;
    let referrer = program.data("customers:create", json!({"name": "Rita"})).await["id"].clone();
    let customer = json!({"name": "Dora", "referrer": referrer});
    let other = program.data("customers:create", customer).await["id"].clone();
    let path = "orders:create?triggerWorkflows=hand_on";
    let order = program.data(path, json!({"number": 601, "note": "Carl"})).await["id"].clone();
    program.running.idle().await;
    let path = format!("orders:update?filterByTk={order}");
    program.data(&path, json!({"customer": other})).await;
    decide(&program).await;
    program.data(&path, json!({"customer": null})).await;
    decide(&program).await;
    let saw = seen("hand_on", "601 ");
    let (carl, dora) = ("601 Carl nobody", "601 Dora Rita");
    assert_eq!(saw, [carl, carl, dora, carl, dora, dora], "each run sees what its journal has");
}

#[tokio::test]
async fn a_record_that_was_loaded_keeps_what_its_own_references_lead_to() {
    let program = Program::start().await;
    let referrer = program.data("customers:create", json!({"name": "Rita"})).await["id"].clone();
    program.data("customers:create", json!({"name": "Romy"})).await;
    let customer = json!({"name": "Carl", "referrer": referrer});
    let customer = program.data("customers:create", customer).await["id"].clone();
    let order = json!({"number": 602, "note": "Romy", "customer": customer});
    program.data("orders:create?triggerWorkflows=refer", order).await;
    assert_eq!(seen("refer", "602 "), ["602 Romy"]);
}

/// Approves the one task that is open, and waits for what follows.
async fn decide(program: &Program) {
    let tasks = program.read("tasks:list?filter=%7B%22status%22:%22open%22%7D").await;
    let path = format!("tasks:submit?filterByTk={}", tasks[0]["id"]);
    program.data(&path, json!({"decision": "approved"})).await;
    program.running.idle().await;
}

#[tokio::test]
async fn roles_that_a_workflow_takes_are_gone_at_once() {
    let program = Program::start().await;
    let writer = program.user("Wilma", &["writer"]).await;
    for (number, expected) in [(610, 200), (611, 401)] {
        let body = json!({"number": number});
        let (status, answer) = program.post_as(&writer, "orders:create", body).await;
        assert_eq!(status, expected, "{answer}");
        let demote = "orders:create?triggerWorkflows=demote";
        program.data(demote, json!({"number": number + 10, "note": "Wilma"})).await;
    }
}
