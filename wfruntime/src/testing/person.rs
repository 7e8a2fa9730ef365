//! Somebody who sends requests: a user in a role, or nobody.

use std::panic::Location;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use serde::Serialize;
use serde_json::{Value, json};

use super::execution::key_of;
use super::{Answer, Execution, TestApp};
use crate::auth::User;
use crate::collection::Id;
use crate::error::Result;
use crate::identity::Actor;
use crate::workflow::Named;

/// Somebody who uses the application: a user who acts in a role, or nobody.
///
/// Their requests take the way of every request, through the router, without a socket. They stay
/// signed in when the application is started again.
#[derive(Clone)]
pub struct Person {
    pub(super) app: TestApp,
    actor: Option<Actor>,
    token: Option<String>,
    role: Option<String>,
}

impl Person {
    pub(super) fn new(app: TestApp, actor: Option<Actor>, token: Option<String>) -> Self {
        Self { app, actor, token, role: None }
    }

    /// The same user in another one of their roles.
    #[must_use]
    pub fn acting_as(&self, role: &str) -> Self {
        Self { role: Some(role.to_owned()), ..self.clone() }
    }

    /// The id of the user's record.
    ///
    /// # Panics
    ///
    /// Of somebody who is not signed in.
    #[must_use]
    #[track_caller]
    pub fn id(&self) -> Id<User> {
        match &self.actor {
            Some(actor) => Id::new(actor.id),
            None => super::fail(Location::caller(), "somebody who is not signed in has no id"),
        }
    }

    /// What the user is called: `anonymous`, if nobody is signed in.
    #[must_use]
    pub fn nickname(&self) -> &str {
        self.actor.as_ref().map_or("anonymous", |actor| &actor.nickname)
    }

    /// Sends JSON: `ann.post("/api/claims:create?triggerWorkflows=review", json!({…}))`.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body.to_string()).await
    }

    /// Asks for something, once all work has come to rest: `ann.fetch("/api/claims:list")`.
    ///
    /// JSON in the path is written for a url.
    pub async fn fetch(&self, path: &str) -> Answer {
        self.app.rest().await;
        self.send(Method::GET, path, String::new()).await
    }

    /// Sends a request as it is given, without signing it.
    pub async fn send_raw(&self, request: Request<Body>) -> Answer {
        let asked = format!("{} {}", request.method(), request.uri());
        let running = self.app.running();
        let engine = &running.core().engine;
        if engine.is_crashed() {
            return Answer::of_nobody(asked);
        }
        let response = running.answer(request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // What goes on behind the answer crashes after it, so that a test sees the same each time.
        if engine.is_crashed() && (status >= 500 || engine.crashed_in_request()) {
            return Answer::of_nobody(asked);
        }
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap_or_default();
        let body = serde_json::from_slice(&body).unwrap_or_default();
        Answer { asked, status, headers, body }
    }

    pub(super) async fn send(&self, method: Method, path: &str, body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(in_a_url(path));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(role) = &self.role {
            request = request.header("x-role", role);
        }
        match request.body(Body::from(body)) {
            Ok(request) => self.send_raw(request).await,
            Err(error) => panic!("`{path}` cannot be sent: {error}"),
        }
    }

    /// Sends a signal to an execution.
    ///
    /// # Errors
    ///
    /// What the application refuses: an execution at its end, a role that may not.
    pub async fn signal(
        &self,
        to: &Execution,
        name: &str,
        payload: impl Serialize + Send,
    ) -> Result<()> {
        let payload = serde_json::to_value(payload)?;
        let path = format!("/api/executions:signal?filterByTk={}", to.id);
        let sent = self.post(&path, json!({ "name": name, "payload": payload }));
        sent.await.into_result().map(drop)
    }

    /// Sends a signal to each open execution of the workflow for a record, as its id.
    ///
    /// # Errors
    ///
    /// What the application refuses: no such execution, a role that may not.
    #[track_caller]
    pub fn signal_all<M, T>(
        &self,
        workflow: impl Named<M>,
        record: impl Into<Id<T>>,
        name: &str,
        payload: impl Serialize,
    ) -> impl Future<Output = Result<()>> + Send {
        let key = key_of(workflow, Location::caller());
        let path = format!("/api/workflows:signal?filterByTk={key}");
        let (id, payload) = (record.into().get(), serde_json::to_value(payload));
        let (person, name) = (self.clone(), name.to_owned());
        async move {
            let body = json!({ "data": id, "name": name, "payload": payload? });
            person.post(&path, body).await.into_result().map(drop)
        }
    }
}

/// The path with what may not stand in a url written otherwise; what is written so already stays.
fn in_a_url(path: &str) -> String {
    let mut url = String::with_capacity(path.len());
    for letter in path.chars() {
        match letter {
            ' ' | '"' | '<' | '>' | '{' | '}' | '|' | '\\' | '^' | '`' | '[' | ']' => {
                url.push_str(&format!("%{:02X}", u32::from(letter)));
            }
            letter if letter.is_ascii() => url.push(letter),
            letter => {
                let mut bytes = [0; 4];
                for byte in letter.encode_utf8(&mut bytes).bytes() {
                    url.push_str(&format!("%{byte:02X}"));
                }
            }
        }
    }
    url
}
