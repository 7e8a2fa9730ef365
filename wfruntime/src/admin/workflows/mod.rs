//! The workflows of the program: switches, graphs, what became of their executions.

mod facts;
mod signed;

use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, PreEscaped, html};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::ask::{Asked, Refused};
use super::executions::{self, Count, OPEN, TROUBLE};
use super::inputs::{Sent, plain, sent};
use super::layout::Sheet;
use super::place::Visit;
use super::{session, show};
use crate::workflow::Sketch;

/// How many workflows show their last error in the list.
const LAST_ERRORS: usize = 50;

pub(super) async fn list(visit: Visit) -> Response {
    let sheet = all(&visit).await;
    visit.page(sheet).await
}

async fn all(visit: &Visit) -> Asked<Sheet> {
    let answer = visit.read("workflows:list?pageSize=500&sort=key").await?;
    let workflows = answer["data"].as_array().map_or(&[][..], Vec::as_slice);
    let statuses: Vec<&str> = OPEN.into_iter().chain(TROUBLE).collect();
    let counts = executions::counts(visit, &json!({ "status": { "$in": statuses } })).await?;
    let (mut rows, mut errors) = (Vec::with_capacity(workflows.len()), 0);
    for workflow in workflows {
        let key = plain(&workflow["key"]);
        let trouble = sum(&counts, &key, &TROUBLE);
        errors += usize::from(trouble > 0);
        let last = if trouble > 0 && errors <= LAST_ERRORS {
            last_error(visit, &key).await?
        } else {
            html! {}
        };
        rows.push(row(visit, workflow, (sum(&counts, &key, &OPEN), trouble), &last));
    }
    let content = html! {
        h1 { (visit.t("workflows")) }
        @if rows.is_empty() {
            p.empty { (visit.t("workflows-none")) }
        } @else {
            div.table tabindex="0" role="region" aria-label=(visit.t("workflows")) { table {
                thead { tr {
                    th scope="col" { (visit.t("workflow")) }
                    th scope="col" { (visit.t("trigger")) }
                    th scope="col" { (visit.t("running")) }
                    th scope="col" { (visit.t("trouble")) }
                    th scope="col" { (visit.t("enabled")) }
                } }
                tbody { @for row in &rows { (row) } }
            } }
        }
    };
    Ok(Sheet::live(visit.t("workflows"), content))
}

/// How many executions of a workflow have one of the statuses.
fn sum(counts: &[Count], key: &str, statuses: &[&str]) -> u64 {
    let theirs = counts.iter().filter(|it| it.key == key && statuses.contains(&it.status.as_str()));
    theirs.map(|count| count.count).sum()
}

fn row(visit: &Visit, workflow: &Value, (open, trouble): (u64, u64), last: &Markup) -> Markup {
    let key = plain(&workflow["key"]);
    let of = |status: &str| {
        visit.at(&format!("/executions?key={}&status={status}", show::encoded(&key)))
    };
    html! {
        tr.stands-out[trouble > 0] {
            td {
                a.title href=(visit.at(&format!("/workflows/{}", show::encoded(&key)))) {
                    (plain(&workflow["title"]))
                }
                div.quiet { code { (key) } }
            }
            td { (facts::trigger(visit, workflow)) }
            td.number { @if open > 0 { a href=(of("open")) { (open) } } @else { "0" } }
            td {
                @if trouble > 0 { a.number.trouble href=(of("trouble")) { (trouble) } } @else { "0" }
                (last)
            }
            td { (switch(visit, &key, workflow["enabled"].as_bool() == Some(true))) }
        }
    }
}

/// What was wrong with the last one in trouble, as a link to it.
async fn last_error(visit: &Visit, key: &str) -> Asked<Markup> {
    let filter = json!({ "key": key, "status": { "$in": TROUBLE } });
    let found = executions::found(visit, &filter, 1).await?;
    Ok(html! {
        @for last in &found {
            div.fault.cut {
                a href=(visit.at(&format!("/executions/{}", last.id))) {
                    @if let Some(error) = &last.error { (error) } @else { "#" (last.id) }
                }
            }
        }
    })
}

fn switch(visit: &Visit, key: &str, enabled: bool) -> Markup {
    let label = visit.t(if enabled { "switch-off" } else { "switch-on" });
    html! {
        form.inline method="post" action=(visit.at(&format!("/workflows/{}/switch", show::encoded(key)))) {
            input type="hidden" name="next" value=(visit.path);
            input type="hidden" name="enabled" value=(!enabled);
            span { (visit.t(if enabled { "is-on" } else { "is-off" })) } " "
            button.small aria-label=(format!("{label}: {key}")) { (label) }
        }
    }
}

