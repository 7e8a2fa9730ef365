//! What becomes of a call whose signature is right.

use expect_test::expect;
use jiff::ToSpan as _;
use serde_json::json;
use wfruntime::Status;

use crate::model::{any, described, ordered, paid, payments, program, pushed};

#[tokio::test]
async fn it_runs_behind_its_answer() {
    let app = program().await;
    let body = json!({ "invoice": "A-17", "cents": 1200, "type": "paid" });
    let answer = app.deliver(paid, body).id("msg_1").await;
    answer.expect_status(202);
    described(&app, "POST", "/api/hooks/payments", &answer).await;
    let fired = answer.workflows();
    assert_eq!((fired[0].key.as_str(), fired[0].status.as_str()), ("paid", "queued"));
    assert_eq!(payments(&app).await, [r#""A-17" 1200 "msg_1" "paid""#]);
    let id = fired[0].execution.expect("an execution");
    let root = app.root().await;
    let stored = root.fetch(&format!("/api/executions:get?filterByTk={id}")).await;
    let stored = stored.data();
    assert_eq!((&stored["userId"], &stored["roleName"]), (&json!(null), &json!("")));
    expect![[r#"{"action":"webhook","before":null,"changed":[],"data":null,"input":{"delivery":"msg_1","event":"paid","values":{"cents":1200,"invoice":"A-17","type":"paid"}},"roleName":"","user":null}"#]].assert_eq(&stored["context"].to_string());
}

#[tokio::test]
async fn it_goes_on_with_the_trace_of_its_caller() {
    let app = program().await;
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let call = app.deliver(paid, json!({ "invoice": "A-17", "cents": 1 }));
    let answer = call.header("traceparent", parent).await;
    let id = answer.workflows()[0].execution.expect("an execution");
    let stored = app.root().await.fetch(&format!("/api/executions:get?filterByTk={id}")).await;
    assert_eq!(stored.data()["traceId"], "4bf92f3577b34da6a3ce929d0e0e4736");
}

#[tokio::test]
async fn the_same_delivery_runs_once() {
    let app = program().await;
    let first = app.deliver(paid, json!({ "invoice": "A-17", "cents": 1 })).id("msg_1");
    let (once, twice) = (first.clone().await, first.clone().await);
    assert_eq!((once.status, twice.status), (202, 200));
    described(&app, "POST", "/api/hooks/payments", &twice).await;
    let execution = once.workflows()[0].execution.expect("an execution");
    let workflows = json!([{ "key": "paid", "execution": execution, "status": "queued" }]);
    assert_eq!(twice.body, json!({ "duplicate": true, "workflows": workflows }));
    // Signed anew, after a restart: it is the same one all the same.
    app.stop().await;
    app.restart().await;
    app.advance(4.minutes()).await;
    assert_eq!(first.await.body["duplicate"], true);
    assert_eq!(payments(&app).await.len(), 1);
    app.deliver(paid, json!({ "invoice": "A-17", "cents": 1 })).id("msg_2").await;
    assert_eq!(payments(&app).await.len(), 2);
}

#[tokio::test]
async fn a_synchronous_one_answers_with_what_it_says() {
    let app = program().await;
    let order = json!({ "id": "evt_1", "invoice": "B-1", "cents": 500 });
    let answer = app.deliver(ordered, order.clone()).await;
    answer.expect_status(200);
    assert_eq!(answer.messages(), ["booked B-1"]);
    described(&app, "POST", "/api/hooks/shop/orders", &answer).await;
    // Stripe signs each attempt anew, and its body may differ: the event is the same.
    app.advance(1.hours()).await;
    let mut again = order;
    again["pending_webhooks"] = json!(2);
    let answer = app.deliver(ordered, again).await;
    assert_eq!((answer.status, &answer.body["duplicate"]), (200, &json!(true)));
    assert_eq!(answer.messages(), ["booked B-1"]);
    assert_eq!(payments(&app).await, [r#""B-1" 500 "evt_1" null"#]);
    // What it refuses is told, and stays refused.
    let order = json!({ "id": "evt_2", "invoice": "B-2", "cents": 100_000 });
    let answer = app.deliver(ordered, order.clone()).await;
    assert_eq!(answer.outcome(), (400, "failed"));
    described(&app, "POST", "/api/hooks/shop/orders", &answer).await;
    let answer = app.deliver(ordered, order).await;
    assert_eq!((answer.status, &answer.body["duplicate"]), (200, &json!(true)));
    assert!(answer.workflows()[0].is(Status::Failed), "{}", answer.body);
    let answer = app.deliver(ordered, json!({ "id": "e", "invoice": "B-3", "cents": 0 })).await;
    assert_eq!((answer.status, answer.workflows()[0].status.as_str()), (200, "skipped"));
    let answer = app.deliver(any, json!([1, "two", null])).await;
    assert_eq!(answer.messages(), [r#"[1,"two",null]"#]);
}

#[tokio::test]
async fn of_github_the_same_content_is_the_same_delivery() {
    let app = program().await;
    let push = app.deliver(pushed, json!({ "after": "6113728f" })).event("push");
    assert_eq!(push.clone().id("one").await.status, 202);
    // The id is not signed: whoever took a copy could change it.
    let answer = push.id("two").await;
    assert_eq!((answer.status, &answer.body["duplicate"]), (200, &json!(true)));
    let answer = app.deliver(pushed, json!({ "zen": "Keep it logically awesome." })).await;
    assert_eq!((answer.status, answer.workflows()[0].status.as_str()), (200, "skipped"));
    assert_eq!(payments(&app).await, [r#""{\"after\":\"6113728f\"}" 0 "one" "push""#]);
}

#[tokio::test]
async fn one_that_is_switched_off_may_come_again() {
    let app = program().await;
    let root = app.root().await;
    let switch = async |enabled: bool| {
        let path = "/api/workflows:update?filterByTk=paid";
        root.post(path, json!({ "enabled": enabled })).await.expect_status(200);
    };
    let call = app.deliver(paid, json!({ "invoice": "A-17", "cents": 1 })).id("msg_1");
    switch(false).await;
    for _ in 0..2 {
        let answer = call.clone().await;
        answer.expect_status(200);
        let workflows = json!([{ "key": "paid", "status": "disabled" }]);
        assert_eq!(answer.body, json!({ "workflows": workflows }));
        described(&app, "POST", "/api/hooks/payments", &answer).await;
    }
    switch(true).await;
    assert_eq!(call.await.status, 202);
    assert_eq!(payments(&app).await.len(), 1);
}

#[tokio::test]
async fn it_can_be_run_by_hand() {
    let app = program().await;
    let root = app.root().await;
    let path = "/api/workflows:execute?filterByTk=paid";
    let user = root.id().get();
    let answer = root.post(path, json!({ "userId": user, "values": { "invoice": "A" } })).await;
    assert_eq!(answer.outcome(), (400, "wrong_value"));
    let values = json!({ "invoice": "A", "cents": 3 });
    root.post(path, json!({ "userId": user, "values": values })).await.expect_status(200);
    assert_eq!(payments(&app).await, [r#""A" 3 "" null"#]);
}
