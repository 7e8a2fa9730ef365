//! One record: its fields, its buttons, what leads to it, and what ran for it.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::super::ask::{Asked, Refused};
use super::super::inputs::plain;
use super::super::layout::{Sheet, words};
use super::super::place::Visit;
use super::super::show;
use super::{buttons, crumb, edit, find, form, rows};
use crate::action::Verb;
use crate::collection::{AssociationKind, Definition};

/// How many records of an association stand on the page.
const LINKED: u64 = 10;

/// How many executions stand on the page.
const RUNS: u64 = 20;

/// An execution of the record as the routes answer it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    execution: i64,
    title: String,
    status: String,
    message: Option<String>,
    nickname: Option<String>,
    role_name: String,
    created_at: String,
    finished_at: Option<String>,
}

impl Run {
    /// How long it took, if it is over.
    fn took(&self) -> Option<String> {
        show::duration(&self.created_at, self.finished_at.as_deref()?)
    }
}

pub(super) async fn one(visit: Visit, Path((collection, id)): Path<(String, i64)>) -> Response {
    let sheet = sheet(&visit, &collection, id).await;
    visit.page(sheet).await
}

async fn sheet(visit: &Visit, collection: &str, id: i64) -> Asked<Sheet> {
    let definition = find(visit, collection)?;
    let record = visit.read(&show::one_with(visit, definition, id)).await?["data"].take();
    let forms = form::forms(visit, definition, Some(&record)).await?;
    let rows = rows(visit, definition, std::slice::from_ref(&record)).await?;
    let title = show::title(definition, &record);
    let content = html! {
        (crumb(visit, definition))
        div.heading {
            h1 { (title) }
            div.buttons {
                (buttons(visit, definition, &record["id"], &rows, false))
                (edit::ways_to_change(visit, definition, &record, &forms))
            }
        }
        section.card aria-label=(visit.t("fields")) {
            (show::record(visit, definition, &record))
            p.quiet { (made(visit, &record)) }
        }
        (linked(visit, definition, id).await?)
        (history(visit, definition, id).await?)
    };
    Ok(Sheet::live(title, content))
}

/// Who made it, and when it was changed.
fn made(visit: &Visit, record: &Value) -> Markup {
    let by = |name: &str| record[name]["nickname"].as_str().map(str::to_owned);
    let moment = |name: &str| show::moment(record[name].as_str().unwrap_or_default());
    html! {
        (visit.t("created")) " " (moment("createdAt"))
        @if let Some(name) = by("createdBy") { ", " (name) }
        @if record["updatedAt"] != record["createdAt"] {
            " · " (visit.t("updated")) " " (moment("updatedAt"))
            @if let Some(name) = by("updatedBy") { ", " (name) }
        }
        " · #" (plain(&record["id"]))
    }
}

/// The records of its to-many associations, as far as the visitor may see them.
async fn linked(visit: &Visit, definition: &'static Definition, id: i64) -> Asked<Markup> {
    let grant = visit.access.grant(Verb::Get, definition);
    let mut sections = Vec::new();
    for (index, association) in definition.associations.iter().enumerate() {
        let is_seen = grant.as_ref().is_some_and(|grant| grant.fields.has_association(index));
        let target = association.target();
        if association.is_to_one() || !is_seen || visit.access.grant(Verb::List, target).is_none() {
            continue;
        }
        let route = format!(
            "{}/{id}/{}:list?pageSize={LINKED}&sort=-id",
            definition.name(),
            association.json
        );
        let answer = visit.read(&route).await?;
        let records = answer["data"].as_array().map_or(&[][..], Vec::as_slice).to_vec();
        let all = match association.kind {
            AssociationKind::HasMany { by } => {
                Some(format!("/data/{}?f.{}={id}", target.name(), target.columns[by].json))
            }
            _ => None,
        };
        sections.push((
            words(association.rust),
            target,
            records,
            answer["meta"]["count"].as_u64(),
            all,
        ));
    }
    Ok(html! {
        @for (title, target, records, count, all) in &sections {
            section aria-label=(title) {
                h2 { (title) " " span.quiet { (count.unwrap_or_default()) } }
                @if records.is_empty() { p.quiet { (visit.t("records-none-here")) } }
                (super::links(visit, target, records))
                @if let (Some(all), true) = (all, count.unwrap_or_default() > LINKED) {
                    p { a href=(visit.at(all)) { (visit.t("all-of-them")) } }
                }
            }
        }
    })
}

/// The workflows that ran for the record, as far as the visitor may know of them.
async fn history(visit: &Visit, definition: &'static Definition, id: i64) -> Asked<Markup> {
    let route = format!("{}:history?filterByTk={id}&pageSize={RUNS}", definition.name());
    let answer = visit.read(&route).await?;
    let runs: Vec<Run> = Vec::deserialize(&answer["data"]).map_err(Refused::broken)?;
    let more = answer["meta"]["count"].as_u64().unwrap_or_default().saturating_sub(RUNS);
    let all = format!("/executions?collection={}&record={id}", definition.name());
    Ok(html! {
        section aria-label=(visit.t("history")) {
            h2 { (visit.t("history")) }
            @if runs.is_empty() { p.quiet { (visit.t("history-none")) } }
            @else { ol.list.timeline { @for run in &runs { (entry(visit, run)) } } }
            @if more > 0 {
                p.quiet {
                    @let text = visit.text.with("more", &[("count", more.into())]);
                    @if visit.access.is_administrator() { a href=(visit.at(&all)) { (text) } }
                    @else { (text) }
                }
            }
        }
    })
}

fn entry(visit: &Visit, run: &Run) -> Markup {
    let is_watched = visit.access.is_administrator();
    html! {
        li data-status=(run.status) {
            (show::status(visit, &run.status)) " "
            @if is_watched {
                a.title href=(visit.at(&format!("/executions/{}", run.execution))) { (run.title) }
            } @else { strong { (run.title) } }
            div.quiet {
                (show::moment(&run.created_at))
                @if let Some(took) = run.took() { " · " (took) }
                " · " (run.nickname.as_deref().unwrap_or(&run.role_name))
            }
            @if let Some(message) = &run.message { p.said { (message) } }
        }
    }
}
