//! One request to the page: where it is, in which language, and who visits.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::ROOT;
use super::text::Catalogue;
use crate::auth::{self, Access};
use crate::core::Core;
use crate::error::ErrorKind;
use crate::identity::Identity;

/// The cookie of the token.
pub(super) const SESSION: &str = "wf_session";
/// The cookie of the role in which its owner acts.
pub(super) const ROLE: &str = "wf_role";
/// The cookie of the language.
pub(super) const LANGUAGE: &str = "wf_language";

/// The cookie of what the next page tells.
pub(super) const SAID: &str = "wf_said";

/// Where a request came to, whoever sent it.
pub(super) struct Place {
    pub(super) core: Arc<Core>,
    /// In the language of the visitor.
    pub(super) text: &'static Catalogue,
    /// The prefix under which the router is nested; empty or `/claims`.
    prefix: String,
    /// Below [`ROOT`], as in `/tasks/7`.
    pub(super) path: String,
    /// What is behind the `?`.
    pub(super) query: Vec<(String, String)>,
    /// As the routes below `/api` read them.
    pub(super) parts: Parts,
}

/// A request of somebody who is signed in.
pub(super) struct Visit {
    place: Place,
    pub(super) identity: Identity,
    pub(super) access: Access,
}

impl Deref for Visit {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.place
    }
}

impl Place {
    fn of(core: &Arc<Core>, parts: &Parts) -> Self {
        let original = parts.extensions.get::<OriginalUri>();
        let whole = original.map_or(parts.uri.path(), |OriginalUri(uri)| uri.path());
        // The routes of the page see their path without `/admin`, and without what is before it.
        let path = parts.uri.path().to_owned();
        let before = whole.strip_suffix(path.trim_end_matches('/')).unwrap_or(whole);
        let prefix = before.strip_suffix(ROOT).unwrap_or_default().to_owned();
        let query = parts.uri.query().unwrap_or_default();
        let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let chosen = cookie(&parts.headers, LANGUAGE);
        let accepted = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let text = Catalogue::choose(chosen, accepted.unwrap_or_default());
        let parts = asking(parts);
        Self { core: Arc::clone(core), text, prefix, path, query, parts }
    }

    /// The address of a page, as in `/tasks`, whatever the router is nested under.
    pub(super) fn at(&self, path: &str) -> String {
        let path = if path == "/" { "" } else { path };
        format!("{}{ROOT}{path}", self.prefix)
    }

    /// What the router is nested under: empty, or as in `/claims`.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Where cookies are sent to.
    pub(super) fn cookie_path(&self) -> String {
        self.at("")
    }

    /// The first value of this name behind the `?`.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A text of the page's, in the language of the visitor.
    pub(super) fn t(&self, id: &str) -> String {
        self.text.get(id)
    }

    /// This page below [`ROOT`], with what is behind the `?`.
    pub(super) fn here(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        format!("{}?{}", self.path, query.extend_pairs(&self.query).finish())
    }

    /// This page's address with another value behind the `?`.
    pub(super) fn here_with(&self, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (given, value) in self.query.iter().filter(|(given, _)| given != name) {
            query.append_pair(given, value);
        }
        if !value.is_empty() {
            query.append_pair(name, value);
        }
        format!("{}?{}", self.at(&self.path), query.finish())
    }

    /// Which page of a list is asked for.
    pub(super) fn page_number(&self) -> u64 {
        self.asked("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1)
    }

    /// What a workflow is called.
    pub(super) fn workflow_title(&self, key: &str) -> String {
        let found = self.core.workflows.get(key);
        found.map_or(key, |(workflow, _)| workflow.title).to_owned()
    }

    /// The same place for somebody who is not yet signed in.
    pub(super) fn without_token(mut self) -> Self {
        self.parts.headers.remove(AUTHORIZATION);
        self.parts.headers.remove("x-role");
        self
    }

    /// Sends the browser to another page.
    pub(super) fn go(&self, path: &str) -> Response {
        Redirect::to(&self.at(path)).into_response()
    }
}

/// The head of a request as the routes below `/api` read it: with the token of the cookie, and the
/// chosen role.
fn asking(parts: &Parts) -> Parts {
    let mut asking = parts.clone();
    // A token in the address would stay in the browser's history: the page takes none from there.
    asking.uri = Uri::default();
    let token = cookie(&parts.headers, SESSION).map(|token| format!("Bearer {token}"));
    let token = token.and_then(|token| HeaderValue::from_str(&token).ok());
    let role = cookie(&parts.headers, ROLE).and_then(|role| HeaderValue::from_str(role).ok());
    if let Some(token) = token {
        asking.headers.insert(AUTHORIZATION, token);
    }
    if let Some(role) = role {
        asking.headers.insert("x-role", role);
    }
    asking
}

/// A cookie of the request.
pub(super) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs =
        lines.flat_map(|line| line.split(';')).filter_map(|it| it.trim().split_once('='));
    pairs.find(|(given, value)| *given == name && !value.is_empty()).map(|(_, value)| value)
}

impl FromRequestParts<Arc<Core>> for Place {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        core: &Arc<Core>,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self::of(core, parts))
    }
}

impl FromRequestParts<Arc<Core>> for Visit {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        core: &Arc<Core>,
    ) -> Result<Self, Self::Rejection> {
        let mut place = Place::of(core, parts);
        let identity = match auth::identify(core, &place.parts).await {
            // A role that was taken away since it was chosen.
            Err(error) if error.kind() == ErrorKind::Forbidden => {
                place.parts.headers.remove("x-role");
                auth::identify(core, &place.parts).await
            }
            identity => identity,
        };
        match identity {
            Ok(identity) if identity.user.is_some() => {
                let access = Access::of(core, &identity);
                Ok(Self { place, identity, access })
            }
            Ok(_) => Err(sign_in(&place)),
            Err(error) if error.kind() == ErrorKind::Unauthenticated => Err(sign_in(&place)),
            Err(error) => Err(place.broken(&error)),
        }
    }
}

/// Sends who is not signed in where this is done, and back afterwards.
fn sign_in(place: &Place) -> Response {
    if place.core.auth.signs_in_otherwise() {
        return place.outside();
    }
    let back = place.here();
    let back = utf8_percent_encode(&back, NON_ALPHANUMERIC);
    place.go(&format!("/sign-in?next={back}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=1; wf_session=abc ;b=2"));
        headers.append(COOKIE, HeaderValue::from_static("wf_role=; c=3"));
        assert_eq!(cookie(&headers, SESSION), Some("abc"));
        assert_eq!(cookie(&headers, ROLE), None, "an empty one is none");
        assert_eq!(cookie(&headers, "c"), Some("3"));
        assert_eq!(cookie(&headers, "session"), None);
    }
}
