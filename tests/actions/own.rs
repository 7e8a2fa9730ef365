use axum::extract::Path;
use axum::routing::post;
use serde_json::json;

use wfruntime::prelude::*;

use crate::client::{Program, faults, workflows};
use crate::model::{Order, annotate, seen};

#[tokio::test]
async fn an_own_action_writes_and_fires_when_it_returns() {
    let program = Program::start().await;
    let id = program.data("orders:create", json!({"number": 50})).await["id"].clone();
    let path = format!("orders:close?filterByTk={id}&triggerWorkflows=annotate,review");
    let (status, answer) = program.post(&path, json!({"note": "done"})).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(workflows(&answer), ["annotate resolved", "review queued", "closed resolved"]);
    assert_eq!(answer["data"]["note"], "annotated");
    assert_eq!(seen("closed", "50 "), ["50 close true"]);
    assert_eq!(program.read("customers:list").await[0]["name"], "done");

    let (status, answer) = program.post(&path, json!({"note": "again", "fail": true})).await;
    assert_eq!((status, faults(&answer)), (400, vec!["no ".to_owned()]));
    let (status, answer) = program.post(&path, json!({"note": 7})).await;
    assert_eq!((status, faults(&answer)), (400, vec!["body ".to_owned()]));
    let path = format!("orders:close?filterByTk={id}&triggerWorkflows=nonsense");
    assert_eq!(program.post(&path, json!({"note": "x"})).await.0, 400);
    assert_eq!((seen("closed", "50 ").len(), program.count("customers").await), (1, 1));
}

#[tokio::test]
async fn an_own_action_needs_its_grant() {
    let program = Program::start().await;
    let writer = program.user("Wanda", &["writer"]).await;
    let supervisor = program.user("Sue", &["supervisor"]).await;
    let theirs = program.data("orders:create", json!({"number": 51})).await["id"].clone();
    let (_, answer) = program.post_as(&writer, "orders:create", json!({"number": 52})).await;
    let own = answer["data"]["id"].clone();
    let close = |id| format!("orders:close?filterByTk={id}");
    let peek = |id| format!("orders:peek?filterByTk={id}");
    for (id, expected) in [(&theirs, 404), (&own, 200)] {
        let (status, answer) = program.post_as(&writer, &peek(id), json!({})).await;
        assert_eq!(status, expected, "{answer}");
    }
    let body = json!({"note": "x"});
    for (token, id, expected) in
        [(&supervisor, &theirs, 403), (&writer, &theirs, 404), (&writer, &own, 200)]
    {
        let (status, answer) = program.post_as(token, &close(id), body.clone()).await;
        assert_eq!(status, expected, "{answer}");
    }
}

async fn rename(Path(id): Path<i64>, actions: Actions) -> Result<Committed<Order>> {
    let note = format!("by {}", actions.user().map_or("nobody", |user| user.nickname.as_str()));
    actions.update(Id::new(id), Order::changes().note(note)).fire::<annotate>().commit().await
}

async fn make(actions: Actions) -> Result<Committed<Order>> {
    let committed = actions.create(Order::new().number(4711)).commit().await?;
    assert!(committed.outcome().is_ok());
    Ok(committed)
}

#[tokio::test]
async fn any_handler_can_fire_post_actions() {
    let routes = axum::Router::new()
        .route("/api/own/rename/{id}", post(rename))
        .route("/api/own/make", post(make));
    let program = Program::of(|app| app.merge(routes)).await;
    let (status, answer) = program.post("own/make?triggerWorkflows=review", json!({})).await;
    assert_eq!(
        (status, workflows(&answer)),
        (200, vec!["review queued".into(), "big_number queued".into()]),
        "{answer}"
    );
    let id = &answer["data"]["id"];
    let (status, answer) = program.post(&format!("own/rename/{id}"), json!({})).await;
    assert_eq!(
        (status, workflows(&answer)),
        (200, vec!["annotate resolved".to_owned()]),
        "{answer}"
    );
    assert_eq!(answer["data"]["note"], "annotated");
    assert_eq!(program.post("own/rename/7", json!({})).await.0, 404);
    assert_eq!(program.post("own/make?triggerWorkflows=x", json!({})).await.0, 400);
    assert_eq!(program.send("wrong", "own/make", "{}".into()).await.0, 401);
}
