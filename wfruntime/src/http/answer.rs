//! What an action answered, as bytes; an error, as far as the caller may know it.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;

use crate::action::{Answer, AnswerData, Fired, Message};
use crate::collection::Row;
use crate::collection::json::Selection;
use crate::error::{Error, ErrorKind, Fault, Result};

/// How long to wait before the next attempt, where nobody knows better, in seconds.
const RETRY: u64 = 1;

/// What stands beside the records in an answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    count: u64,
    page: u64,
    page_size: u64,
    total_page: u64,
}

/// The answer of an action on a collection.
pub(super) fn respond(answer: &Answer) -> Result<Response> {
    let (status, body) = written(answer)?;
    let mut response = json(status, body);
    tell(&mut response, &answer.errors);
    Ok(response)
}

/// The answer to a delivery that had come before: it was taken then.
pub(super) fn duplicate(answer: &Answer) -> Result<Response> {
    let mut writer = Writer::with_capacity(256);
    writer.member("duplicate", &true)?;
    writer.messages(&answer.messages)?;
    writer.workflows(&answer.workflows)?;
    Ok(json(StatusCode::OK, writer.finish()))
}

/// An answer that was kept.
pub(super) fn kept(status: u16, body: String) -> Result<Response> {
    Ok(json(StatusCode::from_u16(status)?, body.into_bytes()))
}

/// Status and body of the answer of an action.
pub(super) fn written(answer: &Answer) -> Result<(StatusCode, Vec<u8>)> {
    let mut writer = Writer::with_capacity(512);
    if answer.outcome.is_err() {
        writer.member("errors", &answer.errors)?;
    }
    if answer.committed {
        writer.member("committed", &true)?;
    }
    writer.data(&answer.data, &answer.selection)?;
    writer.messages(&answer.messages)?;
    writer.workflows(&answer.workflows)?;
    let status = answer.outcome.map_or_else(status, |()| StatusCode::OK);
    Ok((status, writer.finish()))
}

/// The answer of a resource of the framework's own: what it found, under `data`.
pub(super) fn data(data: &impl Serialize) -> Response {
    let mut writer = Writer::with_capacity(256);
    match writer.member("data", data) {
        Ok(()) => json(StatusCode::OK, writer.finish()),
        Err(error) => refuse(&error),
    }
}

/// `{"data": …, "meta": …}` of a list.
fn page(data: &impl Serialize, meta: &impl Serialize) -> Response {
    #[derive(Serialize)]
    struct Body<'a, D, M> {
        data: &'a D,
        meta: &'a M,
    }
    match serde_json::to_vec(&Body { data, meta }) {
        Ok(body) => json(StatusCode::OK, body),
        Err(error) => refuse(&error.into()),
    }
}

/// One page of a list of `count` in all.
pub(super) fn list(data: &impl Serialize, count: u64, page: u64, page_size: u64) -> Response {
    let total_page = count.div_ceil(page_size.max(1));
    self::page(data, &Meta { count, page, page_size, total_page })
}

/// The answer for an error; what is internal is logged, and told only by a number to find it.
pub(super) fn refuse(error: &Error) -> Response {
    let (body, faults) = refusal(error);
    let mut response = json(status(error.kind()), body);
    tell(&mut response, &faults);
    let headers = response.headers_mut();
    match error.kind() {
        ErrorKind::Unauthenticated => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        ErrorKind::Unavailable | ErrorKind::TooMany => {
            let wait = error.retry_after().map_or(RETRY, |wait| wait.as_secs().max(RETRY));
            headers.insert(RETRY_AFTER, wait.into());
        }
        _ => {
            if let Some(wait) = error.retry_after() {
                headers.insert(RETRY_AFTER, wait.as_secs().max(RETRY).into());
            }
        }
    }
    response
}

