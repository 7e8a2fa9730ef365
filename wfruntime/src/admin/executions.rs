//! What ran and what waits: the list, and one execution node by node.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ask::{Asked, Refused};
use super::inputs::plain;
use super::layout::Sheet;
use super::place::Visit;
use super::{show, workflows};
use crate::execution::Status;

/// How many stand on one page.
const PAGE: u64 = 50;

/// An execution as the routes answer it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Execution {
    id: i64,
    key: String,
    revision: String,
    status: String,
    collection: String,
    record_id: i64,
    user_id: Option<i64>,
    role_name: Option<String>,
    error: Option<String>,
    #[serde(default)]
    messages: Value,
    created_at: String,
    started_at: Option<String>,
    finished_at: Option<String>,
    #[serde(default)]
    context: Value,
    #[serde(default)]
    jobs: Vec<Job>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    key: String,
    kind: String,
    status: String,
    output: Value,
    error: Option<String>,
    attempts: u64,
    created_at: String,
    finished_at: Option<String>,
}

/// The newest executions that a filter finds.
pub(super) async fn found(visit: &Visit, filter: &Value, most: u64) -> Asked<Vec<Execution>> {
    let route = format!(
        "executions:list?pageSize={most}&sort=-id&filter={}",
        show::encoded(&filter.to_string())
    );
    read(&visit.read(&route).await?["data"])
}

fn read<T: serde::de::DeserializeOwned>(json: &Value) -> Asked<T> {
    T::deserialize(json).map_err(Refused::broken)
}

pub(super) async fn list(visit: Visit) -> Response {
    let sheet = all(&visit).await;
    visit.page(sheet).await
}

async fn all(visit: &Visit) -> Asked<Sheet> {
    let mut filter = serde_json::Map::new();
    if let Some(key) = visit.asked("key").filter(|key| !key.is_empty()) {
        filter.insert("key".to_owned(), key.into());
    }
    match visit.asked("status") {
        None | Some("") => None,
        Some("open") => filter.insert("status".to_owned(), json!({ "$in": ["queued", "started"] })),
        Some("trouble") => {
            filter.insert("status".to_owned(), json!({ "$in": ["error", "failed", "stranded"] }))
        }
        Some(status) => filter.insert("status".to_owned(), status.into()),
    };
    let route = format!(
        "executions:list?pageSize={PAGE}&page={}&sort=-id&filter={}",
        visit.page_number(),
        show::encoded(&Value::Object(filter).to_string())
    );
    let answer = visit.read(&route).await?;
    let found: Vec<Execution> = read(&answer["data"])?;
    let content = html! {
        h1 { (visit.t("executions")) }
        (search(visit))
        @if found.is_empty() {
            p.empty { (visit.t("executions-none")) }
        } @else {
            (table(visit, &found, true))
            (show::pages(visit, &answer["meta"]))
        }
    };
    Ok(Sheet::live(visit.t("executions"), content))
}

fn search(visit: &Visit) -> Markup {
    let (key, status) = (visit.asked("key").unwrap_or(""), visit.asked("status").unwrap_or(""));
    html! {
        form.search method="get" role="search" {
            label { (visit.t("workflow"))
                select name="key" {
                    option value="" { (visit.t("any")) }
                    @for workflow in visit.core.registry.workflows() {
                        option selected[workflow.meta.key == key] { (workflow.meta.key) }
                    }
                }
            }
            label { (visit.t("status"))
                select name="status" {
                    option value="" { (visit.t("any")) }
                    @for word in ["open", "trouble"] {
                        option value=(word) selected[word == status] { (visit.t(&format!("these-{word}"))) }
                    }
                    @for word in Status::WORDS {
                        option value=(word) selected[word == status] { (visit.t(&format!("status-{word}"))) }
                    }
                }
            }
            button { (visit.t("search")) }
        }
    }
}

