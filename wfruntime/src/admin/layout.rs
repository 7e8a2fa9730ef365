//! What stands around every page: the head, the way to the others, and refusals.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, html};

use super::ask::{Asked, Refused};
use super::assets::{ICON, SCRIPT, STYLE};
use super::place::{Place, Visit};
use super::session;
use super::text::Catalogue;
use crate::action::Verb;
use crate::auth;
use crate::collection::Definition;
use crate::error::Error;
use crate::http;

/// What one page shows.
pub(super) struct Sheet {
    pub(super) title: String,
    pub(super) content: Markup,
    /// Whether it asks for itself again when something was written.
    pub(super) live: bool,
    pub(super) status: StatusCode,
}

impl Sheet {
    /// A page that follows what happens.
    pub(super) fn live(title: impl Into<String>, content: Markup) -> Self {
        Self { title: title.into(), content, live: true, status: StatusCode::OK }
    }

    /// A page that stays as it is: something is filled in there.
    pub(super) fn still(title: impl Into<String>, content: Markup) -> Self {
        Self { live: false, ..Self::live(title, content) }
    }

    /// The same with another status.
    pub(super) fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

/// The first page: what there is to decide, or else the first collection.
pub(super) async fn home(visit: Visit) -> Response {
    if visit.access.may_tasks() {
        return visit.go("/tasks");
    }
    match visit.collections().next() {
        Some(first) => visit.go(&format!("/data/{}", first.name())),
        None => visit.page(Ok(nothing_here(&visit))).await,
    }
}

fn nothing_here(visit: &Visit) -> Sheet {
    let content = html! {
        h1 { (visit.t("nothing-for-you")) }
        p { (visit.text.with("nothing-for-role", &[("role", visit.access.role().into())])) }
    };
    Sheet::live(visit.t("nothing-for-you"), content)
}

pub(super) async fn nowhere(visit: Visit) -> Response {
    let refused = Refused::new(StatusCode::NOT_FOUND, visit.t("no-page"));
    visit.page(Err(refused)).await
}

impl Visit {
    /// The collections that the visitor may see.
    pub(super) fn collections(&self) -> impl Iterator<Item = &'static Definition> {
        let all = self.core.registry.collections().iter();
        all.filter(|definition| self.access.grant(Verb::List, definition).is_some()).copied()
    }

    /// Fails unless the visitor may administrate.
    pub(super) fn administrate(&self) -> Asked<()> {
        if self.access.is_administrator() {
            return Ok(());
        }
        Err(Refused::new(StatusCode::FORBIDDEN, self.t("for-administrators")))
    }

    /// A page with what is around it.
    pub(super) async fn page(&self, sheet: Asked<Sheet>) -> Response {
        let sheet = match sheet {
            Ok(sheet) => sheet,
            Err(refused) => {
                Sheet::still(self.t("refused"), refused_page(self, &refused)).status(refused.status)
            }
        };
        let open = self.open_tasks().await;
        let trouble = self.in_trouble().await.unwrap_or_default();
        let said = session::said(self);
        let body = html! {
            body data-stream=(self.at("/live")) data-busy=(self.t("busy")) data-live[sheet.live] {
                a.skip href="#main" { (self.t("skip")) }
                header.top {
                    a.brand href=(self.at("/")) { (program()) }
                    nav aria-label=(self.t("pages")) { (self.ways(open, trouble)) }
                    (self.person())
                }
                @match &said {
                    Some(said) if said.is_refusal => div.saying.wrong role="alert" { (said.text) },
                    Some(said) => div.saying role="status" { (said.text) },
                    None => {}
                }
                main #main tabindex="-1" { (sheet.content) }
            }
        };
        let page = document(self, &sheet.title, &body).into_string();
        let mut response = (sheet.status, Html(page)).into_response();
        if said.is_some() {
            session::forget_said(self, &mut response);
        }
        response
    }

    /// How many tasks wait for the visitor; none if the visitor decides none.
    async fn open_tasks(&self) -> Option<u64> {
        if !self.access.may_tasks() {
            return None;
        }
        let open = "tasks:list?pageSize=1&filter=%7B%22status%22:%22open%22%7D";
        self.read(open).await.ok()?["meta"]["count"].as_u64()
    }

    fn ways(&self, open: Option<u64>, trouble: u64) -> Markup {
        let way = |path: &str, title: &str| {
            let is_here = self.path == path || self.path.starts_with(&format!("{path}/"));
            html! {
                a href=(self.at(path)) aria-current=[is_here.then_some("page")] { (title) }
            }
        };
        html! {
            @if let Some(open) = open {
                @let is_here = self.path.starts_with("/tasks");
                a href=(self.at("/tasks")) aria-current=[is_here.then_some("page")] {
                    (self.t("tasks"))
                    @if open > 0 { " " span.count { (open) } }
                }
            }
            // Whoever administrates has a page of their own for users.
            @let account = self.core.auth.account.definition;
            @for definition in self.collections()
                .filter(|known| !self.access.is_administrator() || *known != account) {
                (way(&format!("/data/{}", definition.name()), &self.plural(definition)))
            }
            @if self.access.is_administrator() {
                (way("/workflows", &self.t("workflows")))
                (way("/executions", &self.t("executions")))
                @if trouble > 0 {
                    @let title = self.text.with("in-trouble", &[("count", trouble.into())]);
                    a.count.bad href=(self.at("/executions?status=trouble")) title=(title) {
                        (trouble) span.hidden { " " (self.t("trouble")) }
                    }
                }
                (way("/users", &self.t("users")))
            }
            @if cfg!(feature = "openapi-page") {
                (way("/api", &self.t("api")))
            }
        }
    }

