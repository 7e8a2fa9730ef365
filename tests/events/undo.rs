//! `rollback = true`: an event that lets a change stand, or undoes it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use tokio::sync::Notify;
use wfruntime::prelude::*;

use crate::changes::seen;
use crate::client::Program;
use crate::model::Stock;

/// Holds the first one who judges a slow stock.
#[derive(Default)]
struct Pause {
    is_armed: AtomicBool,
    reached: Notify,
    go: Notify,
}

struct Pauses(Arc<Pause>);

#[collection_event(on = [update], execution = "sync", rollback = true, when = data.name == "slow")]
async fn slowly(stock: CollectionEvent<Stock>, cx: CheckContext) -> Result<()> {
    let pauses = cx.state::<Pauses>()?;
    cx.run("look", async || {
        if pauses.0.is_armed.swap(false, Ordering::SeqCst) {
            pauses.0.reached.notify_one();
            pauses.0.go.notified().await;
        }
        Ok(())
    })
    .await?;
    cx.require(stock.data.left >= 0, "not so many")
}

#[tokio::test]
async fn a_create_whose_nested_record_changed_meanwhile_is_judged_again() {
    let pause = Arc::new(Pause::default());
    let pauses = Pauses(Arc::clone(&pause));
    let program = Program::of(|app| app.state(pauses)).await;
    let stock = program.data("stocks:create", json!({"name": "slow", "left": 3})).await;
    pause.is_armed.store(true, Ordering::SeqCst);
    let nested = json!({"id": stock["id"], "left": 2});
    let order = json!({"number": 1, "amount": 1, "stock": nested});
    let ((status, answer), ()) = tokio::join!(program.post("orders:create", order), async {
        pause.reached.notified().await;
        let path = format!("stocks:update?filterByTk={}", stock["id"]);
        assert_eq!(program.data(&path, json!({"left": 9})).await["left"], 9);
        pause.go.notify_one();
    });
    assert_eq!(status, 200, "{answer}");
    assert_eq!(program.read("stocks:list").await[0]["left"], 2);
    assert_eq!(program.count("orders").await, 1);
}

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
