//! The workflows of the program: switches, graphs, what became of their executions.

use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};

use super::ask::Asked;
use super::executions;
use super::inputs::{Sent, plain, sent};
use super::layout::Sheet;
use super::place::Visit;
use super::{session, show};
use crate::workflow::{Mode, Timing, WorkflowMeta};

/// The statuses that stand out.
const TROUBLE: &str = r#"["error","failed","stranded"]"#;
/// The statuses of what is not over.
const OPEN: &str = r#"["queued","started"]"#;

pub(super) async fn list(visit: Visit) -> Response {
    let sheet = all(&visit).await;
    visit.page(sheet).await
}

async fn all(visit: &Visit) -> Asked<Sheet> {
    let answer = visit.read("workflows:list?pageSize=500&sort=key").await?;
    let workflows = answer["data"].as_array().map_or(&[][..], Vec::as_slice);
    let mut rows = Vec::with_capacity(workflows.len());
    for workflow in workflows {
        let key = plain(&workflow["key"]);
        let open = count(visit, &key, OPEN).await?;
        let trouble = count(visit, &key, TROUBLE).await?;
        rows.push(row(visit, workflow, open, trouble));
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
async fn count(visit: &Visit, key: &str, statuses: &str) -> Asked<u64> {
    let filter = format!(r#"{{"key":{},"status":{{"$in":{statuses}}}}}"#, json!(key));
    let route = format!("executions:list?pageSize=1&filter={}", show::encoded(&filter));
    Ok(visit.read(&route).await?["meta"]["count"].as_u64().unwrap_or_default())
}

fn row(visit: &Visit, workflow: &Value, open: u64, trouble: u64) -> Markup {
    let key = plain(&workflow["key"]);
    let of = |status: &str| {
        visit.at(&format!("/executions?key={}&status={status}", show::encoded(&key)))
    };
    html! {
        tr {
            td {
                a.title href=(visit.at(&format!("/workflows/{}", show::encoded(&key)))) {
                    (plain(&workflow["title"]))
                }
                div.quiet { code { (key) } }
            }
            td { (trigger(visit, workflow)) }
            td.number { @if open > 0 { a href=(of("open")) { (open) } } @else { "0" } }
            td.number {
                @if trouble > 0 { a.trouble href=(of("trouble")) { (trouble) } } @else { "0" }
            }
            td { (switch(visit, &key, workflow["enabled"].as_bool() == Some(true))) }
        }
    }
}

/// When it fires, in words.
fn trigger(visit: &Visit, workflow: &Value) -> Markup {
    let mode = plain(&workflow["mode"]);
    let on = workflow["on"].as_array().map_or(&[][..], Vec::as_slice);
    let on: Vec<String> = on.iter().map(plain).collect();
    html! {
        (plain(&workflow["collection"]))
        @if !on.is_empty() { ": " (on.join(", ")) }
        div.quiet {
            (visit.t(&format!("mode-{mode}"))) ", "
            (visit.t(&format!("execution-{}", plain(&workflow["execution"]))))
        }
    }
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
    let meta = visit.core.workflows.get(key).map(|(meta, _)| meta);
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
                div { dt { (visit.t("trigger")) } dd { (trigger(visit, shown)) } }
                div { dt { (visit.t("revision")) } dd { code { (plain(&shown["revision"])) } } }
                @if let Some(meta) = meta {
                    div { dt { (visit.t("source")) } dd { code { (meta.location) } } }
                }
                (counts(visit, key).await?)
            }
            @if let Some(meta) = meta {
                h2 { (visit.t("fire-it")) }
                pre.code tabindex="0" { (curl(visit, meta, &plain(&shown["collection"]))) }
            }
        }
        @if let Some(meta) = meta { (picture(visit, meta, &|_| None)) }
        section aria-label=(visit.t("latest")) {
            h2 { (visit.t("latest")) }
            @if latest.is_empty() { p.quiet { (visit.t("history-none")) } }
            (executions::table(visit, &latest, true))
        }
    };
    Ok(Sheet::live(title, content))
}

/// A text that a click copies.
pub(super) fn copied(text: &str) -> Markup {
    html! { button.copy.small type="button" data-copy=(text) { code { (text) } } }
}

async fn counts(visit: &Visit, key: &str) -> Asked<Markup> {
    let mut counts = Vec::new();
    for status in crate::execution::Status::WORDS {
        let found = count(visit, key, &json!([status]).to_string()).await?;
        if found > 0 {
            counts.push((status, found));
        }
    }
    Ok(html! {
        div {
            dt { (visit.t("executions")) }
            dd { @for (status, count) in &counts {
                a href=(visit.at(&format!("/executions?key={}&status={status}", show::encoded(key)))) {
                    (show::status(visit, status)) " " (count)
                } " "
            } }
        }
    })
}

/// The command that fires it.
fn curl(visit: &Visit, meta: &WorkflowMeta, collection: &str) -> String {
    let host = visit.parts.headers.get("host").and_then(|host| host.to_str().ok());
    let at = format!("http://{}{}/api", host.unwrap_or("localhost:3000"), visit.prefix());
    let token = "-H 'Authorization: Bearer <token>'";
    match meta.mode {
        Mode::Local => format!(
            "curl {token} -d '{{…}}' \\\n  '{at}/{collection}:create?triggerWorkflows={}'",
            meta.key
        ),
        Mode::Global => format!(
            "curl {token} -d '{{…}}' \\\n  '{at}/{collection}:{}'",
            meta.on.first().unwrap_or(&"create")
        ),
    }
}

/// Its graph; a function has none that is known before it runs.
pub(super) fn picture(
    visit: &Visit,
    meta: &WorkflowMeta,
    state: &dyn Fn(&str) -> Option<&'static str>,
) -> Markup {
    let timing = if meta.timing == Timing::Sync { "execution-sync" } else { "execution-async" };
    let Some(graph) = meta.graph else {
        return html! { p.quiet { (visit.t("graph-of-function")) } };
    };
    html! {
        section.card {
            h2 { (visit.t("graph")) " " span.quiet { (visit.t(timing)) } }
            div.graph tabindex="0" role="region" aria-label=(visit.t("graph")) {
                // Drawn from constants of the program, each text of them escaped.
                (PreEscaped(graph.on_page(meta.title, state)))
            }
        }
    }
}
