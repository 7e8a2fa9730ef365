//! Making, changing and destroying a record, and pressing its buttons.

use axum::Form as Body;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::super::ask::{Asked, Refused};
use super::super::inputs::{Sent, plain, sent};
use super::super::layout::{Sheet, refusal};
use super::super::pick;
use super::super::place::Visit;
use super::super::{session, show};
use super::form::{self, Form, Held};
use super::{crumb, find, nested};
use crate::action::Verb;
use crate::collection::Definition;

/// The links to the forms that make a record.
pub(super) fn ways_to_add(
    visit: &Visit,
    definition: &'static Definition,
    declared: &Value,
) -> Markup {
    let path = format!("/data/{}/new", definition.name());
    let forms = if form::are_plain(visit, definition) {
        form::plain_form(visit, definition, true).into_iter().collect()
    } else {
        form::read(declared).unwrap_or_default()
    };
    html! {
        div.buttons {
            @for form in forms.iter().filter(|form| form.is_add()) {
                a.button.primary href=(visit.at(&format!("{path}{}", form.query()))) {
                    @if form.title.is_empty() { (visit.t("add")) } @else { (form.title) }
                }
            }
        }
    }
}

/// The links to the forms that change a record.
pub(super) fn ways_to_change(
    visit: &Visit,
    definition: &'static Definition,
    record: &Value,
    forms: &[Form],
) -> Markup {
    let path = format!("{}/edit", show::path(definition, record));
    html! {
        @for form in forms.iter().filter(|form| !form.is_add()) {
            a.button href=(visit.at(&format!("{path}{}", form.query()))) {
                @if form.title.is_empty() { (visit.t("edit")) } @else { (form.title) }
            }
        }
        @if visit.access.grant(Verb::Destroy, definition).is_some() {
            details.confirm {
                summary.button.danger { (visit.t("destroy")) }
                form method="post"
                    action=(visit.at(&format!("{}/destroy", show::path(definition, record)))) {
                    p { (visit.t("destroy-sure")) }
                    button.danger { (visit.t("destroy-do")) }
                }
            }
        }
    }
}

pub(super) async fn add_form(visit: Visit, Path(collection): Path<String>) -> Response {
    let sheet = filling(&visit, &collection, None, None, None).await;
    visit.page(sheet).await
}

pub(super) async fn change_form(
    visit: Visit,
    Path((collection, id)): Path<(String, i64)>,
) -> Response {
    let sheet = filling(&visit, &collection, Some(id), None, None).await;
    visit.page(sheet).await
}

pub(super) async fn add(
    visit: Visit,
    Path(collection): Path<String>,
    Body(body): Body<Sent>,
) -> Response {
    save(&visit, &collection, None, &body).await
}

pub(super) async fn change(
    visit: Visit,
    Path((collection, id)): Path<(String, i64)>,
    Body(body): Body<Sent>,
) -> Response {
    save(&visit, &collection, Some(id), &body).await
}

/// The form that the address names, or the first one, and the record that it changes.
async fn chosen(
    visit: &Visit,
    collection: &str,
    id: Option<i64>,
) -> Asked<(&'static Definition, Form, Option<Value>)> {
    let definition = find(visit, collection)?;
    let record = match id {
        Some(id) => Some(visit.read(&show::one_with(visit, definition, id)).await?["data"].take()),
        None => None,
    };
    let forms = form::forms(visit, definition, record.as_ref()).await?;
    let named = visit.asked("form");
    let found = forms
        .into_iter()
        .find(|form| form.is_add() == id.is_none() && named.is_none_or(|name| form.name == name));
    let form =
        found.ok_or_else(|| Refused::new(axum::http::StatusCode::NOT_FOUND, visit.t("no-form")))?;
    Ok((definition, form, record))
}

/// The page with the form, as it stands or as it was sent.
async fn filling(
    visit: &Visit,
    collection: &str,
    id: Option<i64>,
    again: Option<&Sent>,
    refused: Option<&Refused>,
) -> Asked<Sheet> {
    let (definition, form, record) = chosen(visit, collection, id).await?;
    let name = if form.title.is_empty() {
        visit.t(if id.is_some() { "edit" } else { "add" })
    } else {
        form.title.clone()
    };
    let action = format!("{}{}", visit.path, form.query());
    let held = Held {
        definition,
        place: "",
        record: record.as_ref(),
        sent: again,
        faults: refused.map_or(&[][..], |refused| &refused.errors),
    };
    let drawn = form::draw(visit, &form, &action, &held).await?;
    let content = html! {
        (crumb(visit, definition))
        h1 { (name)
            @if let Some(record) = &record { ": " (show::title(definition, record)) }
        }
        @if let Some(refused) = refused { (refusal(visit, refused)) }
        (drawn)
    };
    Ok(Sheet::still(name, content))
}