/// Switches a workflow on or off.
pub(super) async fn switch_it(
    visit: Visit,
    Path(key): Path<String>,
    Form(body): Form<Sent>,
) -> Response {
    let enabled = sent(&body, "enabled") == Some("true");
    let route = format!("workflows:update?filterByTk={}", show::encoded(&key));
    match visit.write(&route, &json!({ "enabled": enabled })).await {
        Ok(_) => visit.go(session::next_page(sent(&body, "next").unwrap_or_default())),
        Err(refused) => visit.page(Err(refused)).await,
    }
}

pub(super) async fn one(visit: Visit, Path(key): Path<String>) -> Response {
    let sheet = workflow(&visit, &key).await;
    visit.page(sheet).await
}

async fn workflow(visit: &Visit, key: &str) -> Asked<Sheet> {
    let route = format!("workflows:get?filterByTk={}", show::encoded(key));
    let answer = visit.read(&route).await?;
    let shown = &answer["data"];
    let title = plain(&shown["title"]);
    let sketch = Sketch::deserialize(shown).map_err(Refused::broken)?;
    let is_function = visit.core.workflows.get(key).is_some_and(|(meta, _)| meta.graph.is_none());
    let note = match (is_function, sketch.nodes.len()) {
        (false, _) => "graph-of-workflow",
        (true, ..=1) => "graph-of-function",
        (true, _) => "graph-of-runs",
    };
    let latest = executions::found(visit, &json!({ "key": key }), 10).await?;
    let content = html! {
        p.crumb { a href=(visit.at("/workflows")) { (visit.t("workflows")) } }
        div.heading {
            h1 { (title) }
            (switch(visit, key, shown["enabled"].as_bool() == Some(true)))
        }
        section.card aria-label=(visit.t("fields")) {
            dl.record {
                div { dt { (visit.t("key")) } dd { (copied(key)) } }
                div { dt { (visit.t("trigger")) } dd { (facts::trigger(visit, shown)) } }
                (facts::outlook(visit, shown))
                (facts::declared(visit, shown))
                (counts(visit, key).await?)
                (facts::revision(visit, shown).await?)
            }
            (facts::fire(visit, key))
        }
        (picture(visit, &title, &sketch, &visit.t(note), &|_| None))
        section {
            h2 { (visit.t("latest")) }
            @if latest.is_empty() { p.quiet { (visit.t("runs-none")) } }
            (executions::table(visit, &latest, true).await?)
        }
    };
    Ok(Sheet::live(title, content))
}

/// A text that a click copies.
pub(super) fn copied(text: &str) -> Markup {
    html! { button.copy.small type="button" data-copy=(text) { code { (text) } } }
}

/// How many executions it has in each status, and what was wrong with the last in trouble.
async fn counts(visit: &Visit, key: &str) -> Asked<Markup> {
    let counts = executions::counts(visit, &json!({ "key": key })).await?;
    let path = format!("/executions?key={}", show::encoded(key));
    let last = match sum(&counts, key, &TROUBLE) {
        0 => None,
        _ => Some(last_error(visit, key).await?),
    };
    Ok(html! {
        div {
            dt { (visit.t("executions")) }
            dd {
                @if counts.is_empty() { "0" }
                @for word in crate::execution::Status::WORDS {
                    @let count = sum(&counts, key, &[word]);
                    @if count > 0 {
                        a href=(visit.at(&format!("{path}&status={word}"))) {
                            (show::status(visit, word)) " " (count)
                        } " "
                    }
                }
            }
        }
        @if let Some(last) = &last { div { dt { (visit.t("last-error")) } dd { (last) } } }
    })
}

/// A graph, with a note of what it shows; `state` gives what became of the node of a key.
pub(super) fn picture(
    visit: &Visit,
    title: &str,
    sketch: &Sketch,
    note: &str,
    state: &dyn Fn(&str) -> Option<&'static str>,
) -> Markup {
    html! {
        section.card {
            h2 { (visit.t("graph")) }
            p.quiet { (note) }
            // The trigger alone says nothing.
            @if sketch.nodes.len() > 1 {
                div.graph tabindex="0" role="region" aria-label=(visit.t("graph")) {
                    // Each text in it is escaped where it is drawn.
                    (PreEscaped(sketch.on_page(title, state)))
                }
            }
        }
    }
}
