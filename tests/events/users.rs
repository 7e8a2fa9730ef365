//! Users are records too: whoever makes them, events hear of it.

use serde_json::json;
use wfruntime::App;
use wfruntime::testing::TestDatabase;

use crate::changes::seen;
use crate::client::Program;

#[tokio::test]
async fn whoever_makes_a_user_is_heard() {
    let database = TestDatabase::new().expect("a database");
    let running = App::new(database.url()).start().await.expect("it starts");
    let code = running.setup_code().await.expect("readable").expect("a code");
    let first = json!({"code": code, "nickname": "new Ann", "password": "correct horse"});
    let request = axum::http::Request::builder()
        .method("POST")
        .uri("/api/auth:setup")
        .body(first.to_string().into())
        .expect("a request");
    assert_eq!(running.answer(request).await.status(), 200);
    let program = Program::with(running, database).await;
    program.user("new Bob", &["root"]).await;
    program.data("users:create", json!({"nickname": "new Cem", "roles": []})).await;
    let joined = seen(&program, "joined").await;
    assert_eq!(
        joined,
        ["new Ann Roles([\"root\"])", "new Bob Roles([\"root\"])", "new Cem Roles([])",]
    );
}

#[tokio::test]
async fn an_event_may_refuse_a_user() {
    let program = Program::start().await;
    let refused = program.running.add_user("bot 7", &["root"]).await.expect_err("no bots");
    assert_eq!(refused.to_string(), "bot 7 is no person");
    let (status, _) = program.post("users:create", json!({"nickname": "bot 8"})).await;
    assert_eq!(status, 400);
    assert_eq!(program.count("users").await, 1, "Root alone");
}
