//! `/api/hooks/<path>`: calls from other systems.
//!
//! What is signed are the bytes that came: they are judged before anything is read in them.

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::Value;
use serde_json::value::RawValue;

use super::once::hash;
use super::{answer, body};
use crate::action::{Delivered, Delivery, Once, deliver};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::webhook;

/// The answer to a call at this path.
pub(super) async fn answer(
    core: &Arc<Core>,
    path: &str,
    parts: &Parts,
    body: Body,
) -> Result<Response> {
    let Some(hooked) = core.webhooks.at(path) else {
        let message = "no webhook has this path";
        return Err(Error::new(ErrorKind::NotFound, "unknown_webhook", message));
    };
    if parts.method != Method::POST {
        let path = format!("{}{path}", webhook::PATH);
        return Ok(answer::wrong_method(parts.method.as_str(), &path, &["POST"]));
    }
    let bytes = body::bytes(parts, body, &core.settings).await?;
    let heads = |name: &str| {
        let mut all = parts.headers.get_all(name).iter();
        let first = all.next()?.to_str().ok()?;
        all.next().is_none().then(|| first.to_owned())
    };
    let Some(signed) = hooked.judge(&heads, &bytes, core.clock.now()) else {
        tracing::warn!(path, "a call of a webhook has no signature that fits, or is too old");
        let message = "the signature or the time of the call does not fit";
        return Err(Error::new(ErrorKind::Unauthenticated, "bad_signature", message));
    };
    let values = body::parse(&bytes)?;
    let values: Value = serde_json::from_str(values.as_deref().map_or("null", RawValue::get))?;
    let (id, event) = hooked.hook.told(&heads, &values);
    let identity = hooked.hook.identity(signed, &values);
    let scope = hash(&[webhook::PATH.as_bytes(), path.as_bytes(), &identity]);
    let once = Once { scope, print: String::new() };
    let workflow = hooked.workflow;
    let delivered = deliver(core, Delivery { workflow, values, id, event, once }).await?;
    respond(&delivered)
}

/// What came before is answered as done, whatever came of it; what goes on behind the answer as
/// taken.
fn respond(delivered: &Delivered) -> Result<Response> {
    let Delivered { answer, is_duplicate } = delivered;
    if *is_duplicate {
        return answer::duplicate(answer);
    }
    let mut response = answer::respond(answer)?;
    if response.status() == StatusCode::OK && answer.goes_on() {
        *response.status_mut() = StatusCode::ACCEPTED;
    }
    Ok(response)
}