    /// Who is signed in: role, language, the way out.
    fn person(&self) -> Markup {
        let nickname = self.identity.user.as_ref().map_or("", |user| user.nickname.as_str());
        let roles = self.identity.user.as_ref().map_or(&[][..], |user| &user.roles);
        html! {
            details.person {
                summary { span.name { (nickname) } " " span.quiet { (self.access.role()) } }
                div.menu {
                    @if roles.len() > 1 {
                        form method="post" action=(self.at("/choose")) {
                            label { (self.t("role"))
                                select name="role" {
                                    @for role in roles {
                                        option selected[*role == self.access.role()] { (role) }
                                    }
                                }
                            }
                            button.small { (self.t("choose")) }
                        }
                    }
                    (language(self))
                    @if !self.core.auth.signs_in_otherwise() {
                        a href=(self.at("/password")) { (self.t("password-change")) }
                        form method="post" action=(self.at("/sign-out")) {
                            button.small { (self.t("sign-out")) }
                        }
                    }
                }
            }
        }
    }
}

/// The choice of a language.
fn language(place: &Place) -> Markup {
    html! {
        form method="post" action=(place.at("/choose")) {
            input type="hidden" name="next" value=(place.here());
            label { (place.t("language"))
                select name="language" {
                    @for known in Catalogue::all() {
                        option value=(known.code) lang=(known.code)
                            selected[known.code == place.text.code] { (known.name) }
                    }
                }
            }
            button.small { (place.t("choose")) }
        }
    }
}

impl Place {
    /// A page of somebody who is not signed in.
    pub(super) fn bare(&self, title: &str, content: &Markup, status: StatusCode) -> Response {
        let body = html! {
            body.bare {
                header.top { span.brand { (program()) } }
                main #main { (content) }
                footer { (language(self)) }
            }
        };
        (status, Html(document(self, title, &body).into_string())).into_response()
    }

    /// What nobody can do anything about here.
    pub(super) fn broken(&self, error: &Error) -> Response {
        tracing::error!("the page failed: {error:?}");
        let refused = Refused::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            self.text.fault(&http::internal(error)),
        );
        self.refuse(&refused)
    }

    /// A page of nothing but why something was not done.
    pub(super) fn refuse(&self, refused: &Refused) -> Response {
        self.bare(&self.t("refused"), &refused_page(self, refused), refused.status)
    }

    /// For programs that say themselves who asks.
    pub(super) fn outside(&self) -> Response {
        let content = html! {
            div.card.narrow { h1 { (self.t("sign-in")) } p { (self.t("sign-in-outside")) } }
        };
        self.bare(&self.t("sign-in"), &content, StatusCode::UNAUTHORIZED)
    }
}

fn document(place: &Place, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(place.text.code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (program()) }
                link rel="icon" type="image/svg+xml" href=(place.at(&ICON.path()));
                link rel="stylesheet" href=(place.at(&STYLE.path()));
                script defer src=(place.at(&SCRIPT.path())) {}
            }
            (body)
        }
    }
}

/// Why something was not done, in a box that is read out at once.
pub(super) fn refusal(place: &Place, refused: &Refused) -> Markup {
    html! {
        div.refusal role="alert" { strong { (kind(place, refused)) } (reasons(refused)) }
    }
}

/// The same where it is all there is to say.
fn refused_page(place: &Place, refused: &Refused) -> Markup {
    html! {
        h1 { (kind(place, refused)) }
        div.refusal role="alert" { (reasons(refused)) }
    }
}

fn kind(place: &Place, refused: &Refused) -> String {
    place.t(match refused.status {
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => "not-allowed",
        StatusCode::CONFLICT => "conflict",
        status if status.is_server_error() => "broken",
        _ => "refused",
    })
}

fn reasons(refused: &Refused) -> Markup {
    html! {
        @if let [only] = refused.errors.as_slice() {
            p { (only.message) }
        } @else {
            ul { @for told in &refused.errors { li { (told.message) } } }
        }
    }
}

impl Place {
    /// The collection's name for people, as in a menu: `Queued claims`.
    pub(super) fn plural(&self, definition: &Definition) -> String {
        // The framework's own has a name in every language.
        match (definition.meta.type_id)() == std::any::TypeId::of::<auth::User>() {
            true => self.t("users"),
            false => words(definition.name()),
        }
    }
}

/// A camel-case or snake-case name as words: `createdAt` is `Created at`.
pub(super) fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for (index, letter) in name.chars().enumerate() {
        match letter {
            '_' => words.push(' '),
            _ if index == 0 => words.extend(letter.to_uppercase()),
            _ if letter.is_uppercase() => {
                words.push(' ');
                words.extend(letter.to_lowercase());
            }
            _ => words.push(letter),
        }
    }
    words
}

/// The name of the running program.
fn program() -> String {
    let path = std::env::current_exe().ok();
    let name = path.as_deref().and_then(|path| path.file_stem()).and_then(|name| name.to_str());
    words(&name.unwrap_or("wf").replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words() {
        for (name, expected) in [
            ("queuedClaims", "Queued claims"),
            ("createdAt", "Created at"),
            ("expense_claims", "Expense claims"),
            ("über", "Über"),
            ("", ""),
        ] {
            assert_eq!(words(name), expected);
        }
    }
}
