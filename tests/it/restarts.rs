//! Executions run again from a named node, over HTTP.

use serde_json::json;
use wfruntime::Status;
use wfruntime::prelude::*;
use wfruntime::testing::TestApp;

/// Something that is sent once its fee is paid.
#[collection]
pub struct Permit {
    pub holder: String,
    pub sent: Option<String>,
}

/// A fee for a permit.
#[collection]
pub struct Fee {
    pub permit: BelongsTo<Permit>,
}

/// Sends a permit whose fee is paid.
#[post_action(mode = "global", on = [create])]
async fn issue(permit: PostAction<Permit>, cx: Context) -> Result<()> {
    let mut permit = permit.data;
    cx.update(&mut permit, Permit::changes().sent("not yet")).await?;
    let fee = cx.find(<Fee as Collection>::FIELDS.permit.eq(permit.id)).await?;
    cx.require(fee.is_some(), "its fee is not paid")?;
    cx.update(&mut permit, Permit::changes().sent("sent")).await
}

#[tokio::test]
async fn a_failed_execution_runs_again_from_a_named_node() -> Result<()> {
    let app = TestApp::start(|app| app).await;
    let root = app.root().await;
    let permit = root.create(Permit::new().holder("Ann")).await?;
    let failed = app.execution_of(issue, &permit).await;
    failed.expect_status(Status::Failed);
    let path = format!("/api/executions:rerun?filterByTk={}", failed.id);

    let again = root.post(&path, json!({})).await;
    assert_eq!(again.outcome(), (409, "not_rerunnable"), "{again:?}");
    let unknown = root.post(&path, json!({ "from": "find Fees#1" })).await;
    assert_eq!(unknown.outcome(), (404, "unknown_node"));
    let text = &unknown.faults()[0].message;
    assert!(text.contains("did you mean `find Fee#1`?"), "{text}");
    assert!(text.contains("`update Permit#1`, `find Fee#1`"), "{text}");
    root.post(&path, json!({ "form": "find Fee#1" })).await.expect_status(400);

    root.create(Fee::new().permit(permit.id)).await?;
    root.post(&path, json!({ "from": "find Fee#1" })).await.expect_status(200);
    let again = app.execution_of(issue, &permit).await;
    again.expect_status(Status::Resolved).expect_jobs(&[
        "update Permit#1",
        "find Fee#1",
        "update Permit#2",
    ]);
    let shown = root.fetch(&format!("/api/executions:get?filterByTk={}", again.id)).await;
    let past = &shown.data()["pastJobs"];
    assert_eq!(past.as_array().map(Vec::len), Some(1));
    assert_eq!(past[0]["key"], "find Fee#1");
    assert!(past[0]["restartedAt"].is_string());
    assert_eq!(app.reload(&permit).await.sent.as_deref(), Some("sent"));
    Ok(())
}
