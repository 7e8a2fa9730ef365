//! `/metrics` as Prometheus reads it: exact figures, and who may see them.

mod exposition;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::json;
use wfruntime::prelude::*;
use wfruntime::testing::TestApp;

use exposition::{Samples, read};

/// Something to haul.
#[collection]
pub struct Sledge {
    pub label: String,
    pub state: Option<String>,
}

/// Has somebody agree, and hauls it.
#[post_action(mode = "local")]
async fn haul(sledge: PostAction<Sledge>, cx: Context) -> Result<()> {
    let mut sledge = sledge.data;
    cx.approve("Send it?").by_role("root").await?;
    cx.update(&mut sledge, Sledge::changes().state("sent")).await?;
    cx.call::<bring_back>(&sledge).await.map(drop)
}

/// Always says no.
#[post_action(mode = "local")]
async fn bring_back(sledge: PostAction<Sledge>, cx: Context) -> Result<()> {
    drop(sledge);
    cx.run("ring", async || Ok(())).await?;
    cx.require(false, "nobody is at home")
}

/// Is stopped before it ends.
#[post_action(mode = "local", overlap = "cancel_previous")]
async fn weigh_it(sledge: PostAction<Sledge>, cx: Context) -> Result<()> {
    drop(sledge);
    cx.sleep(Duration::from_secs(3600)).await
}

/// Looks at it before the answer.
#[post_action(mode = "local", execution = "sync")]
async fn stamp_it(sledge: PostAction<Sledge>, cx: SyncContext) -> Result<()> {
    drop(sledge);
    cx.run("stamp_it", async || Ok(())).await
}

const TOKEN: &str = "a token of those who watch";

async fn start() -> TestApp {
    TestApp::start(|app| app.metrics(TOKEN)).await
}

/// What is answered to a bearer of this token, with its status.
async fn ask(test: &TestApp, token: Option<&str>) -> (u16, String) {
    let mut request = Request::builder().uri("/metrics");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Body::empty()).expect("a request");
    let response = test.running().answer(request).await;
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("a text"))
}

async fn samples(test: &TestApp) -> Samples {
    let (status, text) = ask(test, Some(TOKEN)).await;
    assert_eq!(status, 200, "{text}");
    read(&text)
}

/// What changed, without what depends on how long something took and on the lease.
fn changed(before: &Samples, after: &Samples) -> BTreeMap<String, f64> {
    let varies = ["_bucket", "_sum", "wf_commit", "wf_lease", "_bytes", "wf_table"];
    let changed = after
        .iter()
        .map(|(name, value)| (name.clone(), value - before.get(name).copied().unwrap_or_default()));
    changed
        .filter(|(name, by)| *by != 0.0 && !varies.iter().any(|part| name.contains(part)))
        .collect()
}

