//! A program in memory, and requests to it.

use serde_json::Value;
use wfruntime::testing::TestDatabase;
use wfruntime::{App, Running};

use crate::described::{Documents, Exchange};

/// A started program and the tokens of its users.
pub(crate) struct Program {
    pub(crate) running: Running,
    pub(crate) root: String,
    _database: TestDatabase,
    documents: Documents,
}

impl Program {
    pub(crate) async fn start() -> Self {
        Self::of(|app| app).await
    }

    /// Starts the application that `change` makes of a plain one.
    pub(crate) async fn of(change: impl FnOnce(App) -> App) -> Self {
        let database = TestDatabase::new().expect("a database");
        let app = change(App::new(database.url()));
        Self::with(app.start().await.expect("the program starts"), database).await
    }

    pub(crate) async fn with(running: Running, database: TestDatabase) -> Self {
        let root = running.add_user("Root", &["root"]).await.expect("a user");
        Self { running, root, _database: database, documents: Documents::default() }
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
        let answer = self.ask("POST", token, path, body).await;
        self.check_described("POST", token, path, &answer).await;
        answer
    }

    async fn ask(&self, method: &str, token: &str, path: &str, body: String) -> (u16, Value) {
        let request = axum::http::Request::builder()
            .method(method)
            .uri(format!("/api/{path}"))
            .header("authorization", format!("Bearer {token}"))
            .body(body.into())
            .expect("a request");
        answer(self.running.answer(request).await).await
    }

    /// Fails if an answer is not as the program describes it to this user.
    async fn check_described(&self, method: &str, token: &str, path: &str, answer: &(u16, Value)) {
        let path = format!("/api/{path}");
        let exchange = Exchange { method, path: &path, status: answer.0, body: &answer.1 };
        let read = async || {
            let (status, document) = self.ask("GET", token, "openapi.json", String::new()).await;
            (status == 200).then_some(document)
        };
        self.documents.check(vec![token.to_owned()], &exchange, read).await;
    }

    /// The data of a request by root that has to go well.
    pub(crate) async fn data(&self, path: &str, body: Value) -> Value {
        let (status, mut answer) = self.post(path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer["data"].take()
    }

    /// What is stored, by a query of `list` or `get`.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let answer = self.ask("GET", &self.root, path, String::new()).await;
        self.check_described("GET", &self.root, path, &answer).await;
        let (status, mut answer) = answer;
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
