//! Signing in and out, the first administrator, the language and the role: what cookies hold.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ask::Refused;
use super::layout::refusal;
use super::place::{LANGUAGE, Place, ROLE, SAID, SESSION, cookie};
use super::text::Catalogue;
use crate::core::Core;

/// How long a browser keeps the language: a year, in seconds.
const YEAR: u64 = 365 * 24 * 3600;

pub(super) async fn sign_in_form(State(core): State<Arc<Core>>, place: Place) -> Response {
    if core.auth.signs_in_otherwise() {
        return place.outside();
    }
    sign_in_page(&place, "", place.asked("next").unwrap_or("/"), None)
}

#[derive(Deserialize)]
pub(super) struct SignIn {
    account: String,
    password: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn sign_in(place: Place, Form(form): Form<SignIn>) -> Response {
    let body = json!({ "account": form.account, "password": form.password });
    let place = place.without_token();
    match place.write("auth:signIn", &body).await {
        Ok(answer) => enter(&place, answer["data"]["token"].as_str(), &form.next),
        Err(refused) => sign_in_page(&place, &form.account, &form.next, Some(&refused)),
    }
}

/// Puts the token into the cookie, and goes on where the visitor wanted to go.
pub(super) fn enter(place: &Place, token: Option<&str>, next: &str) -> Response {
    let mut response = place.go(next_page(next));
    let lifetime = place.core.settings.token_lifetime.as_secs();
    set_cookie(place, &mut response, SESSION, token.unwrap_or_default(), lifetime);
    set_cookie(place, &mut response, ROLE, "", 0);
    response
}

/// A page of this one, and no other site: `//evil.example` is none.
pub(super) fn next_page(next: &str) -> &str {
    let is_own = next.starts_with('/') && !next.contains("//") && !next.contains('\\');
    if is_own { next } else { "/" }
}

fn set_cookie(place: &Place, response: &mut Response, name: &str, value: &str, seconds: u64) {
    let secure = if is_secure(&place.parts.headers) { "; Secure" } else { "" };
    let path = place.cookie_path();
    let cookie =
        format!("{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// Whether the browser came by TLS, as the proxy before this program says.
fn is_secure(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    text("x-forwarded-proto").is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
        || text("forwarded").is_some_and(|line| line.to_ascii_lowercase().contains("proto=https"))
        || text("origin").is_some_and(|origin| origin.starts_with("https://"))
}

fn sign_in_page(place: &Place, account: &str, next: &str, refused: Option<&Refused>) -> Response {
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    let content = html! {
        form.card.narrow method="post" action=(place.at("/sign-in")) {
            h1 { (place.t("sign-in")) }
            @if let Some(refused) = refused { (refusal(place, refused)) }
            input type="hidden" name="next" value=(next);
            label { (place.t("account"))
                input name="account" value=(account) autocomplete="username" required autofocus; }
            label { (place.t("password"))
                input type="password" name="password" autocomplete="current-password" required; }
            button.primary { (place.t("sign-in")) }
        }
    };
    place.bare(&place.t("sign-in"), &content, status)
}

#[derive(Deserialize)]
pub(super) struct FirstUser {
    code: String,
    nickname: String,
    password: String,
}

pub(super) async fn setup_form(place: Place) -> Response {
    setup_page(&place, place.asked("code").unwrap_or_default(), "", None)
}

pub(super) async fn set_up(place: Place, Form(form): Form<FirstUser>) -> Response {
    let FirstUser { code, nickname, password } = form;
    let body = json!({ "code": code, "nickname": nickname, "password": password });
    let place = place.without_token();
    match place.write("auth:setup", &body).await {
        Ok(answer) => enter(&place, answer["data"]["token"].as_str(), "/"),
        Err(refused) => setup_page(&place, &code, &nickname, Some(&refused)),
    }
}

fn setup_page(place: &Place, code: &str, nickname: &str, refused: Option<&Refused>) -> Response {
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    let content: Markup = html! {
        form.card.narrow method="post" action=(place.at("/setup")) {
            h1 { (place.t("setup")) }
            p { (place.t("setup-what")) }
            @if let Some(refused) = refused { (refusal(place, refused)) }
            label { (place.t("setup-code"))
                input name="code" value=(code) autocomplete="one-time-code" required; }
            label { (place.t("nickname"))
                input name="nickname" value=(nickname) autocomplete="username" required; }
            label { (place.t("password"))
                input type="password" name="password" autocomplete="new-password" required; }
            button.primary { (place.t("setup-do")) }
        }
    };
    place.bare(&place.t("setup"), &content, status)
}

pub(super) async fn sign_out(place: Place) -> Response {
    // A token that is not valid any more is no reason to stay.
    let _ = place.write("auth:signOut", &json!({})).await;
    let mut response = place.go("/sign-in");
    set_cookie(&place, &mut response, SESSION, "", 0);
    set_cookie(&place, &mut response, ROLE, "", 0);
    response
}

/// The most that is told on the next page, in bytes of the cookie.
const TOLD: usize = 3000;

/// What stands before what is told in the cookie if it is why something was not done.
const NO: &str = "!";

/// Goes on to a page that tells what an answer had to say: messages, and what failed although the
/// record is stored.
pub(super) fn told(place: &Place, to: &str, answer: &Value) -> Response {
    tell(place, to, "", &said_by(answer).join("\n"))
}

/// The same after a text of the page's own.
pub(super) fn told_first(place: &Place, to: &str, first: String, answer: &Value) -> Response {
    let said: Vec<String> = std::iter::once(first).chain(said_by(answer)).collect();
    tell(place, to, "", &said.join("\n"))
}

fn said_by(answer: &Value) -> Vec<String> {
    let texts = |name: &str| {
        let all = answer[name].as_array().cloned().unwrap_or_default();
        all.into_iter().filter_map(|one| one["message"].as_str().map(str::to_owned))
    };
    texts("messages").chain(texts("errors")).collect()
}

/// Goes back to a page that tells why something was not done.
pub(super) fn refused(place: &Place, to: &str, refused: &Refused) -> Response {
    let said: Vec<&str> = refused.errors.iter().map(|told| told.message.as_str()).collect();
    tell(place, to, NO, &said.join("\n"))
}

fn tell(place: &Place, to: &str, before: &str, said: &str) -> Response {
    let mut response = place.go(to);
    let mut said = utf8_percent_encode(said, NON_ALPHANUMERIC).to_string();
    if said.len() > TOLD {
        said.truncate(TOLD - TOLD % 3);
        said.truncate(said.rfind("%20").unwrap_or(0));
        said.push_str("%E2%80%A6");
    }
    if !said.is_empty() {
        set_cookie(place, &mut response, SAID, &format!("{before}{said}"), 60);
    }
    response
}

/// What the page before had to say.
pub(super) struct Said {
    pub(super) text: String,
    /// Whether it is why something was not done.
    pub(super) is_refusal: bool,
}

/// What the page before had to say.
pub(super) fn said(place: &Place) -> Option<Said> {
    let said = cookie(&place.parts.headers, SAID)?;
    let no = said.strip_prefix(NO);
    let text = percent_decode_str(no.unwrap_or(said)).decode_utf8().ok().map(Cow::into_owned)?;
    Some(Said { text, is_refusal: no.is_some() })
}

/// What was said is said once.
pub(super) fn forget_said(place: &Place, response: &mut Response) {
    set_cookie(place, response, SAID, "", 0);
}

#[derive(Deserialize)]
pub(super) struct Choice {
    role: Option<String>,
    language: Option<String>,
    #[serde(default)]
    next: String,
}

/// Keeps the role or the language that the visitor chose.
pub(super) async fn choose(place: Place, Form(choice): Form<Choice>) -> Response {
    let mut response = Redirect::to(&place.at(next_page(&choice.next))).into_response();
    if let Some(role) = choice.role.filter(|role| place.core.auth.roles.is_known(role)) {
        let lifetime = place.core.settings.token_lifetime.as_secs();
        set_cookie(&place, &mut response, ROLE, &role, lifetime);
    }
    let language = choice.language.unwrap_or_default();
    if let Some(known) = Catalogue::all().iter().find(|known| known.code == language) {
        set_cookie(&place, &mut response, LANGUAGE, known.code, YEAR);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for (next, expected) in [
            ("/tasks/7?a=b", "/tasks/7?a=b"),
            ("", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/x//y", "/"),
        ] {
            assert_eq!(next_page(next), expected, "{next}");
        }
    }

    #[test]
    fn a_cookie_is_secure_where_the_browser_came_by_tls() {
        for (name, value, expected) in [
            ("x-forwarded-proto", "https", true),
            ("forwarded", "for=1.2.3.4;Proto=https", true),
            ("origin", "https://claims.example", true),
            ("origin", "http://127.0.0.1:3000", false),
            ("x-forwarded-proto", "http", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            assert_eq!(is_secure(&headers), expected, "{name}: {value}");
        }
    }
}
