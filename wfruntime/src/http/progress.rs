//! How far long work is, told to whoever waits for it: server-sent events.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;

use super::answer;
use crate::error::Result;
use crate::transfer::Progress;

/// What the events are called, as a media type.
pub(super) const EVENTS: &str = "text/event-stream";

/// Whether the client asks to be told.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|accept| accept.to_str().ok());
    accepted.flat_map(|accept| accept.split(',')).any(|range| {
        let name = range.split(';').next().unwrap_or_default();
        name.trim().eq_ignore_ascii_case(EVENTS)
    })
}

/// Work that goes on, whoever listens.
pub(super) struct Going<D> {
    /// What it told by now.
    pub(super) first: Option<Progress>,
    pub(super) told: UnboundedReceiver<Progress>,
    pub(super) work: JoinHandle<Result<D>>,
}

impl<D: Serialize + Send + 'static> Going<D> {
    /// An event for each thing that it tells, and one for its end.
    pub(super) fn answer(self) -> Response {
        let stream = futures_util::stream::unfold(Some(self), async |going| {
            let (event, rest) = going?.next().await;
            Some((Ok::<_, Infallible>(event), rest))
        });
        let mut response = Response::new(Body::from_stream(stream));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(EVENTS));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // A proxy that kept them back would make them useless.
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }

    /// The next event, and what is left; nothing after the last.
    async fn next(mut self) -> (Vec<u8>, Option<Self>) {
        let told = match self.first.take() {
            Some(first) => Some(first),
            None => self.told.recv().await,
        };
        if let Some(Progress { written, count }) = told {
            let body = json!({ "written": written, "count": count }).to_string();
            return (event("progress", body.as_bytes()), Some(self));
        }
        let ended = self.work.await.map_err(Into::into).and_then(|done| done);
        let ended = ended.and_then(|done| Ok(serde_json::to_vec(&json!({ "data": done }))?));
        let event = match &ended {
            Ok(body) => event("done", body),
            Err(error) => event("failed", &answer::refusal(error).0),
        };
        (event, None)
    }
}

/// One event; JSON has no ends of lines.
fn event(name: &str, body: &[u8]) -> Vec<u8> {
    [b"event: ", name.as_bytes(), b"\ndata: ", body, b"\n\n"].concat()
}
