//! Asking other services over HTTP.

use std::future::IntoFuture;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::SyncContext;
use crate::error::{Error, Result};
use crate::store::BoxFuture;
use crate::workflow::Retry;

/// How long a request may take unless it says otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The largest answer that is read unless the request says otherwise, in bytes.
const LIMIT: usize = 1 << 20;

/// A request to another service; awaiting it sends it.
///
/// It needs the feature `request`. What was answered is kept with the execution, so that a replay
/// does not ask again. It is sent at least once: if the process dies behind the answer and before
/// that is written, it is sent again, with the same `Idempotency-Key`.
///
/// What is sent is not kept. Put secrets into headers: they go to no other host that a redirect
/// leads to, and no message shows them, or the query of the url, but messages do show its path.
#[must_use = "nothing is sent until it is awaited"]
#[cfg_attr(not(feature = "request"), expect(dead_code, reason = "nothing sends it"))]
pub struct Request {
    cx: SyncContext,
    method: String,
    url: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Result<Option<Vec<u8>>>,
    timeout: Duration,
    limit: usize,
    retry: Option<Retry>,
    any_status: bool,
}

/// What another service answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The status, as `200`.
    pub status: u16,
    /// The headers in the order in which they came; names are in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(with = "bytes")]
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let is_it = |held: &&(String, String)| held.0.eq_ignore_ascii_case(name);
        self.headers.iter().find(is_it).map(|(_, value)| value.as_str())
    }

    /// The body as a value.
    ///
    /// # Errors
    ///
    /// It is no JSON, or does not fit the type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        Ok(serde_json::from_slice(&self.body)?)
    }

    /// The body as text.
    ///
    /// # Errors
    ///
    /// It is no UTF-8.
    pub fn text(&self) -> Result<&str> {
        Ok(std::str::from_utf8(&self.body)?)
    }
}

impl SyncContext {
    /// Asks another service over HTTP (feature `request`).
    ///
    /// Only answers with a status of 200 to 299 are answers; the statuses 408, 429 and 500 to 599
    /// and connections that break are tried again as the workflow's `retry` says, later if
    /// `Retry-After` asks for that, an hour at most; others are errors at once. Names are resolved
    /// first, and addresses that are not public refused, at each of at most five redirects too,
    /// unless [`App::allow_requests_to`](crate::App::allow_requests_to) allows them. Whatever is
    /// no `GET` or `HEAD` has an `Idempotency-Key` that is the same in each attempt. All tell the
    /// [trace](crate::docs::watching) of the execution, as `traceparent`.
    ///
    /// ```
    /// # #[cfg(feature = "request")]
    /// # mod example {
    /// # use wfruntime::prelude::*;
    /// # #[derive(serde::Deserialize)] struct Rate { rate: Decimal }
    /// # async fn example(cx: &Context) -> Result<()> {
    /// let answer = cx.request("GET", "https://rates.example/eur").query("day", "2026-03-01").await?;
    /// let rate: Rate = answer.json()?;
    /// # drop(rate); Ok(()) }
    /// # }
    /// ```
    pub fn request(&self, method: impl Method, url: impl Into<String>) -> Request {
        Request {
            cx: self.clone(),
            method: method.into(),
            url: url.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Ok(None),
            timeout: TIMEOUT,
            limit: LIMIT,
            retry: None,
            any_status: false,
        }
    }
}

/// The name of a method of HTTP: any text, with the feature `request`; nothing without it.
#[cfg_attr(
    not(feature = "request"),
    diagnostic::on_unimplemented(
        message = "`request` needs the feature `request` of `wfruntime`",
        label = "no request can be sent",
        note = "in Cargo.toml: `features = [\"request\"]`"
    )
)]
pub trait Method: Into<String> {}

#[cfg(feature = "request")]
impl<T: Into<String>> Method for T {}

impl Request {
    /// Sends this as the body, and says that it is JSON.
    pub fn json(self, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).map(Some).map_err(Error::from);
        Self { body, ..self }.header("content-type", "application/json")
    }

    /// Sends this as the body; name its type in the header `content-type`.
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: Ok(Some(body.into())), ..self }
    }

    /// Sends this header; one of the same name is replaced.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        self.headers.retain(|(earlier, _)| !earlier.eq_ignore_ascii_case(&name));
        self.headers.push((name, value.into()));
        self
    }

    /// Adds a pair to the query of the url.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// How long an attempt may take, redirects and reading included: 30 s by default.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The largest body that is read, in bytes: 1 MiB by default.
    ///
    /// A compressed body is asked for only by a header of one's own, and not unpacked.
    /// An answer is kept like the result of any node, so it also has to fit into
    /// [`crate::Settings::payload_limit`].
    pub fn limit(self, bytes: usize) -> Self {
        Self { limit: bytes, ..self }
    }

    /// How often it is tried in all; as the workflow's `retry` says by default.
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry: Some(retry), ..self }
    }

    /// Takes an answer of any status; those that may pass are tried again before.
    pub fn any_status(self) -> Self {
        Self { any_status: true, ..self }
    }
}

impl IntoFuture for Request {
    type Output = Result<Response>;
    type IntoFuture = BoxFuture<'static, Result<Response>>;

    #[cfg(feature = "request")]
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }

    #[cfg(not(feature = "request"))]
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async { Err(Error::internal("the feature `request` is not switched on")) })
    }
}

