//! Who may sign in, in which roles; passwords, and the end of sessions.

use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::ask::{Asked, Refused, Told};
use super::inputs::{Sent, plain, sent};
use super::layout::{Sheet, refusal};
use super::place::Visit;
use super::{session, show};
use crate::auth::ROOT;

/// How many stand on one page.
const PAGE: u64 = 50;

pub(super) async fn list(visit: Visit) -> Response {
    let sheet = all(&visit, &Sent::new(), None).await;
    visit.page(sheet).await
}

async fn all(visit: &Visit, body: &Sent, refused: Option<&Refused>) -> Asked<Sheet> {
    visit.administrate()?;
    let name = visit.core.auth.account.definition.name();
    let filter = match visit.asked("q").filter(|text| !text.trim().is_empty()) {
        Some(text) => show::encoded(&json!({ "nickname": { "$search": text.trim() } }).to_string()),
        None => "%7B%7D".to_owned(),
    };
    let route = format!(
        "{name}:list?pageSize={PAGE}&page={}&sort=nickname&filter={filter}",
        visit.page_number()
    );
    let answer = visit.read(&route).await?;
    let users = answer["data"].as_array().map_or(&[][..], Vec::as_slice);
    let faults = refused.map_or(&[][..], |refused| &refused.errors);
    let content = html! {
        h1 { (visit.t("users")) }
        form.search method="get" role="search" {
            input type="search" name="q" value=(visit.asked("q").unwrap_or_default())
                placeholder=(visit.t("search")) aria-label=(visit.t("search"));
            button { (visit.t("search")) }
        }
        div.table tabindex="0" role="region" aria-label=(visit.t("users")) { table {
            thead { tr {
                th scope="col" { (visit.t("nickname")) }
                th scope="col" { (visit.t("email")) }
                th scope="col" { (visit.t("roles")) }
            } }
            tbody { @for user in users {
                tr {
                    td { a.title href=(visit.at(&format!("/users/{}", plain(&user["id"])))) {
                        (plain(&user["nickname"]))
                    } }
                    td { (plain(&user["email"])) }
                    td { (roles_of(user).join(", ")) }
                }
            } }
        } }
        (show::pages(visit, &answer["meta"]))
        details.card #add open[refused.is_some()] {
            summary { (visit.t("user-add")) }
            @if let Some(refused) = refused { (refusal(visit, refused)) }
            form method="post" action=(visit.at("/users")) data-keep {
                (text(visit, "nickname", "text", sent(body, "nickname"), faults, true))
                (text(visit, "email", "email", sent(body, "email"), faults, false))
                (text(visit, "password", "password", None, faults, false))
                (roles(visit, &sent_roles(body)))
                button.primary { (visit.t("user-add")) }
            }
        }
    };
    Ok(Sheet::still(visit.t("users"), content))
}

fn roles_of(user: &Value) -> Vec<String> {
    user["roles"].as_array().map(|roles| roles.iter().map(plain).collect()).unwrap_or_default()
}

fn sent_roles(body: &Sent) -> Vec<String> {
    let roles = body.iter().filter(|(name, _)| name == "role");
    roles.map(|(_, role)| role.clone()).collect()
}

fn text(
    visit: &Visit,
    name: &str,
    ty: &str,
    value: Option<&str>,
    faults: &[Told],
    required: bool,
) -> Markup {
    let faults: Vec<_> = faults.iter().filter(|told| told.field.as_deref() == Some(name)).collect();
    html! {
        div.field {
            label for=(name) {
                (visit.t(name))
                @if !required { " " span.quiet { (visit.t("optional")) } }
            }
            input id=(name) name=(name) type=(ty) value=[value] required[required]
                autocomplete=(if ty == "password" { "new-password" } else { "off" })
                aria-invalid=[(!faults.is_empty()).then_some("true")];
            @for told in &faults { p.fault { (told.message) } }
        }
    }
}

/// The roles that the visitor can give, those that are held ticked.
fn roles(visit: &Visit, held: &[String]) -> Markup {
    html! {
        fieldset.field {
            legend { (visit.t("roles")) }
            @for role in visit.core.auth.roles.names().iter().filter(|role| gives(visit, role)) {
                label.tick {
                    input type="checkbox" name="role" value=(role)
                        checked[held.iter().any(|held| held == role)];
                    " " (role)
                }
            }
        }
    }
}

/// Whether the visitor can give a role: `root` is given by its own kind.
fn gives(visit: &Visit, role: &str) -> bool {
    role != ROOT || visit.access.role() == ROOT
}

/// Makes a user, with a password if one was given.
pub(super) async fn add(visit: Visit, Form(body): Form<Sent>) -> Response {
    match make(&visit, &body).await {
        Ok(id) => visit.go(&format!("/users/{id}")),
        Err(refused) => {
            let status = refused.status;
            let sheet = all(&visit, &body, Some(&refused)).await;
            visit.page(sheet.map(|sheet| sheet.status(status))).await
        }
    }
}

async fn make(visit: &Visit, body: &Sent) -> Asked<String> {
    let name = visit.core.auth.account.definition.name();
    let given = |name: &str| sent(body, name).filter(|text| !text.is_empty());
    let values = json!({
        "nickname": given("nickname"),
        "email": given("email"),
        "roles": sent_roles(body),
    });
    let answer = visit.write(&format!("{name}:create"), &values).await?;
    let id = plain(&answer["data"]["id"]);
    if let Some(password) = given("password") {
        let route = format!("{name}:setPassword?filterByTk={id}");
        visit.write(&route, &json!({ "password": password })).await?;
    }
    Ok(id)
}