#[tokio::test]
async fn what_happens_is_counted_once() -> Result<()> {
    let test = start().await;
    let root = test.root().await;
    let before = samples(&test).await;
    let path = "/api/sledges:create?triggerWorkflows=haul,stamp_it";
    let made = root.post(path, json!({ "label": "books" })).await;
    made.expect_status(200);
    root.post("/api/sledges:create", json!({ "label": 7 })).await.expect_status(400);
    root.post("/api/sledges:create?triggerWorkflows=nothing", json!({})).await;
    test.rest().await;
    let id = made.data()["id"].clone();
    let waits = samples(&test).await;
    assert_eq!(waits["wf_tasks_open"], 1.0);
    assert_eq!(waits[r#"wf_executions_open{state="waiting"}"#], 1.0);
    root.approve_next().await?;
    test.rest().await;
    for _ in 0..2 {
        let path = format!("/api/sledges:update?filterByTk={id}&triggerWorkflows=weigh_it");
        root.post(&path, json!({ "label": "more books" })).await.expect_status(200);
        test.rest().await;
    }
    let after = samples(&test).await;
    let found = changed(&before, &after);
    let lines: Vec<_> = found.iter().map(|(name, by)| format!("{name} {by}")).collect();
    expect_test::expect![[r#"
        wf_action_seconds_count{collection="sledges",action="create"} 3
        wf_action_seconds_count{collection="sledges",action="update"} 2
        wf_action_seconds_count{collection="tasks",action="list"} 1
        wf_action_seconds_count{collection="tasks",action="submit"} 1
        wf_actions_total{collection="sledges",action="create",status="200"} 1
        wf_actions_total{collection="sledges",action="create",status="400"} 2
        wf_actions_total{collection="sledges",action="update",status="200"} 2
        wf_actions_total{collection="tasks",action="list",status="200"} 1
        wf_actions_total{collection="tasks",action="submit",status="200"} 1
        wf_execution_queued_seconds_count{workflow="bring_back"} 1
        wf_execution_queued_seconds_count{workflow="haul"} 1
        wf_execution_queued_seconds_count{workflow="weigh_it"} 2
        wf_execution_seconds_count{workflow="bring_back"} 1
        wf_execution_seconds_count{workflow="haul"} 1
        wf_execution_seconds_count{workflow="stamp_it"} 1
        wf_executions_open{state="waiting"} 1
        wf_executions_total{workflow="bring_back",status="failed"} 1
        wf_executions_total{workflow="haul",status="resolved"} 1
        wf_executions_total{workflow="stamp_it",status="resolved"} 1
        wf_executions_total{workflow="weigh_it",status="aborted"} 1
        wf_node_seconds_count{kind="approve"} 1
        wf_node_seconds_count{kind="call"} 1
        wf_node_seconds_count{kind="run"} 2
        wf_node_seconds_count{kind="sleep"} 2
        wf_node_seconds_count{kind="update"} 1"#]]
    .assert_eq(&lines.join("\n"));
    let commits = after["wf_commit_seconds_count"] - before["wf_commit_seconds_count"];
    assert!(commits >= 8.0, "{commits} commits");
    assert_eq!(after["wf_commit_seconds_count"], after["wf_commit_units_count"]);
    assert!(after["wf_database_bytes"] > 4096.0);
    assert!(after["wf_lease_seconds"] > 0.0, "{after:?}");
    Ok(())
}

#[tokio::test]
async fn rows_of_tables_are_counted_now_and_then() -> Result<()> {
    let test = start().await;
    let root = test.root().await;
    let rows = r#"wf_table_rows{table="sledges"}"#;
    assert_eq!(samples(&test).await[rows], 0.0);
    root.create(Sledge::new().label("books")).await?;
    assert_eq!(samples(&test).await[rows], 0.0, "it is not counted for each who asks");
    test.advance(Duration::from_secs(301)).await;
    let begun = std::time::Instant::now();
    // The first who asks then has it counted behind the answer.
    while samples(&test).await[rows] == 0.0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "it is never counted");
        tokio::task::yield_now().await;
    }
    assert_eq!(samples(&test).await[rows], 1.0);
    Ok(())
}

#[tokio::test]
async fn only_the_token_reads_them() {
    let test = start().await;
    let root = test.running().add_user("Root", &["root"]).await.expect("a user");
    for token in [None, Some(""), Some("a token of those who watc"), Some(&*root)] {
        let (status, text) = ask(&test, token).await;
        assert_eq!(status, 401, "{token:?}: {text}");
        assert!(!text.contains("wf_"), "{text}");
    }
    let path = format!("/metrics?token={}", TOKEN.replace(' ', "+"));
    let request = Request::builder().uri(path).body(Body::empty()).expect("a request");
    let refused = test.running().answer(request).await;
    assert_eq!(refused.status(), 401, "addresses are logged");
    assert_eq!(refused.headers()["www-authenticate"], "Bearer");

    let other = TestApp::start(|app| app).await;
    assert_eq!(ask(&other, Some(TOKEN)).await.0, 404, "nobody asked for metrics");
    let moment = test.now();
    let weak = TestApp::try_start_at(moment, |app| app.metrics("guess me")).await;
    let error = weak.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("8 characters, fewer than 16"), "{error}");
}

#[tokio::test]
async fn applications_of_one_process_count_for_themselves() -> Result<()> {
    let (one, other) = (start().await, start().await);
    one.root().await.create(Sledge::new().label("books")).await?;
    let created = r#"wf_actions_total{collection="sledges",action="create",status="200"}"#;
    assert_eq!(samples(&one).await[created], 1.0);
    assert_eq!(samples(&other).await.get(created), None);
    Ok(())
}

#[tokio::test]
async fn labels_are_words_of_the_program_alone() {
    let test = start().await;
    let root = test.root().await;
    for path in [
        "/api/xyzzy",
        "/api/xyzzy:create",
        "/api/sledges:xyzzy",
        "/api/sledges/1/xyzzy",
        "/api/sledges:list?xyzzy=1",
        "/xyzzy",
        "/api/sledges:trigger?triggerWorkflows=xyzzy",
    ] {
        root.fetch(path).await;
        root.post(path, json!({ "label": "xyzzy", "xyzzy": 1 })).await;
    }
    let (_, text) = ask(&test, Some(TOKEN)).await;
    assert!(read(&text).keys().all(|name| !name.contains("xyzzy")), "{text}");
}
