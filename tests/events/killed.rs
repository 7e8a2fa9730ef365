//! Killed while something runs before a write, or hears of a change, and started again.

use serde_json::json;
use wfruntime::prelude::*;
use wfruntime::testing::{Person, TestApp};
use wfruntime::{JobStatus, Status};

use crate::model::*;

#[pre_action(mode = "local")]
async fn weigh(claim: PreAction<Claim>, cx: PreContext<Claim>) -> Result<()> {
    let _ = claim;
    cx.run("weigh", async || Ok(())).await
}

#[collection_event(on = [create], execution = "sync", rollback = true, when = data.name == "ore")]
async fn weigh_ore(stock: CollectionEvent<Stock>, cx: CheckContext) -> Result<()> {
    let _ = stock;
    cx.run("weigh", async || Ok(())).await
}

async fn start() -> (TestApp, Person) {
    let app = TestApp::start(|app| app).await;
    let root = app.root().await;
    (app, root)
}

/// What events of this name saw.
async fn seen(app: &TestApp, by: &str) -> Vec<String> {
    let all = app.all::<Seen>().await.into_iter();
    all.filter(|seen| seen.by == by).map(|seen| seen.what.clone()).collect()
}

#[tokio::test]
async fn what_a_pre_action_was_asked_about_is_not_written() {
    for before in [true, false] {
        let (app, root) = start().await;
        match before {
            true => app.crash_before(weigh, "run weigh#1"),
            false => app.crash_after(weigh, "run weigh#1"),
        }
        let claim = json!({"project": "Berlin", "amount": 5});
        let path = "/api/claims:create?triggerWorkflows=weigh";
        let hung_up = root.post(path, claim.clone()).await;
        assert_eq!(hung_up.code(), "crashed");
        app.restart().await;
        assert_eq!(app.all::<Claim>().await.len(), 0);
        let [left] = &*app.executions_of(weigh).await else { panic!("one execution") };
        left.expect_status(Status::Aborted).expect_message("the process ended before the write");
        // Asked again, it is judged again.
        root.post(path, claim).await.expect_status(200);
        assert_eq!(app.all::<Claim>().await.len(), 1);
        assert_eq!(app.executions_of(weigh).await.len(), 2);
    }
}

#[tokio::test]
async fn what_an_event_may_undo_is_not_written_unjudged() {
    let (app, root) = start().await;
    app.crash_before(weigh_ore, "run weigh#1");
    let hung_up = root.post("/api/stocks:create", json!({"name": "ore", "left": 3})).await;
    assert_eq!(hung_up.code(), "crashed");
    app.restart().await;
    assert_eq!(app.all::<Stock>().await.len(), 0);
    let [left] = &*app.executions_of(weigh_ore).await else { panic!("one execution") };
    left.expect_status(Status::Aborted).expect_message("the process ended before the write");
}

#[tokio::test]
async fn an_event_hears_once_of_a_change_that_a_crash_followed() {
    for before in [true, false] {
        let (app, root) = start().await;
        match before {
            true => app.crash_before(history, "create Seen#1"),
            false => app.crash_after(history, "create Seen#1"),
        }
        root.post("/api/orders:create", json!({"number": 1, "amount": 5})).await.expect_status(200);
        app.restart().await;
        app.rest().await;
        assert_eq!(seen(&app, "history").await, ["create 1 0-5 amount"]);
        let [heard] = &*app.executions_of(history).await else { panic!("one execution") };
        heard.expect_status(Status::Resolved).expect_jobs(&["create Seen#1"]);
        heard.job("create Seen#1").expect_status(JobStatus::Resolved);
    }
}

#[tokio::test]
async fn a_synchronous_event_is_finished_behind_the_crash() {
    for before in [true, false] {
        let (app, root) = start().await;
        match before {
            true => app.crash_before(lines, "create#1"),
            false => app.crash_after(lines, "create#1"),
        }
        let order = json!({"number": 7, "amount": 1, "lines": [{"text": "one"}, {"text": "two"}]});
        let hung_up = root.post("/api/orders:create", order).await;
        assert_eq!(hung_up.code(), "crashed");
        app.restart().await;
        app.rest().await;
        assert_eq!(app.all::<Line>().await.len(), 2, "the change stood before the crash");
        let mut saw = seen(&app, "lines").await;
        saw.sort();
        assert_eq!(saw, ["create one 7", "create two 7"]);
    }
}

#[tokio::test]
async fn a_cascade_is_heard_of_to_its_last_record() {
    let (app, root) = start().await;
    let order = json!({"number": 3, "amount": 1, "lines": [{"text": "one"}, {"text": "two"}]});
    let made = root.post("/api/orders:create", order).await;
    let path = format!("/api/orders:destroy?filterByTk={}", made.data()["id"]);
    app.crash_before(lines, "create#1");
    assert_eq!(root.post(&path, json!({})).await.code(), "crashed");
    app.restart().await;
    app.rest().await;
    assert_eq!((app.all::<Order>().await.len(), app.all::<Line>().await.len()), (0, 0));
    let mut saw = seen(&app, "lines").await;
    saw.sort();
    assert_eq!(saw, ["create one 3", "create two 3", "delete one 3", "delete two 3"]);
    assert_eq!(seen(&app, "history").await, ["create 3 0-1 amount", "delete 3 1-1"]);
}
