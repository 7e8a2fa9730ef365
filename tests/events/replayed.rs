//! What ran before writes and behind changes, against the code of today.

use serde_json::json;
use wfruntime::App;
use wfruntime::testing::{TestApp, replay};

#[tokio::test]
async fn what_ran_before_writes_and_behind_changes_replays() {
    let app = TestApp::start(|app| app).await;
    let root = app.root().await;
    let path = "/api/claims:create?triggerWorkflows=gate";
    let claim = |note: &str| json!({"project": "Berlin", "amount": 900, "note": note});
    root.post(path, claim("fine")).await.expect_status(200);
    root.post(path, claim("fail")).await.expect_status(200);
    root.post("/api/claims:create", claim("fail")).await.expect_status(400);
    root.post("/api/claims:create", claim("double")).await.expect_status(200);
    let order = json!({"number": 1, "amount": 2, "note": "grow", "lines": [{"text": "one"}]});
    let order = root.post("/api/orders:create", order).await.data()["id"].clone();
    app.rest().await;
    let path = format!("/api/orders:destroy?filterByTk={order}");
    root.post(&path, json!({})).await.expect_status(200);
    root.post("/api/stocks:create", json!({"name": "nuts", "left": -1})).await.expect_status(400);
    app.rest().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("recorded.jsonl");
    let file = file.to_str().expect("a path");
    let export = ["program", "executions", "export", "--output", file];
    App::new(app.database().url()).run_with(export.map(Into::into)).await.expect("an export");
    let recorded = std::fs::read_to_string(file).expect("the file");
    for key in ["gate", "judge", "history", "grow", "lines", "guard"] {
        assert!(recorded.contains(&format!("\"key\":\"{key}\"")), "{key}: {recorded}");
    }
    replay(file);
}
