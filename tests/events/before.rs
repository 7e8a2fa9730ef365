//! `#[pre_action]` around requests.

use serde_json::{Value, json};

use crate::client::{Program, faults, workflows};

async fn last(program: &Program, key: &str) -> Value {
    let filter = format!("%7B%22key%22:%22{key}%22%7D");
    let path = format!("executions:list?pageSize=1&sort=-id&filter={filter}");
    program.read(&path).await[0].clone()
}

#[tokio::test]
async fn values_are_set_before_they_are_written() {
    let program = Program::start().await;
    let claim = json!({"project": "Berlin", "amount": 100});
    let (status, answer) = program.post("claims:create?triggerWorkflows=gate", claim.clone()).await;
    assert_eq!((status, &answer["data"]["note"]), (200, &json!("gated")), "{answer}");
    assert_eq!(answer["data"]["level"], 3);
    assert_eq!(answer["messages"], json!([{"message": "gated Berlin"}]));
    assert_eq!(workflows(&answer), ["gate resolved", "judge resolved"]);
    let id = &answer["data"]["id"];
    // What a request gives is one value, what its pre-actions set another; null is given.
    let path = format!("claims:update?filterByTk={id}");
    let data = program.data(&path, json!({"amount": 7, "note": "double"})).await;
    assert_eq!((&data["amount"], &data["level"]), (&json!(14), &Value::Null));
    let data = program.data(&path, json!({"note": null})).await;
    assert_eq!(data["note"], "was null");
    let data = program.data(&path, json!({"amount": 8})).await;
    assert_eq!((&data["amount"], &data["note"]), (&json!(8), &json!("was null")));
}

#[tokio::test]
async fn a_refusal_leaves_nothing_but_its_execution() {
    let program = Program::start().await;
    let table = [
        ("fail", 400, json!(["failed "]), "failed"),
        ("end", 200, json!([]), "resolved"),
        ("panic", 500, json!(["internal "]), "error"),
        ("level", 500, json!(["internal "]), "error"),
        ("system", 500, json!(["internal "]), "error"),
    ];
    for (note, expected, errors, ended) in table {
        let parts = json!([{"name": "nested"}]);
        let claim = json!({"project": "Rome", "amount": 1, "note": note, "parts": parts});
        let (status, answer) = program.post("claims:create", claim).await;
        assert_eq!(status, expected, "{note}: {answer}");
        assert_eq!(json!(faults(&answer)), errors, "{note}: {answer}");
        assert_eq!(workflows(&answer), [format!("judge {ended}")]);
        assert!(answer.get("data").is_none() && answer.get("committed").is_none(), "{answer}");
        let execution = last(&program, "judge").await;
        assert_eq!(execution["status"], ended, "{execution}");
        if note == "end" {
            assert_eq!(answer["messages"], json!([{"message": "later"}]));
        }
        if note == "fail" {
            assert_eq!(answer["errors"][0]["message"], "judged badly");
        }
    }
    assert_eq!(program.count("claims").await + program.count("parts").await, 0);
}

