//! Executions run again from a named node, over HTTP.

use serde_json::json;
use wfruntime::prelude::*;

use crate::program_under_test::Program;

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
async fn a_failed_execution_runs_again_from_a_named_node() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let made = program.post("/api/permits:create", &root, &json!({ "holder": "Ann" })).await;
    let execution = made.body["workflows"][0]["execution"].to_string();
    program.running.idle().await;
    let path = format!("/api/executions:rerun?filterByTk={execution}");

    let again = program.post(&path, &root, &json!({})).await;
    assert_eq!(again.outcome(), (409, "not_rerunnable"), "{again:?}");
    let unknown = program.post(&path, &root, &json!({ "from": "find Fees#1" })).await;
    assert_eq!(unknown.outcome(), (404, "unknown_node"));
    let text = unknown.body["errors"][0]["message"].as_str().expect("a message");
    assert!(text.contains("did you mean `find Fee#1`?"), "{text}");
    assert!(text.contains("`update Permit#1`, `find Fee#1`"), "{text}");
    let misspelt = program.post(&path, &root, &json!({ "form": "find Fee#1" })).await;
    assert_eq!(misspelt.outcome().0, 400, "{misspelt:?}");

    let fee = json!({ "permit": made.id() });
    assert_eq!(program.post("/api/fees:create", &root, &fee).await.outcome(), (200, ""));
    let again = program.post(&path, &root, &json!({ "from": "find Fee#1" })).await;
    assert_eq!(again.outcome(), (200, ""), "{again:?}");
    program.running.idle().await;
    let path = format!("/api/executions:get?filterByTk={execution}");
    let shown = &program.get(&path, &root).await.body["data"];
    assert_eq!(shown["status"], "resolved", "{shown}");
    assert_eq!(shown["jobs"].as_array().map(Vec::len), Some(3));
    assert_eq!(shown["pastJobs"].as_array().map(Vec::len), Some(1));
    assert_eq!(shown["pastJobs"][0]["key"], "find Fee#1");
    assert!(shown["pastJobs"][0]["restartedAt"].is_string());
    let sent = program.get(&format!("/api/permits:get?filterByTk={}", made.id()), &root).await;
    assert_eq!(sent.body["data"]["sent"], "sent");
}
