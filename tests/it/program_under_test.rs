//! A started application on a database of its own, and requests to it.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use wfruntime::testing::TestDatabase;
use wfruntime::{App, Clock, Running};

use crate::described::{Documents, Exchange};

/// A started application; its database is gone with it.
pub(crate) struct Program {
    pub(crate) running: Running,
    pub(crate) clock: Clock,
    pub(crate) database: TestDatabase,
    documents: Documents,
}

/// What a request was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Program {
    pub(crate) async fn start() -> Self {
        Self::start_with(|app| app).await
    }

    /// Starts it with a clock that stands still until it is moved.
    pub(crate) async fn start_with(change: impl FnOnce(App) -> App) -> Self {
        let database = TestDatabase::new().expect("a database");
        let clock = Clock::manual("2026-01-01T00:00:00Z".parse().expect("a moment"));
        let app = change(App::new(database.url()).clock(clock.clone()));
        let running = app.start().await.expect("the application starts");
        Self { running, clock, database, documents: Documents::default() }
    }

    /// A token of a new user.
    pub(crate) async fn user(&self, nickname: &str, roles: &[&str]) -> String {
        self.running.add_user(nickname, roles).await.expect("a user")
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.send("GET", path, &[("authorization", &format!("Bearer {token}"))], "").await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        let headers = [("authorization", &*format!("Bearer {token}"))];
        self.send("POST", path, &headers, &body.to_string()).await
    }

    /// A request of somebody who is not signed in.
    pub(crate) async fn post_as_nobody(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[], &body.to_string()).await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let page = self.browse(method, path, headers, body).await;
        let answer = Answer {
            status: page.status,
            headers: page.headers,
            body: serde_json::from_str(&page.text).unwrap_or_default(),
        };
        let (status, body) = (answer.status.as_u16(), &answer.body);
        self.check_described(&Exchange { method, path, status, body }, headers).await;
        answer
    }

    /// Fails if an answer is not as the program describes it to this caller.
    async fn check_described(&self, exchange: &Exchange<'_>, headers: &[(&str, &str)]) {
        let query = exchange.path.split_once('?').map_or("", |(_, query)| query);
        let token = query.split('&').find(|pair| pair.starts_with("token="));
        let path = format!("/api/openapi.json?{}", token.unwrap_or_default());
        let said = headers.iter().map(|(name, value)| format!("{name}: {value}"));
        let key: Vec<String> = said.chain([path.clone()]).collect();
        let read = async || {
            let described = self.browse("GET", &path, headers, "").await;
            let is_told = described.status == StatusCode::OK;
            is_told.then(|| serde_json::from_str(&described.text).expect("JSON"))
        };
        self.documents.check(key, exchange, read).await;
    }
}

/// A page as a browser gets it.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Page {
    /// Where it sends the browser.
    pub(crate) fn location(&self) -> &str {
        self.headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or_default()
    }
}

impl Program {
    /// Asks for a page with the cookie of a token; with a form, as a browser sends it.
    pub(crate) async fn page(&self, path: &str, token: &str, form: Option<&str>) -> Page {
        let cookie = format!("wf_session={token}");
        let mut headers = vec![("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
        if form.is_some() {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        let method = if form.is_some() { "POST" } else { "GET" };
        self.browse(method, path, &headers, form.unwrap_or_default()).await
    }

    /// The same with headers of one's own.
    pub(crate) async fn browse(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let response = self.running.answer(request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        Page { status, headers, text: String::from_utf8_lossy(&body).into_owned() }
    }
}

impl Answer {
    /// The code of the first error.
    pub(crate) fn code(&self) -> &str {
        self.body["errors"][0]["code"].as_str().unwrap_or_default()
    }

    /// The status as a number and the code of the first error.
    pub(crate) fn outcome(&self) -> (u16, &str) {
        (self.status.as_u16(), self.code())
    }

    /// The id of the record answered.
    pub(crate) fn id(&self) -> i64 {
        self.body["data"]["id"].as_i64().expect("a record")
    }
}
