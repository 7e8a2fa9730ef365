//! What holds for every answer of the page, and what is refused before it is read.

use std::sync::Arc;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::ask::Refused;
use super::place::Place;
use crate::core::Core;

/// Nothing but the page's own style and script; nobody may frame it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Refuses what another site sends in the visitor's name, and adds the headers of safety.
pub(super) async fn guard(State(core): State<Arc<Core>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let is_read = parts.method == Method::GET || parts.method == Method::HEAD;
    let Ok(place) = Place::from_request_parts(&mut parts, &core).await;
    let mut response = if !is_read && !is_own(&parts.headers) {
        place.refuse(&Refused::new(StatusCode::FORBIDDEN, place.t("foreign-request")))
    } else {
        let response = next.run(Request::from_parts(parts, body)).await;
        match response.status() {
            status if !is_wordless(&response) || !status.is_client_error() => response,
            _ if is_read => place.refuse(&Refused::new(StatusCode::NOT_FOUND, place.t("no-page"))),
            status => place.refuse(&Refused::new(status, place.t("unreadable"))),
        }
    };
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, POLICY);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Whether no page of ours says what is wrong: the address or the form could not be read.
fn is_wordless(response: &Response) -> bool {
    let mime = response.headers().get(CONTENT_TYPE).and_then(|mime| mime.to_str().ok());
    mime.is_none_or(|mime| mime.starts_with("text/plain"))
}

/// Whether a form of the page's own sent the request.
///
/// Browsers say so in `Sec-Fetch-Site`; older ones name the origin. What says neither is no form
/// of a browser's, and refused.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(&HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let origin = text(&ORIGIN).and_then(|origin| origin.split_once("://"));
    match (origin, text(&HOST)) {
        (Some((_, origin)), Some(host)) => origin.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_another_site_is_known() {
        for (given, expected) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")], true),
            (&[("origin", "https://claims.example"), ("host", "Claims.example")], true),
            (&[("origin", "https://evil.example"), ("host", "claims.example")], false),
            (&[("origin", "null"), ("host", "claims.example")], false),
            (&[("host", "claims.example")], false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in given {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            assert_eq!(is_own(&headers), expected, "{given:?}");
        }
    }
}
