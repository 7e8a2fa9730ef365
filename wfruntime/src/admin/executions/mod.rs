//! What ran and what waits: the list, and one execution node by node.

mod around;
mod one;
mod search;
mod timeline;

use std::collections::{BTreeSet, HashMap};

use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ask::{Asked, Refused};
use super::inputs::{Sent, sent};
use super::layout::Sheet;
use super::place::Visit;
use super::show;

pub(super) use one::one;

/// How many stand on one page.
const PAGE: u64 = 50;
/// The statuses of what is not over.
pub(super) const OPEN: [&str; 2] = ["queued", "started"];
/// The statuses that stand out.
pub(super) const TROUBLE: [&str; 3] = ["error", "failed", "stranded"];

/// An execution as the routes answer it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Execution {
    pub(super) id: i64,
    key: String,
    version: u32,
    revision: String,
    status: String,
    collection: Option<String>,
    record_id: Option<i64>,
    user_id: Option<i64>,
    role_name: Option<String>,
    chain: Vec<String>,
    /// The events that its chain did not fire again.
    #[serde(default)]
    cut: Vec<String>,
    pub(super) error: Option<String>,
    #[serde(default)]
    messages: Vec<String>,
    caller_id: Option<i64>,
    caller_key: Option<String>,
    trace_id: Option<String>,
    created_at: String,
    started_at: Option<String>,
    finished_at: Option<String>,
    #[serde(default)]
    context: Value,
    #[serde(default)]
    jobs: Vec<Job>,
    #[serde(default)]
    past_jobs: Vec<Job>,
    #[serde(default)]
    called: Vec<Called>,
    deadline: Option<String>,
}

/// A job, one node's run.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    key: String,
    kind: String,
    status: String,
    input: Value,
    output: Value,
    error: Option<String>,
    attempts: u64,
    tries: Vec<Try>,
    created_at: String,
    finished_at: Option<String>,
    until: Option<String>,
    task: Option<Task>,
    /// When it was put aside.
    restarted_at: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Try {
    number: u64,
    started_at: String,
    finished_at: String,
    error: Option<String>,
}

/// What a node asks of people.
#[derive(Debug, Deserialize)]
struct Task {
    id: i64,
    title: String,
    status: String,
    assignees: Vec<Assignee>,
}

/// Who may decide: a user, or whoever acts in a role.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assignee {
    user_id: Option<i64>,
    role: Option<String>,
}

/// An execution that a node called.
#[derive(Debug, Deserialize)]
struct Called {
    id: i64,
    key: String,
    status: String,
    node: String,
}

/// The newest executions that a filter finds.
pub(super) async fn found(visit: &Visit, filter: &Value, most: u64) -> Asked<Vec<Execution>> {
    let route = format!(
        "executions:list?pageSize={most}&sort=-id&filter={}",
        show::encoded(&filter.to_string())
    );
    read(&visit.read(&route).await?["data"])
}

/// How many executions a filter finds.
pub(super) async fn count(visit: &Visit, filter: &Value) -> Asked<u64> {
    let route = format!(
        "executions:list?pageSize=1&fields=id&filter={}",
        show::encoded(&filter.to_string())
    );
    Ok(visit.read(&route).await?["meta"]["count"].as_u64().unwrap_or_default())
}

/// How many there are of a workflow in a status.
#[derive(Debug, Deserialize)]
pub(super) struct Count {
    pub(super) key: String,
    pub(super) status: String,
    pub(super) count: u64,
}

/// How many there are of each workflow in each status, of those that a filter finds.
pub(super) async fn counts(visit: &Visit, filter: &Value) -> Asked<Vec<Count>> {
    let route = format!("executions:count?filter={}", show::encoded(&filter.to_string()));
    read(&visit.read(&route).await?["data"])
}

impl Visit {
    /// How many executions are in trouble; none if the visitor does nothing about it.
    pub(super) async fn in_trouble(&self) -> Option<u64> {
        if !self.access.is_administrator() {
            return None;
        }
        let counts = counts(self, &json!({ "status": { "$in": TROUBLE } })).await.ok()?;
        Some(counts.iter().map(|count| count.count).sum())
    }
}

fn read<T: serde::de::DeserializeOwned>(json: &Value) -> Asked<T> {
    T::deserialize(json).map_err(Refused::broken)
}

pub(super) async fn list(visit: Visit) -> Response {
    let sheet = all(&visit).await;
    visit.page(sheet).await
}