pub(super) async fn one(visit: Visit, Path(id): Path<i64>) -> Response {
    let sheet = user(&visit, id, None).await;
    visit.page(sheet).await
}

async fn user(visit: &Visit, id: i64, refused: Option<&Refused>) -> Asked<Sheet> {
    visit.administrate()?;
    let name = visit.core.auth.account.definition.name();
    let user = visit.read(&format!("{name}:get?filterByTk={id}")).await?["data"].take();
    let nickname = plain(&user["nickname"]);
    let to = |what: &str| visit.at(&format!("/users/{id}/{what}"));
    let faults = refused.map_or(&[][..], |refused| &refused.errors);
    let content = html! {
        p.crumb { a href=(visit.at("/users")) { (visit.t("users")) } }
        h1 { (nickname) }
        p { a href=(visit.at(&format!("/data/{name}/{id}"))) { (visit.t("user-record")) } }
        @if let Some(refused) = refused { (refusal(visit, refused)) }
        form.card method="post" action=(to("roles")) {
            (roles(visit, &roles_of(&user)))
            p.quiet { (visit.t("roles-sign-out")) }
            button.primary { (visit.t("save")) }
        }
        form.card method="post" action=(to("password")) {
            (text(visit, "password", "password", None, faults, true))
            p.quiet { (visit.t("password-signs-out")) }
            button { (visit.t("password-set")) }
        }
        form.card method="post" action=(to("revoke")) {
            p { (visit.t("revoke-what")) }
            button.danger { (visit.t("revoke")) }
        }
        @if visit.identity.user_id() != Some(id) {
            details.card #destroy {
                summary { (visit.t("user-destroy")) }
                form method="post" action=(to("destroy")) {
                    p { (visit.t("user-destroy-what")) }
                    button.danger { (visit.t("destroy-do")) }
                }
            }
        }
    };
    Ok(Sheet::still(nickname, content))
}

pub(super) async fn set_roles(
    visit: Visit,
    Path(id): Path<i64>,
    Form(body): Form<Sent>,
) -> Response {
    let values = json!({ "roles": sent_roles(&body) });
    change(&visit, id, "update", &values).await
}

pub(super) async fn set_password(
    visit: Visit,
    Path(id): Path<i64>,
    Form(body): Form<Sent>,
) -> Response {
    let values = json!({ "password": sent(&body, "password") });
    change(&visit, id, "setPassword", &values).await
}

/// Ends every session of a user.
pub(super) async fn revoke(visit: Visit, Path(id): Path<i64>) -> Response {
    change(&visit, id, "revokeTokens", &json!({})).await
}

/// Removes a user; what others wrote keeps standing, and says so if it leads to this one.
pub(super) async fn destroy(visit: Visit, Path(id): Path<i64>) -> Response {
    let name = visit.core.auth.account.definition.name();
    match visit.write(&format!("{name}:destroy?filterByTk={id}"), &json!({})).await {
        Ok(_) => {
            let done = json!({ "messages": [{ "message": visit.t("done") }] });
            session::told(&visit, "/users", &done)
        }
        Err(refused) => session::refused(&visit, &format!("/users/{id}"), &refused),
    }
}

async fn change(visit: &Visit, id: i64, action: &str, values: &Value) -> Response {
    let name = visit.core.auth.account.definition.name();
    match visit.write(&format!("{name}:{action}?filterByTk={id}"), values).await {
        Ok(_) => {
            let done = json!({ "messages": [{ "message": visit.t("done") }] });
            session::told(visit, &format!("/users/{id}"), &done)
        }
        Err(refused) if refused.is(StatusCode::NOT_FOUND) => visit.page(Err(refused)).await,
        Err(refused) => {
            let status = refused.status;
            let sheet = user(visit, id, Some(&refused)).await;
            visit.page(sheet.map(|sheet| sheet.status(status))).await
        }
    }
}

/// The form for the own password.
pub(super) async fn password_form(visit: Visit) -> Response {
    let sheet = own_password(&visit, None);
    visit.page(Ok(sheet)).await
}

fn own_password(visit: &Visit, refused: Option<&Refused>) -> Sheet {
    let content = html! {
        h1 { (visit.t("password-change")) }
        @if let Some(refused) = refused { (refusal(visit, refused)) }
        form.card method="post" action=(visit.at("/password")) {
            div.field {
                label for="old" { (visit.t("password-old")) }
                input #old type="password" name="old" autocomplete="current-password" required;
            }
            div.field {
                label for="new" { (visit.t("password-new")) }
                input #new type="password" name="new" autocomplete="new-password" required;
            }
            p.quiet { (visit.t("password-signs-out")) }
            button.primary { (visit.t("password-change")) }
        }
    };
    Sheet::still(visit.t("password-change"), content)
}

/// Changes the own password; the session goes on with a new token.
pub(super) async fn change_password(visit: Visit, Form(body): Form<Sent>) -> Response {
    let name = visit.core.auth.account.definition.name();
    let values = json!({ "oldPassword": sent(&body, "old"), "newPassword": sent(&body, "new") });
    match visit.write(&format!("{name}:changePassword"), &values).await {
        Ok(answer) => session::enter(&visit, answer["data"]["token"].as_str(), "/"),
        Err(refused) => {
            let sheet = own_password(&visit, Some(&refused)).status(refused.status);
            visit.page(Ok(sheet)).await
        }
    }
}
