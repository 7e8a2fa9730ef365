//! `/api/openapi.json`: what a role is told of the program, and that it is true.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::program_under_test::Program;

async fn document(program: &Program, token: &str) -> Value {
    let answer = program.get("/api/openapi.json", token).await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
    answer.body
}

/// The paths that are described, without `/api/`.
fn paths(document: &Value) -> Vec<&str> {
    let paths = document["paths"].as_object().expect("paths").keys();
    paths.map(|path| path.trim_start_matches("/api/")).collect()
}

/// The names of the properties of a schema.
fn properties<'d>(document: &'d Value, schema: &str) -> Vec<&'d str> {
    let properties = &document["components"]["schemas"][schema]["properties"];
    properties.as_object().map(|it| it.keys().map(String::as_str).collect()).unwrap_or_default()
}

/// What is said of a parameter.
fn parameter<'d>(document: &'d Value, path: &str, name: &str) -> &'d Value {
    let operation = &document["paths"][path]["post"]["parameters"];
    let all = operation.as_array().expect("parameters");
    all.iter().find(|it| it["name"] == name).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn a_role_is_told_of_what_it_may_do_alone() {
    let program = Program::start().await;
    let writer = program.user("Ada", &["writer"]).await;
    let document = document(&program, &writer).await;
    let mut found = paths(&document);
    found.sort_unstable();
    let expected = [
        "auth:check",
        "auth:setup",
        "auth:signIn",
        "auth:signOut",
        "notes:create",
        "notes:destroy",
        "notes:firstOrCreate",
        "notes:forms",
        "notes:get",
        "notes:history",
        "notes:list",
        "notes:update",
        "notes:updateOrCreate",
        "users:changePassword",
    ];
    assert_eq!(found, expected);
    assert_eq!(properties(&document, "NoteCreate"), ["text"], "`create(text)`");
    let seen = properties(&document, "Note");
    assert!(seen.contains(&"remark") && seen.contains(&"createdAt"), "{seen:?}");
    assert!(!seen.contains(&"createdBy"), "users are not to be seen: {seen:?}");
    let fires = parameter(&document, "/api/notes:create", "triggerWorkflows");
    let fires = fires["description"].as_str().unwrap_or_default();
    assert!(fires.contains("- `recite`: Reads it aloud") && !fires.contains("archive"), "{fires}");
    let text = document.to_string();
    for secret in ["wf.Execution", "wf.Task", "margin", "clerk"] {
        assert!(!text.contains(secret), "{secret} is told of");
    }
}

#[tokio::test]
async fn nobody_is_told_of_what_nobody_may_do() {
    let program = Program::start().await;
    let answer = program.send("GET", "/api/openapi.json", &[], "").await;
    assert_eq!(answer.outcome(), (200, ""));
    let seen = properties(&answer.body, "Note");
    assert!(seen.contains(&"text") && !seen.contains(&"remark"), "`view(text)`: {seen:?}");
    let found = paths(&answer.body);
    assert!(found.contains(&"notes:list") && found.contains(&"auth:signIn"), "{found:?}");
    assert!(!found.iter().any(|path| path.ends_with(":create")), "{found:?}");
    assert!(!found.contains(&"auth:check"), "{found:?}");
}

#[tokio::test]
async fn what_is_described_as_a_list_is_answered_as_described() {
    // That the answer fits the description is held by the program under test.
    let program = Program::start().await;
    for (name, role) in [("Root", "root"), ("Ada", "writer"), ("Bob", "reader")] {
        let token = program.user(name, &[role]).await;
        let document = document(&program, &token).await;
        let lists = paths(&document);
        let lists = lists.iter().filter(|path| path.ends_with(":list") && !path.contains('{'));
        let mut count = 0;
        for path in lists {
            let answer = program.get(&format!("/api/{path}"), &token).await;
            assert_eq!(answer.outcome(), (200, ""), "{role} {path}: {answer:?}");
            count += 1;
        }
        assert!(count > 0, "{role}");
    }
}

#[tokio::test]
async fn values_are_described_with_their_limits() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let document = document(&program, &root).await;
    let user = &document["components"]["schemas"]["UserCreate"];
    let nickname = json!({ "type": "string", "minLength": 1, "maxLength": 200 });
    assert_eq!(user["properties"]["nickname"], nickname);
    assert_eq!(user["required"], json!(["nickname"]));
    assert_eq!(user["additionalProperties"], false);
    let roles = &user["properties"]["roles"]["items"]["enum"];
    let roles = roles.as_array().expect("names");
    assert!(roles.contains(&json!("writer")) && !roles.contains(&json!("anonymous")), "{roles:?}");
}

#[tokio::test]
async fn the_document_says_where_the_routes_stand() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    assert_eq!(document(&program, &root).await["servers"], json!([{ "url": "/" }]));
    let router = axum::Router::new().nest("/deep/er", program.running.router());
    let request = Request::get("/deep/er/api/openapi.json");
    let response = router.oneshot(request.body(Body::empty()).expect("a request")).await;
    let body = to_bytes(response.expect("an answer").into_body(), 1 << 20).await.expect("a body");
    let nested: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(nested["servers"], json!([{ "url": "/deep/er" }]));
    let posted = program.post("/api/openapi.json", &root, &json!({})).await;
    assert_eq!(posted.outcome(), (405, "method_not_allowed"));
}
