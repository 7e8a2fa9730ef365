//! `Idempotency-Key`: a request that is sent again is answered as it was, and not done again.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::answer;
use crate::action::{self, Asked, Earlier, Once};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::identity::Identity;
use crate::watch;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Says that an answer is one that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The longest key, in bytes.
const LONGEST: usize = 255;

/// What makes a request one that is carried out once, if it has a key.
///
/// # Errors
/// [`ErrorKind::Invalid`] for what is no key.
pub(super) fn of(
    parts: &Parts,
    identity: &Identity,
    body: Option<&RawValue>,
) -> Result<Option<Once>> {
    let mut keys = parts.headers.get_all(&KEY).iter();
    let Some(key) = keys.next() else { return Ok(None) };
    let is_key = |key: &[u8]| {
        (1..=LONGEST).contains(&key.len()) && key.iter().all(|byte| (b' '..=b'~').contains(byte))
    };
    if keys.next().is_some() || !is_key(key.as_bytes()) {
        let message = format!("expected one text of 1 to {LONGEST} ASCII characters");
        let fault = Fault::new("invalid_idempotency_key", message).at("Idempotency-Key");
        return Err(Error::faults(ErrorKind::Invalid, vec![fault]));
    }
    // Who asks is known; a newer token of theirs makes no other request.
    let query = parts.uri.query().unwrap_or_default();
    let query = query.split('&').filter(|pair| !pair.starts_with("token="));
    let query = query.collect::<Vec<_>>().join("&");
    let user = identity.user_id().map_or_else(String::new, |user| user.to_string());
    let scope = [
        user.as_bytes(),
        parts.method.as_str().as_bytes(),
        parts.uri.path().as_bytes(),
        query.as_bytes(),
        key.as_bytes(),
    ];
    let body = body.map_or("", RawValue::get);
    let print = [identity.role.as_bytes(), body.as_bytes()];
    Ok(Some(Once { scope: hash(&scope), print: hash(&print) }))
}

/// A hash of all parts and of where each ends.
pub(super) fn hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Carries out the request, or answers as it was answered before.
///
/// # Errors
/// Those of the action; [`ErrorKind::Unprocessable`] if the key was used for another request,
/// [`ErrorKind::Conflict`] if the same one is carried out now.
pub(super) async fn perform(core: &Arc<Core>, mut asked: Asked, once: Once) -> Result<Response> {
    let place = core.under_way.enter(&once).map_err(|print| match print == once.print {
        true => {
            let message = "the same request is carried out now; send it again later";
            Error::new(ErrorKind::Conflict, "under_way", message).with_retry_after(action::WAIT)
        }
        false => used_otherwise(),
    })?;
    match once.earlier(core).await? {
        Earlier::None => {}
        Earlier::Other => return Err(used_otherwise()),
        Earlier::Answered(status, body) => return Ok(replayed(answer::kept(status, body)?)),
        Earlier::Made(made) => {
            let answer = action::again(core, &asked, &made).await?;
            return Ok(replayed(answer::respond(&answer)?));
        }
    }
    asked.known_by(once.clone());
    let core = Arc::clone(core);
    // A task of its own: whoever hangs up finds the answer when they ask again.
    watch::spawn(async move {
        let answer = action::perform_any(&core, asked).await?;
        let (status, body) = answer::written(&answer)?;
        if body.len() <= core.settings.payload_limit {
            let text = String::from_utf8_lossy(&body).into_owned();
            if let Err(error) = once.answered(&core, status.as_u16(), text).await {
                tracing::warn!(%error, "an answer is not kept; it can be made again");
            }
        }
        drop(place);
        Ok(answer::json(status, body))
    })
    .await?
}

fn used_otherwise() -> Error {
    let message = "the key was used for another request: give each request a key of its own";
    let fault = Fault::new("idempotency_key_reused", message).at("Idempotency-Key");
    Error::faults(ErrorKind::Unprocessable, vec![fault])
}

fn replayed(mut response: Response) -> Response {
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
