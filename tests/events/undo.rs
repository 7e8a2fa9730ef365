//! `rollback = true`: an event that lets a change stand, or undoes it.

use serde_json::json;

use crate::changes::seen;
use crate::client::Program;

#[tokio::test]
async fn an_action_that_it_refuses_writes_nothing() {
    let program = Program::start().await;
    let (status, answer) = program.post("stocks:create", json!({"name": "nuts", "left": -1})).await;
    assert_eq!(status, 400, "{answer}");
    assert_eq!(answer["errors"][0]["message"], "nuts has not so many, of 0");
    assert_eq!(answer.get("committed"), None);
    assert_eq!(program.count("stocks").await, 0);
    let execution = &program.read("executions:list").await[0];
    assert_eq!((&execution["key"], &execution["status"]), (&json!("guard"), &json!("failed")));
    let nuts = program.data("stocks:create", json!({"name": "nuts", "left": 3})).await;
    let path = format!("stocks:update?filterByTk={}", nuts["id"]);
    let (status, answer) = program.post(&path, json!({"left": -2})).await;
    assert_eq!((status, &answer["errors"][0]["code"]), (400, &json!("failed")));
    assert_eq!(program.data(&path, json!({"left": 0})).await["left"], 0);
    let kept = program.data("stocks:create", json!({"name": "kept", "left": 0})).await;
    let path = format!("stocks:destroy?filterByTk={}", kept["id"]);
    assert_eq!(program.post(&path, json!({})).await.0, 400);
    assert_eq!(program.count("stocks").await, 2);
}

#[tokio::test]
async fn a_node_that_it_refuses_fails_its_workflow() {
    let program = Program::start().await;
    let nuts = program.data("stocks:create", json!({"name": "nuts", "left": 3})).await;
    let path = "orders:create?triggerWorkflows=buy";
    let order = |amount: i64| json!({"number": 1, "amount": amount, "stock": nuts["id"]});
    let (status, answer) = program.post(path, order(11)).await;
    assert_eq!((status, &answer["committed"]), (400, &json!(true)), "{answer}");
    assert_eq!(answer["errors"][0]["message"], "nuts has not so many, of 1");
    assert!(seen(&program, "buy").await.is_empty());
    let (status, answer) = program.post(path, order(4)).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(seen(&program, "buy").await, ["bought"]);
    assert_eq!(program.read("stocks:list").await[0]["left"], 6);
}