/// A body as it is kept: text as it is, else base64.
mod bytes {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kept {
        Text(String),
        Base64(String),
    }

    pub(super) fn serialize<S: Serializer>(body: &[u8], to: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(body) {
            Ok(text) => Kept::Text(text.to_owned()),
            Err(_) => Kept::Base64(STANDARD.encode(body)),
        }
        .serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        match Kept::deserialize(from)? {
            Kept::Text(text) => Ok(text.into_bytes()),
            Kept::Base64(text) => STANDARD.decode(text).map_err(serde::de::Error::custom),
        }
    }
}

#[cfg(feature = "request")]
mod send {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
    use reqwest::{Method, Url};
    use tracing::Instrument as _;

    use super::{Error, Request, Response, Result};
    use crate::engine::run::{Begun, Node};
    use crate::execution::JobStatus;
    use crate::outside::{Answer, Failed, Question};

    const KEY: HeaderName = HeaderName::from_static("idempotency-key");
    const TRACE: HeaderName = HeaderName::from_static("traceparent");
    const TRACE_STATE: HeaderName = HeaderName::from_static("tracestate");
    /// What of a node's key cannot stand in a header.
    const UNFIT: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'\\').add(b'%');

    impl Request {
        pub(super) async fn send(self) -> Result<Response> {
            let cx = self.cx.clone();
            let mut node = match cx.begin("request", &self.method).await? {
                Begun::Done(output) => return Ok(serde_json::from_str(&output)?),
                Begun::New(node) => node,
            };
            let retry = self.retry.unwrap_or(cx.run.workflow.retry);
            let any_status = self.any_status;
            let question = match self.question(&node) {
                Ok(question) => question,
                Err(error) => return cx.run.broke(&node, error).await,
            };
            node.place.given(&shown(&question));
            cx.run.flush().await?;
            loop {
                cx.run.moment("before_node", &node.place.key).await;
                let last = node.attempts + 1 >= retry.attempts.max(1);
                let started = cx.run.core.clock.now();
                let asked = cx.run.core.outside.ask(&question).instrument(node.span.clone()).await;
                let (error, is_temporary) = match asked {
                    Ok(answer)
                        if answer.is_success()
                            || any_status && (last || !answer.is_temporary()) =>
                    {
                        cx.tried(&mut node, started, None);
                        return keep(&cx, &node, answer).await;
                    }
                    Ok(answer) => {
                        let error = answer.as_error(&question, cx.run.core.clock.now());
                        (error, answer.is_temporary())
                    }
                    Err(Failed::Always(error)) => (error, false),
                    Err(Failed::Now(error)) => (error, true),
                };
                cx.tried(&mut node, started, Some(&error));
                if last || !is_temporary {
                    return cx.run.broke(&node, error).await;
                }
                cx.pause(&mut node, &error, retry).await?;
            }
        }

        fn question(self, node: &Node) -> Result<Question> {
            let wrong = |what: String| Error::invalid("request", what);
            let method = Method::from_bytes(self.method.as_bytes())
                .map_err(|_| wrong(format!("`{}` is no method of HTTP", self.method)))?;
            let mut url = Url::parse(&self.url)
                .map_err(|error| wrong(format!("a request needs a whole url: {error}")))?;
            if !self.query.is_empty() {
                url.query_pairs_mut().extend_pairs(&self.query);
            }
            let mut headers = HeaderMap::new();
            if !matches!(method, Method::GET | Method::HEAD) {
                let id = self.cx.run.hold.id;
                let key = format!("{id}/{}", utf8_percent_encode(&node.place.key, UNFIT));
                headers.insert(KEY, HeaderValue::from_str(&key)?);
            }
            let trace = self.cx.run.trace_of(node);
            headers.insert(TRACE, HeaderValue::from_str(&trace.traceparent())?);
            if let Some(state) = trace.tracestate() {
                headers.insert(TRACE_STATE, HeaderValue::from_str(state)?);
            }
            for (name, value) in &self.headers {
                let unfit = || wrong(format!("`{name}` cannot be sent as a header"));
                let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?;
                headers.insert(key, HeaderValue::from_str(value).map_err(|_| unfit())?);
            }
            let (timeout, limit, body) = (self.timeout, self.limit, self.body?);
            Ok(Question { method, url, headers, body, timeout, limit })
        }
    }

    /// What people see of a request: no message shows more of it.
    fn shown(question: &Question) -> serde_json::Value {
        let mut url = question.url.clone();
        url.set_query(None);
        url.set_fragment(None);
        // A url that has no host has no user either.
        let _ = (url.set_username(""), url.set_password(None));
        serde_json::json!({ "method": question.method.as_str(), "url": url.as_str() })
    }

    /// Writes an answer down.
    async fn keep(cx: &super::SyncContext, node: &Node, answer: Answer) -> Result<Response> {
        let Answer { status, headers, body } = answer;
        let response = Response { status, headers, body };
        let output = serde_json::to_string(&response)?;
        if let Err(error) = cx.run.check_size(&node.place.key, output.len()) {
            return cx.run.broke(node, error).await;
        }
        let tries = (None, node.attempts + 1);
        cx.run.record(node, JobStatus::Resolved, Some(output), tries).await?;
        cx.run.moment("after_node", &node.place.key).await;
        Ok(response)
    }
}
