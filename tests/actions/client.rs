//! A program in memory, and requests to it.

use serde_json::Value;
use wfruntime::{App, Running};

/// A started program and the tokens of its users.
pub(crate) struct Program {
    pub(crate) running: Running,
    pub(crate) root: String,
}

impl Program {
    pub(crate) async fn start() -> Self {
        Self::of(App::new("sqlite://:memory:")).await
    }

    pub(crate) async fn of(app: App) -> Self {
        let running = app.start().await.expect("the program starts");
        let root = running.add_user("Root", &["root"]).await.expect("a user");
        Self { running, root }
    }

    pub(crate) async fn user(&self, nickname: &str, roles: &[&str]) -> String {
        self.running.add_user(nickname, roles).await.expect("a user")
    }

    /// The status and body of a request by root.
    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.post_as(&self.root, path, body).await
    }

    pub(crate) async fn post_as(&self, token: &str, path: &str, body: Value) -> (u16, Value) {
        self.send(token, path, body.to_string()).await
    }

    pub(crate) async fn send(&self, token: &str, path: &str, body: String) -> (u16, Value) {
        let request = axum::http::Request::post(format!("/api/{path}"))
            .header("authorization", format!("Bearer {token}"))
            .body(body.into())
            .expect("a request");
        answer(self.running.answer(request).await).await
    }

    /// The data of a request by root that has to go well.
    pub(crate) async fn data(&self, path: &str, body: Value) -> Value {
        let (status, mut answer) = self.post(path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer["data"].take()
    }

    /// What is stored, by a query of `list` or `get`.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let request = axum::http::Request::get(format!("/api/{path}"))
            .header("authorization", format!("Bearer {}", self.root))
            .body(axum::body::Body::empty())
            .expect("a request");
        let (status, mut answer) = answer(self.running.answer(request).await).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer["data"].take()
    }

    /// How many records a collection has.
    pub(crate) async fn count(&self, collection: &str) -> usize {
        self.read(&format!("{collection}:list?pageSize=500")).await.as_array().map_or(0, Vec::len)
    }
}

async fn answer(response: axum::response::Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, serde_json::from_slice(&bytes).expect("JSON"))
}

/// The faults of an answer as `code field`.
pub(crate) fn faults(answer: &Value) -> Vec<String> {
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap_or_default().to_owned();
    errors.iter().map(|it| format!("{} {}", text(it, "code"), text(it, "field"))).collect()
}

/// The workflows of an answer as `key status`.
pub(crate) fn workflows(answer: &Value) -> Vec<String> {
    let fired = answer["workflows"].as_array().cloned().unwrap_or_default();
    let text = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    fired.iter().map(|it| format!("{} {}", text(it, "key"), text(it, "status"))).collect()
}