async fn save(visit: &Visit, collection: &str, id: Option<i64>, body: &Sent) -> Response {
    if pick::is_turn(body) {
        let sheet = filling(visit, collection, id, Some(body), None).await;
        return visit.page(sheet).await;
    }
    let done = write(visit, collection, id, body).await;
    match done {
        Ok((definition, answer)) => {
            let written = answer.get("data").and_then(|record| record["id"].as_i64());
            // A pre-action may have ended it: then there is none, or the one as it was.
            let to = match written.or(id) {
                Some(id) => format!("/data/{}/{id}", definition.name()),
                None => format!("/data/{}", definition.name()),
            };
            session::told(visit, &to, &answer)
        }
        Err(refused) => match &refused.committed {
            // It is stored; what broke behind it is told beside it.
            Some(answer) => {
                let to = format!("/data/{collection}/{}", plain(&answer["data"]["id"]));
                session::told(visit, &to, answer)
            }
            None => {
                let status = refused.status;
                let sheet = filling(visit, collection, id, Some(body), Some(&refused)).await;
                visit.page(sheet.map(|sheet| sheet.status(status))).await
            }
        },
    }
}

async fn write(
    visit: &Visit,
    collection: &str,
    id: Option<i64>,
    body: &Sent,
) -> Asked<(&'static Definition, Value)> {
    let (definition, form, _) = chosen(visit, collection, id).await?;
    let values = form.values(body);
    let action = match id {
        Some(id) => format!("update?filterByTk={id}"),
        None => "create?".to_owned(),
    };
    let button = sent(body, "button").map(show::encoded);
    let button = button.map(|button| format!("&button={button}")).unwrap_or_default();
    let route = format!("{}:{action}{button}", definition.name());
    let done = visit.write(&route, &values).await;
    Ok((definition, done.map_err(|refused| nested::placed(&form, body, refused))?))
}

/// Presses a button of a record.
pub(super) async fn press(
    visit: Visit,
    Path((collection, id)): Path<(String, i64)>,
    Body(body): Body<Sent>,
) -> Response {
    let button = show::encoded(sent(&body, "button").unwrap_or_default());
    let query = format!("filterByTk={id}&button={button}");
    update(&visit, &collection, &query, &json!({}), &body).await
}

/// Gives one field of a record another value, as a card of a board is moved.
pub(super) async fn shift(
    visit: Visit,
    Path((collection, id)): Path<(String, i64)>,
    Body(body): Body<Sent>,
) -> Response {
    let field = sent(&body, "field").unwrap_or_default();
    let to = sent(&body, "to").filter(|to| !to.is_empty());
    let values = json!({ field: to });
    update(&visit, &collection, &format!("filterByTk={id}"), &values, &body).await
}

/// Updates a record where it stands in a list, and goes back there.
async fn update(
    visit: &Visit,
    collection: &str,
    query: &str,
    values: &Value,
    body: &Sent,
) -> Response {
    let done = match find(visit, collection) {
        Ok(definition) => {
            visit.write(&format!("{}:update?{query}", definition.name()), values).await
        }
        Err(refused) => Err(refused),
    };
    let next = session::next_page(sent(body, "next").unwrap_or_default());
    match done {
        Ok(answer) => session::told(visit, next, &answer),
        Err(Refused { committed: Some(answer), .. }) => session::told(visit, next, &answer),
        Err(refused) => session::refused(visit, next, &refused),
    }
}

pub(super) async fn destroy(visit: Visit, Path((collection, id)): Path<(String, i64)>) -> Response {
    let done = match find(&visit, &collection) {
        Ok(definition) => {
            let route = format!("{}:destroy?filterByTk={id}", definition.name());
            visit.write(&route, &json!({})).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(_) => visit.go(&format!("/data/{collection}")),
        Err(refused) => visit.page(Err(refused)).await,
    }
}