#[tokio::test]
async fn the_first_refusal_stops_and_faults_are_told_before() {
    let program = Program::start().await;
    let clerk = program.user("Clara", &["clerk"]).await;
    let path = "claims:create?triggerWorkflows=gate";
    let much = json!({"project": "Oslo", "amount": 900, "note": "fail"});
    let (status, answer) = program.post_as(&clerk, path, much).await;
    assert_eq!((status, &answer["errors"][0]["message"]), (400, &json!("so much needs root")));
    assert_eq!(workflows(&answer), ["gate failed"]);
    // The role may not write `level`: the program may.
    let little = json!({"project": "Oslo", "amount": 9});
    let (status, answer) = program.post_as(&clerk, path, little).await;
    assert_eq!(status, 200, "{answer}");
    let (status, answer) =
        program.post_as(&clerk, path, json!({"project": "", "amount": 9, "level": 1})).await;
    assert_eq!(status, 400, "{answer}");
    assert_eq!(faults(&answer), ["too_short project"], "no pre-action has run");
    assert_eq!(program.read("executions:list").await.as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn each_object_is_judged_and_nothing_of_an_array_is_written_if_one_is_refused() {
    let program = Program::start().await;
    let claim = |note: &str| json!({"project": "Bern", "amount": 5, "note": note});
    let all = json!([claim("double"), claim("fine")]);
    let data = program.data("claims:create", all).await;
    assert_eq!((&data[0]["amount"], &data[1]["amount"]), (&json!(10), &json!(5)));
    let some = json!([claim("fine"), claim("fail"), claim("fine")]);
    let (status, answer) = program.post("claims:create", some).await;
    assert_eq!((status, workflows(&answer).len()), (400, 2), "{answer}");
    assert_eq!(program.count("claims").await, 2);
    let each = json!([{"id": data[0]["id"], "note": "double", "amount": 1},
        {"id": data[1]["id"], "amount": 4}]);
    let data = program.data("claims:update", each).await;
    assert_eq!((&data[0]["amount"], &data[1]["amount"]), (&json!(2), &json!(4)));
}

#[tokio::test]
async fn a_destroy_can_be_refused() {
    let program = Program::start().await;
    let claim = |note: &str| json!({"project": "Bonn", "amount": 5, "note": note});
    let kept = program.data("claims:create", claim("keep")).await["id"].clone();
    let other = program.data("claims:create", claim("other")).await["id"].clone();
    let (status, answer) =
        program.post(&format!("claims:destroy?filterByTk=[{other},{kept}]"), json!({})).await;
    assert_eq!((status, &answer["errors"][0]["message"]), (400, &json!("it is kept")));
    assert_eq!(program.count("claims").await, 2);
    let (status, answer) =
        program.post(&format!("claims:destroy?filterByTk={other}"), json!({})).await;
    assert_eq!((status, &answer["data"]), (200, &json!(1)), "{answer}");
}

#[tokio::test]
async fn an_upsert_is_judged_as_such() {
    let program = Program::start().await;
    let path = "claims:updateOrCreate?filterKeys[]=project";
    let claim = json!({"project": "Lyon", "amount": 5, "level": 1});
    let data = program.data(path, claim.clone()).await;
    assert_eq!(data["note"], "updateOrCreate 0 root");
    let data = program.data(path, claim).await;
    assert_eq!(data["note"], "updateOrCreate 1 root");
    assert_eq!(program.count("claims").await, 1);
    // Its `when` does not hold.
    let data = program.data(path, json!({"project": "Nice", "amount": 5})).await;
    assert_eq!(data["note"], Value::Null);
}

#[tokio::test]
async fn a_pre_action_is_named_only_where_it_can_run() {
    let program = Program::start().await;
    let claim = json!({"project": "Kiel", "amount": 5});
    for (path, fault) in [
        ("claims:create?triggerWorkflows=gate!parts", "before_path triggerWorkflows"),
        ("orders:create?triggerWorkflows=gate", "other_collection triggerWorkflows"),
        ("orders:create?triggerWorkflows=history", "event_named triggerWorkflows"),
    ] {
        let body = if path.starts_with("claims") {
            claim.clone()
        } else {
            json!({"number": 1, "amount": 1})
        };
        let (status, answer) = program.post(path, body).await;
        assert_eq!((status, faults(&answer)), (400, vec![fault.to_owned()]), "{path}: {answer}");
    }
    let (status, answer) =
        program.post("workflows:execute?filterByTk=gate", json!({"data": 1, "userId": 1})).await;
    assert_eq!(status, 400, "{answer}");
    let shown = program.read("workflows:get?filterByTk=gate").await;
    assert_eq!((&shown["trigger"], &shown["mode"]), (&json!("pre_action"), &json!("local")));
}