/// Executions as a table, with the workflow of each if they are of several.
pub(super) fn table(visit: &Visit, executions: &[Execution], with_workflow: bool) -> Markup {
    if executions.is_empty() {
        return html! {};
    }
    html! {
        div.table tabindex="0" role="region" aria-label=(visit.t("executions")) { table {
            thead { tr {
                th scope="col" { (visit.t("workflow")) }
                th scope="col" { (visit.t("status")) }
                @if with_workflow { th scope="col" { (visit.t("record")) } }
                th scope="col" { (visit.t("by")) }
                th scope="col" { (visit.t("created")) }
                th scope="col" { (visit.t("finished")) }
            } }
            tbody { @for execution in executions { (row(visit, execution, with_workflow)) } }
        } }
    }
}

fn row(visit: &Visit, execution: &Execution, with_record: bool) -> Markup {
    html! {
        tr {
            td {
                a.title href=(visit.at(&format!("/executions/{}", execution.id))) {
                    (visit.workflow_title(&execution.key))
                }
                @if let Some(error) = &execution.error { div.fault { (error) } }
            }
            td { (show::status(visit, &execution.status)) }
            @if with_record { td { (record(visit, execution)) } }
            td { (execution.role_name.as_deref().unwrap_or("–")) }
            td { (show::moment(&execution.created_at)) }
            td { @if let Some(at) = &execution.finished_at { (show::moment(at)) } @else { "–" } }
        }
    }
}

/// The record that it is about, as a link if its collection is still there.
fn record(visit: &Visit, execution: &Execution) -> Markup {
    let (collection, id) = (&execution.collection, execution.record_id);
    let is_known = visit.collections().any(|known| known.name() == collection);
    html! {
        @if is_known {
            a href=(visit.at(&format!("/data/{collection}/{id}"))) { (collection) " #" (id) }
        } @else { (collection) " #" (id) }
    }
}

pub(super) async fn one(visit: Visit, Path(id): Path<i64>) -> Response {
    let sheet = sheet(&visit, id).await;
    visit.page(sheet).await
}

async fn sheet(visit: &Visit, id: i64) -> Asked<Sheet> {
    let answer = visit.read(&format!("executions:get?filterByTk={id}")).await?;
    let execution: Execution = read(&answer["data"])?;
    let title = visit.workflow_title(&execution.key);
    let meta = visit.core.workflows.get(&execution.key).map(|(meta, _)| meta);
    let states = states(&execution.jobs);
    let content = html! {
        p.crumb { a href=(visit.at("/executions")) { (visit.t("executions")) } }
        div.heading {
            h1 { (title) " " (show::status(visit, &execution.status)) }
            (commands(visit, &execution))
        }
        @if let Some(error) = &execution.error {
            div.refusal { strong { (visit.t(&format!("status-{}", execution.status))) } p { (error) } }
        }
        (facts(visit, &execution))
        @if let Some(meta) = meta {
            (workflows::picture(visit, meta, &|key| states.get(key).copied()))
        }
        (timeline(visit, &execution.jobs))
        (cause(visit, &execution))
    };
    Ok(Sheet::live(title, content))
}

fn commands(visit: &Visit, execution: &Execution) -> Markup {
    let command = |name: &str, class: &str| {
        let path = format!("/executions/{}/{name}", execution.id);
        html! {
            form.inline method="post" action=(visit.at(&path)) {
                button class=(class) { (visit.t(&format!("execution-{name}"))) }
            }
        }
    };
    html! {
        div.buttons {
            @if matches!(execution.status.as_str(), "queued" | "started" | "stranded") {
                (command("cancel", "danger"))
            }
            @if matches!(execution.status.as_str(), "error" | "aborted") {
                (command("rerun", "primary"))
            }
        }
    }
}

fn facts(visit: &Visit, execution: &Execution) -> Markup {
    let messages = execution.messages.as_array().map_or(&[][..], Vec::as_slice);
    html! {
        section.card aria-label=(visit.t("fields")) {
            dl.record {
                div { dt { (visit.t("record")) } dd { (record(visit, execution)) } }
                div { dt { (visit.t("by")) } dd {
                    (execution.role_name.as_deref().unwrap_or("–"))
                    @if let Some(user) = execution.user_id { " #" (user) }
                } }
                div { dt { (visit.t("created")) } dd { (show::moment(&execution.created_at)) } }
                @if let Some(at) = &execution.started_at {
                    div { dt { (visit.t("started")) } dd { (show::moment(at)) } }
                }
                @if let Some(at) = &execution.finished_at {
                    div { dt { (visit.t("finished")) } dd { (show::moment(at)) } }
                }
                div { dt { (visit.t("revision")) } dd { code { (execution.revision) } } }
                div { dt { (visit.t("number")) } dd { (workflows::copied(&execution.id.to_string())) } }
            }
            @for message in messages { p.said { (plain(&message["message"])) } }
        }
    }
}

