//! The records of the collections: tables, boards, one record, forms.

mod board;
mod edit;
mod files;
mod form;
mod list;
mod nested;
mod record;
pub(super) mod search;
mod several;

use axum::http::StatusCode;
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::Pages;
use super::ask::{Asked, Refused};
use super::inputs::plain;
use super::place::Visit;
use super::show;
use crate::collection::Definition;

/// The routes of the pages below `/data`.
pub(super) fn routes() -> Pages {
    Pages::new()
        .route("/data/{collection}", get(list::list))
        .route("/data/{collection}/export", get(files::export))
        .route("/data/{collection}/import", get(files::import_form).post(files::import))
        .route("/data/{collection}/new", get(edit::add_form).post(edit::add))
        .route("/data/{collection}/several", post(several::press))
        .route("/data/{collection}/{id}", get(record::one))
        .route("/data/{collection}/{id}/edit", get(edit::change_form).post(edit::change))
        .route("/data/{collection}/{id}/press", post(edit::press))
        .route("/data/{collection}/{id}/move", post(edit::shift))
        .route("/data/{collection}/{id}/destroy", post(edit::destroy))
        .route("/pick/{collection}", get(search::pick))
}

/// The collection of this name, if the visitor may see it.
fn find(visit: &Visit, name: &str) -> Asked<&'static Definition> {
    let found = visit.collections().find(|definition| definition.name() == name);
    found.ok_or_else(|| Refused::new(StatusCode::NOT_FOUND, visit.t("no-page")))
}

/// The way back to the table.
fn crumb(visit: &Visit, definition: &Definition) -> Markup {
    html! {
        p.crumb {
            a href=(visit.at(&format!("/data/{}", definition.name()))) { (visit.plural(definition)) }
        }
    }
}

/// A button as the routes describe it.
#[derive(Debug, Deserialize)]
struct Button {
    name: String,
    title: String,
    help: Option<String>,
    #[serde(default)]
    workflows: Vec<Fires>,
    /// Of those asked about, the ids of the records that have it now.
    #[serde(default)]
    records: Vec<i64>,
}

/// A workflow that a button fires.
#[derive(Debug, Deserialize)]
struct Fires {
    title: String,
    enabled: bool,
}

impl Button {
    /// Whether one of the workflows that it fires is switched off.
    fn is_off(&self) -> bool {
        self.workflows.iter().any(|fires| !fires.enabled)
    }

    /// What it fires, and what it does not as that is switched off.
    fn hint(&self, visit: &Visit) -> Option<String> {
        let off = self.workflows.iter().filter(|fires| !fires.enabled);
        let off: Vec<&str> = off.map(|fires| fires.title.as_str()).collect();
        let off = (!off.is_empty())
            .then(|| visit.text.with("switched-off", &[("workflows", off.join(", ").into())]));
        let help = self.help.clone();
        match (help, off) {
            (Some(help), Some(off)) => Some(format!("{help} {off}")),
            (help, off) => help.or(off),
        }
    }
}

/// The buttons of a record that need no form; of `rows`, those that it has.
fn buttons(
    visit: &Visit,
    definition: &Definition,
    id: &Value,
    rows: &[Button],
    small: bool,
) -> Markup {
    let path = format!("/data/{}/{}/press", definition.name(), plain(id));
    let has = |button: &&Button| id.as_i64().is_some_and(|id| button.records.contains(&id));
    html! {
        @for button in rows.iter().filter(has) {
            @let hint = button.hint(visit);
            form.inline method="post" action=(visit.at(&path)) {
                input type="hidden" name="next" value=(visit.here());
                button.small[small] name="button" value=(button.name) title=[&hint] {
                    (button.title)
                }
                @if let Some(hint) = hint.filter(|_| !small || button.is_off()) {
                    " " span.quiet { (hint) }
                }
            }
        }
    }
}

/// How many records are asked about at once.
const ASKED: usize = 200;

/// The buttons that some of these records have now.
async fn rows(visit: &Visit, definition: &Definition, records: &[Value]) -> Asked<Vec<Button>> {
    let mut all: Vec<Button> = Vec::new();
    for records in records.chunks(ASKED) {
        let ids: Vec<String> = records.iter().map(|record| plain(&record["id"])).collect();
        let route = format!("{}:forms?filterByTk={}", definition.name(), ids.join(","));
        let answer = visit.read(&route).await?;
        let found = Vec::<Button>::deserialize(&answer["data"]["rows"]).map_err(Refused::broken)?;
        for button in found {
            match all.iter_mut().find(|known| known.name == button.name) {
                Some(known) => known.records.extend(button.records),
                None => all.push(button),
            }
        }
    }
    Ok(all)
}

/// A record as a link with its first values, for what leads to several.
fn link(visit: &Visit, definition: &'static Definition, record: &Value) -> Markup {
    html! {
        a.title href=(visit.at(&show::path(definition, record))) {
            (show::title(definition, record))
        }
        div.quiet { (show::brief(visit, definition, record)) }
    }
}

/// A list of such links.
fn links(visit: &Visit, definition: &'static Definition, records: &[Value]) -> Markup {
    html! { ul.list { @for record in records { li { (link(visit, definition, record)) } } } }
}