/// The body for an error, and what it tells.
pub(super) fn refusal(error: &Error) -> (Vec<u8>, Cow<'_, [Fault]>) {
    let is_internal = status(error.kind()) == StatusCode::INTERNAL_SERVER_ERROR;
    let faults = match is_internal {
        true => Cow::Owned(vec![internal(error)]),
        false => Cow::Borrowed(error.all()),
    };
    let mut writer = Writer::with_capacity(256);
    if let Err(error) = writer.member("errors", &faults) {
        tracing::error!("an error could not be written: {error:?}");
    }
    (writer.finish(), faults)
}

/// The faults of an answer, for the page, which asks in the same process and translates them.
#[derive(Debug, Clone)]
pub(crate) struct Told(#[cfg_attr(not(feature = "page"), expect(dead_code))] pub Vec<Fault>);

fn tell(response: &mut Response, faults: &[Fault]) {
    if cfg!(feature = "page") && !faults.is_empty() {
        response.extensions_mut().insert(Told(faults.to_vec()));
    }
}

/// The answer for a method that the route does not have.
pub(super) fn wrong_method(method: &str, path: &str, allowed: &[&str]) -> Response {
    let allowed = allowed.join(", ");
    let message = format!("`{method}` is no method of `/api/{path}`; expected {allowed}");
    let error = Error::new(ErrorKind::MethodNotAllowed, "method_not_allowed", message);
    let mut response = refuse(&error);
    if let Ok(allowed) = HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

/// Logs the error in full, and gives the fault by which it can be found in the log.
pub(crate) fn internal(error: &Error) -> Fault {
    let id = getrandom::u64().unwrap_or_default();
    tracing::error!(error.id = format_args!("{id:016x}"), "a request failed: {error:?}");
    Fault::new("internal", format!("an internal error, logged as {id:016x}"))
        .with("id", format!("{id:016x}"))
}

/// The status that an action is answered with.
pub(super) fn status_of(done: &Result<Answer>) -> StatusCode {
    let outcome = done.as_ref().map_or_else(|error| Err(error.kind()), |answer| answer.outcome);
    outcome.map_or_else(status, |()| StatusCode::OK)
}

fn status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Invalid | ErrorKind::Failed => StatusCode::BAD_REQUEST,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorKind::Timeout => StatusCode::REQUEST_TIMEOUT,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorKind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Ended | ErrorKind::Fenced | ErrorKind::Startup | ErrorKind::Internal => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

pub(super) fn json(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Writes the members of one object, straight into bytes.
struct Writer(Vec<u8>);

impl Writer {
    fn with_capacity(bytes: usize) -> Self {
        let mut out = Vec::with_capacity(bytes);
        out.push(b'{');
        Self(out)
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<()> {
        self.name(name);
        Ok(serde_json::to_writer(&mut self.0, value)?)
    }

    fn data(&mut self, data: &AnswerData, selection: &Selection) -> Result<()> {
        match data {
            AnswerData::Unwritten => Ok(()),
            AnswerData::Nothing => self.member("data", &()),
            AnswerData::Count(count) => self.member("data", count),
            AnswerData::One(row) => self.member("data", &row.json(selection)),
            AnswerData::Many(rows) => self.rows(rows, selection),
            AnswerData::Page { rows, count, page, page_size } => {
                self.rows(rows, selection)?;
                self.meta(*count, *page, *page_size)
            }
        }
    }

    fn rows(&mut self, rows: &[Row], selection: &Selection) -> Result<()> {
        self.name("data");
        self.0.push(b'[');
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                self.0.push(b',');
            }
            serde_json::to_writer(&mut self.0, &row.json(selection))?;
        }
        self.0.push(b']');
        Ok(())
    }

    fn meta(&mut self, count: u64, page: u64, page_size: u64) -> Result<()> {
        let total_page = count.div_ceil(page_size.max(1));
        self.member("meta", &Meta { count, page, page_size, total_page })
    }

    fn messages(&mut self, messages: &[Message]) -> Result<()> {
        if messages.is_empty() { Ok(()) } else { self.member("messages", messages) }
    }

    fn workflows(&mut self, workflows: &[Fired]) -> Result<()> {
        if workflows.is_empty() { Ok(()) } else { self.member("workflows", workflows) }
    }

    fn finish(mut self) -> Vec<u8> {
        self.0.push(b'}');
        self.0
    }
}