/// What each node of the graph came to: of several passes of a loop, the one that matters most.
fn states(jobs: &[Job]) -> HashMap<String, &'static str> {
    const RANKS: [&str; 6] = ["resolved", "aborted", "rejected", "failed", "pending", "error"];
    let mut states: HashMap<String, &'static str> = HashMap::new();
    for job in jobs {
        let Some(rank) = RANKS.iter().position(|rank| *rank == job.status) else { continue };
        let state = states.entry(without_passes(&job.key)).or_insert(RANKS[rank]);
        if RANKS.iter().position(|known| known == state) < Some(rank) {
            *state = RANKS[rank];
        }
    }
    states
}

/// The key of a node in its graph: `for#1.17/create#1` is `for#1/create#1` there.
fn without_passes(key: &str) -> String {
    let parts = key.split('/').map(|part| match part.split_once('.') {
        Some((name, _)) if name.starts_with("for#") => name,
        _ => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

fn timeline(visit: &Visit, jobs: &[Job]) -> Markup {
    html! {
        section aria-label=(visit.t("nodes")) {
            h2 { (visit.t("nodes")) }
            @if jobs.is_empty() { p.quiet { (visit.t("nodes-none")) } }
            ol.list.timeline {
                @for job in jobs {
                    li data-status=(job.status) {
                        (show::status(visit, &job.status)) " "
                        strong { (job.kind) } " " (workflows::copied(&job.key)) " "
                        span.quiet {
                            (show::moment(&job.created_at))
                            @if let Some(at) = &job.finished_at { " – " (show::moment(at)) }
                            @if job.attempts > 1 {
                                " · " (visit.text.with("attempts", &[("count", job.attempts.into())]))
                            }
                        }
                        @if let Some(error) = &job.error { p.fault { (error) } }
                        @if !job.output.is_null() { (folded(&visit.t("output"), &job.key, &job.output)) }
                    }
                }
            }
        }
    }
}

/// What fired it, as it was at that moment.
fn cause(visit: &Visit, execution: &Execution) -> Markup {
    html! {
        @if !execution.context.is_null() {
            section aria-label=(visit.t("cause")) {
                h2 { (visit.t("cause")) }
                (folded(&visit.t("context"), "context", &execution.context))
            }
        }
    }
}

fn folded(title: &str, id: &str, value: &Value) -> Markup {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    html! {
        details id=(format!("of-{id}")) { summary { (title) } pre.code tabindex="0" { (text) } }
    }
}

/// Cancels an execution.
pub(super) async fn cancel(visit: Visit, Path(id): Path<i64>) -> Response {
    command(&visit, id, "cancel").await
}

/// Runs an execution again from where it broke.
pub(super) async fn rerun(visit: Visit, Path(id): Path<i64>) -> Response {
    command(&visit, id, "rerun").await
}

async fn command(visit: &Visit, id: i64, name: &str) -> Response {
    match visit.write(&format!("executions:{name}?filterByTk={id}"), &json!({})).await {
        Ok(_) => visit.go(&format!("/executions/{id}")),
        Err(refused) => visit.page(Err(refused)).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_what_its_worst_pass_came_to() {
        let job = |key: &str, status: &str| -> Job {
            let job = json!({ "key": key, "kind": "create", "status": status, "output": null,
                "error": null, "attempts": 1, "createdAt": "", "finishedAt": null });
            serde_json::from_value(job).expect("a job")
        };
        let states = states(&[
            job("for#1.0/create#1", "resolved"),
            job("for#1.1/create#1", "error"),
            job("for#1.2/create#1", "resolved"),
            job("parallel#1.0/review", "pending"),
        ]);
        assert_eq!(states["for#1/create#1"], "error");
        assert_eq!(states["parallel#1.0/review"], "pending");
    }
}