async fn all(visit: &Visit) -> Asked<Sheet> {
    let route = format!(
        "executions:list?pageSize={PAGE}&page={}&sort=-id&filter={}",
        visit.page_number(),
        show::encoded(&search::filter(visit).await?.to_string())
    );
    let answer = visit.read(&route).await?;
    let found: Vec<Execution> = read(&answer["data"])?;
    let content = html! {
        h1 { (visit.t("executions")) }
        (search::fields(visit))
        @if found.is_empty() {
            p.empty {
                (visit.t(if search::is_asked(visit) { "search-none" } else { "executions-none" }))
            }
        } @else {
            (table(visit, &found, true).await?)
            p.quiet { (visit.text.with("executions-count", &[
                ("count", answer["meta"]["count"].as_u64().unwrap_or_default().into())
            ])) }
            (show::pages(visit, &answer["meta"]))
        }
    };
    Ok(Sheet::live(visit.t("executions"), content))
}

/// Executions as a table, with the record of each if they are of several.
pub(super) async fn table(
    visit: &Visit,
    executions: &[Execution],
    with_record: bool,
) -> Asked<Markup> {
    if executions.is_empty() {
        return Ok(html! {});
    }
    let names = nicknames(visit, executions).await?;
    let rows = executions.iter().map(|execution| row(visit, execution, &names, with_record));
    let rows: Vec<Markup> = rows.collect();
    Ok(html! {
        div.table tabindex="0" role="region" aria-label=(visit.t("executions")) { table {
            thead { tr {
                th scope="col" { (visit.t("workflow")) }
                th scope="col" { (visit.t("status")) }
                @if with_record { th scope="col" { (visit.t("record")) } }
                th scope="col" { (visit.t("by")) }
                th scope="col" { (visit.t("created")) }
                th scope="col" { (visit.t("finished")) }
            } }
            tbody { @for row in &rows { (row) } }
        } }
    })
}

/// Those who caused them, by their ids; one that is gone has no name.
async fn nicknames(visit: &Visit, executions: &[Execution]) -> Asked<HashMap<i64, String>> {
    let users: BTreeSet<i64> = executions.iter().filter_map(|it| it.user_id).collect();
    if users.is_empty() {
        return Ok(HashMap::new());
    }
    let filter = json!({ "id": { "$in": users } }).to_string();
    let route = format!(
        "{}:list?pageSize={}&fields=id,nickname&filter={}",
        visit.core.auth.account.definition.name(),
        users.len(),
        show::encoded(&filter)
    );
    let answer = visit.read(&route).await?;
    let found = answer["data"].as_array().map_or(&[][..], Vec::as_slice).iter();
    let named = found
        .filter_map(|user| Some((user["id"].as_i64()?, user["nickname"].as_str()?.to_owned())));
    Ok(named.collect())
}

fn row(
    visit: &Visit,
    execution: &Execution,
    names: &HashMap<i64, String>,
    with_record: bool,
) -> Markup {
    let nickname = execution.user_id.and_then(|user| names.get(&user));
    let stands_out = TROUBLE.contains(&execution.status.as_str());
    html! {
        tr.stands-out[stands_out] {
            td {
                a.title href=(visit.at(&format!("/executions/{}", execution.id))) {
                    (visit.workflow_title(&execution.key))
                }
                @if let Some(error) = &execution.error { div.fault.cut { (error) } }
            }
            td { (show::status(visit, &execution.status)) }
            @if with_record { td { (around::record(visit, execution)) } }
            td { (around::by(visit, execution, nickname.map(String::as_str))) }
            td { (show::moment(&execution.created_at)) }
            td { @if let Some(at) = &execution.finished_at { (show::moment(at)) } @else { "–" } }
        }
    }
}

/// Cancels an execution.
pub(super) async fn cancel(visit: Visit, Path(id): Path<i64>) -> Response {
    command(&visit, id, "cancel", &json!({})).await
}

/// Runs an execution again: from where it broke, or from the node that the form names.
pub(super) async fn rerun(visit: Visit, Path(id): Path<i64>, Form(form): Form<Sent>) -> Response {
    let from = sent(&form, "from").filter(|from| !from.is_empty());
    let body = from.map_or_else(|| json!({}), |from| json!({ "from": from }));
    command(&visit, id, "rerun", &body).await
}

async fn command(visit: &Visit, id: i64, name: &str, body: &Value) -> Response {
    match visit.write(&format!("executions:{name}?filterByTk={id}"), body).await {
        Ok(_) => visit.go(&format!("/executions/{id}")),
        Err(refused) => visit.page(Err(refused)).await,
    }
}
