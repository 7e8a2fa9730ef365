//! Calls of webhooks, signed as their senders sign them.

use std::future::IntoFuture;
use std::panic::Location;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::execution::key_of;
use super::{Answer, TestApp, fail};
use crate::app::App;
use crate::registry;
use crate::store::BoxFuture;
use crate::webhook::{Hooked, PATH, Sender};
use crate::workflow::Named;

impl TestApp {
    /// Calls a webhook as its sender does, signed at the application's time:
    /// `app.deliver(paid, json!({"invoice": "A-17"})).await`.
    ///
    /// A webhook that has no secret gets one of the test's.
    ///
    /// # Panics
    ///
    /// If what was given is no webhook.
    #[track_caller]
    pub fn deliver<M>(&self, webhook: impl Named<M>, body: Value) -> Delivering {
        let at = Location::caller();
        let key = key_of(webhook, at);
        if self.core().webhooks.of_key(key).is_none() {
            fail(at, format_args!("`{key}` is no webhook"));
        }
        let id = format!("msg_{:016x}", getrandom::u64().unwrap_or_default());
        let (app, event, heads) = (self.clone(), "ping".to_owned(), Vec::new());
        Delivering { app, key, body, id, event, heads }
    }
}

/// A call of a webhook, sent when it is awaited.
#[must_use = "it is sent when it is awaited"]
#[derive(Clone)]
pub struct Delivering {
    app: TestApp,
    key: &'static str,
    body: Value,
    id: String,
    event: String,
    heads: Vec<(&'static str, String)>,
}

impl Delivering {
    /// With this id of the delivery; the same one at two calls makes them the same delivery. Of
    /// Stripe it is the `id` in the body.
    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: id.into(), ..self }
    }

    /// With this kind of event in `X-GitHub-Event`.
    pub fn event(self, event: impl Into<String>) -> Self {
        Self { event: event.into(), ..self }
    }

    /// With a header that is not signed, such as `traceparent`.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.heads.push((name, value.into()));
        self
    }

    fn request(&self, hooked: &Hooked) -> axum::http::Result<Request<Body>> {
        let at = self.app.now().as_second();
        let body = self.body.to_string();
        let sign = |prefix: String| hooked.sign(&prefix, body.as_bytes());
        let signed: Vec<(&str, String)> = match hooked.hook.from {
            Sender::Standard => {
                let signature = sign(format!("{}.{at}.", self.id));
                vec![
                    ("webhook-id", self.id.clone()),
                    ("webhook-timestamp", at.to_string()),
                    ("webhook-signature", format!("v1,{}", STANDARD.encode(signature))),
                ]
            }
            Sender::GitHub => vec![
                ("x-github-delivery", self.id.clone()),
                ("x-github-event", self.event.clone()),
                ("x-hub-signature-256", format!("sha256={}", hex(&sign(String::new())))),
            ],
            Sender::Stripe => {
                let signature = hex(&sign(format!("{at}.")));
                vec![("stripe-signature", format!("t={at},v1={signature}"))]
            }
        };
        let request = Request::post(format!("/api/{PATH}{}", hooked.hook.path));
        let heads = signed.into_iter().chain(self.heads.iter().cloned());
        let request = heads.fold(request, |it, (name, value)| it.header(name, value));
        request.body(Body::from(body))
    }
}

impl IntoFuture for Delivering {
    type Output = Answer;
    type IntoFuture = BoxFuture<'static, Answer>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let core = Arc::clone(self.app.running().core());
            let request = core.webhooks.of_key(self.key).map(|hooked| self.request(hooked));
            match request {
                Some(Ok(request)) => self.app.anonymous().send_raw(request).await,
                Some(Err(error)) => panic!("`{}` cannot be called: {error}", self.key),
                None => panic!("`{}` is no webhook", self.key),
            }
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The same application, with a secret for each webhook that has none.
pub(super) fn with_secrets(app: App) -> App {
    let without = |name: &&str| app.secrets.named(name).is_empty();
    let all = registry::global().webhooks();
    let names = all.map(|(workflow, hook)| hook.secret_of(workflow.meta.key));
    let names: Vec<&str> = names.filter(without).collect();
    names.into_iter().fold(app, |app, name| {
        let secret = format!("{:032x}", u128::from(getrandom::u64().unwrap_or_default()));
        app.webhook_secret(name, secret)
    })
}
