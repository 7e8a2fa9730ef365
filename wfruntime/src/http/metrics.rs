//! `/metrics`: what is counted, for whoever holds the token.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};

use super::answer;
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};

/// The text format of OpenMetrics, which Prometheus reads.
const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(super) async fn metrics(State(core): State<Arc<Core>>, headers: HeaderMap) -> Response {
    match text(&core, &headers).await {
        Ok(text) => ([(CONTENT_TYPE, FORMAT)], text).into_response(),
        Err(error) => {
            let mut refused = answer::refuse(&error);
            if error.kind() == ErrorKind::Unauthenticated {
                let asks = HeaderValue::from_static("Bearer");
                refused.headers_mut().insert(WWW_AUTHENTICATE, asks);
            }
            refused
        }
    }
}

async fn text(core: &Arc<Core>, headers: &HeaderMap) -> Result<String> {
    let given = headers.get(AUTHORIZATION).and_then(|given| given.to_str().ok());
    let given = given.and_then(|given| given.split_once(' '));
    let token = given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let metrics = core.metrics.as_ref();
    let metrics =
        metrics.filter(|it| token.is_some_and(|(_, token)| it.is_read_with(token.trim())));
    let Some(metrics) = metrics else {
        let message = "`/metrics` is read with the token that the program gave to `App::metrics`";
        return Err(Error::new(ErrorKind::Unauthenticated, "unauthenticated", message));
    };
    metrics.text(core).await
}
