//! The inbox: what waits for the visitor, one task with what it is about, and the decision.

use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::ask::{Asked, Refused, Told};
use super::data::search;
use super::inputs::{self, Field, Sent};
use super::layout::{Sheet, refusal};
use super::pick::{self, Picker};
use super::place::Visit;
use super::show;
use crate::action::Verb;

/// A task as the routes answer it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    id: i64,
    title: String,
    status: String,
    rule: String,
    needed: u64,
    due_at: Option<String>,
    created_at: String,
    key: Option<String>,
    collection: Option<String>,
    record_id: Option<i64>,
    /// What it asks for; nothing if it takes a decision.
    fields: Option<Vec<Field>>,
    assignees: Vec<Assignee>,
    decisions: Vec<Decision>,
    delegations: Vec<Delegation>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assignee {
    user_id: Option<i64>,
    nickname: Option<String>,
    role: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delegation {
    from_nickname: Option<String>,
    to_nickname: Option<String>,
    created_at: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Decision {
    nickname: String,
    decision: String,
    comment: Option<String>,
    values: Option<Map<String, Value>>,
    as_root: bool,
    created_at: String,
}

/// How many tasks stand on one page.
const PAGE: u64 = 50;

/// What still waits.
const OPEN: &str = r#"{"status":"open"}"#;

/// What waits no more.
const CLOSED: &str =
    r#"{"status":{"$in":["approved","rejected","answered","timed_out","closed"]}}"#;

/// The tasks of the visitor, the open ones or those that are closed.
pub(super) async fn list(visit: Visit) -> Response {
    let sheet = inbox(&visit).await;
    visit.page(sheet).await
}

async fn inbox(visit: &Visit) -> Asked<Sheet> {
    let open = visit.asked("show") != Some("closed");
    let filter = if open { OPEN } else { CLOSED };
    let page = visit.page_number();
    let route = format!(
        "tasks:list?pageSize={PAGE}&page={page}&sort={}&filter={}",
        if open { "dueAt,id" } else { "-closedAt" },
        show::encoded(filter)
    );
    let answer = visit.read(&route).await?;
    let tasks: Vec<Task> = read(&answer["data"])?;
    let tab = |path: &str, title: &str, here: bool| {
        html! { a href=(visit.at(path)) aria-current=[here.then_some("page")] { (title) } }
    };
    let content = html! {
        h1 { (visit.t("tasks")) }
        nav.tabs aria-label=(visit.t("tasks")) {
            (tab("/tasks", &visit.t("tasks-open"), open))
            (tab("/tasks?show=closed", &visit.t("tasks-closed"), !open))
        }
        @if tasks.is_empty() {
            p.empty { (visit.t(if open { "tasks-none" } else { "tasks-none-closed" })) }
        } @else {
            ul.list { @for task in &tasks { (entry(visit, task)) } }
            (show::pages(visit, &answer["meta"]))
        }
    };
    Ok(Sheet::live(visit.t("tasks"), content))
}

fn entry(visit: &Visit, task: &Task) -> Markup {
    html! {
        li data-hurry=[hurry(visit, task)] {
            a.title href=(visit.at(&format!("/tasks/{}", task.id))) { (task.title) }
            div.quiet {
                @if let Some(key) = &task.key { (visit.workflow_title(key)) " · " }
                (show::status(visit, &task.status)) " · " (show::moment(&task.created_at))
                (due(visit, task))
            }
        }
    }
}

/// How near a deadline is before it stands out.
const SOON: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// How near the deadline of a task that waits is: over, soon, or neither.
fn hurry(visit: &Visit, task: &Task) -> Option<&'static str> {
    let due: jiff::Timestamp = task.due_at.as_deref()?.parse().ok()?;
    let now = visit.core.clock.now();
    match due {
        _ if task.status != "open" => None,
        due if due <= now => Some("overdue"),
        due if due.duration_since(now) <= SOON => Some("due-soon"),
        _ => None,
    }
}

/// Until when it waits.
fn due(visit: &Visit, task: &Task) -> Markup {
    html! {
        @if let Some(due) = &task.due_at {
            " · "
            @match hurry(visit, task) {
                Some(hurry) => strong.trouble { (visit.t(hurry)) " " (show::moment(due)) },
                None => { (visit.t("due")) " " (show::moment(due)) }
            }
        }
    }
}

pub(super) async fn one(visit: Visit, Path(id): Path<i64>) -> Response {
    let sheet = sheet(&visit, id, &Sent::new(), None).await;
    visit.page(sheet).await
}

/// The decision, or the values of a form.
pub(super) async fn submit(visit: Visit, Path(id): Path<i64>, Form(sent): Form<Sent>) -> Response {
    let done = decide(&visit, id, &sent).await;
    answered(&visit, id, &sent, done).await
}

async fn decide(visit: &Visit, id: i64, sent: &Sent) -> Asked<()> {
    let task = task(visit, id).await?;
    let mut body = Map::new();
    match &task.fields {
        Some(fields) => body.insert("values".into(), inputs::values(fields, sent)),
        None => body.insert("decision".into(), inputs::sent(sent, "decision").into()),
    };
    if let Some(comment) = inputs::sent(sent, "comment").filter(|comment| !comment.is_empty()) {
        body.insert("comment".into(), comment.into());
    }
    visit.write(&format!("tasks:submit?filterByTk={id}"), &body.into()).await.map(drop)
}

/// Hands the task to somebody else.
pub(super) async fn delegate(
    visit: Visit,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Response {
    if pick::is_turn(&sent) {
        let sheet = sheet(&visit, id, &sent, None).await;
        return visit.page(sheet).await;
    }
    let to = inputs::sent(&sent, "to").unwrap_or_default();
    let to = to.parse::<i64>().map_or_else(|_| to.into(), Value::from);
    let body = json!({ "to": to });
    let done = visit.write(&format!("tasks:delegate?filterByTk={id}"), &body).await.map(drop);
    answered(&visit, id, &sent, done).await
}

/// Back to the inbox, or the task again with what was wrong.
async fn answered(visit: &Visit, id: i64, sent: &Sent, done: Asked<()>) -> Response {
    match done {
        Ok(()) => visit.go("/tasks"),
        Err(refused) if refused.is(StatusCode::NOT_FOUND) => visit.page(Err(refused)).await,
        Err(refused) => {
            let status = refused.status;
            let sheet = sheet(visit, id, sent, Some(refused)).await;
            visit.page(sheet.map(|sheet| sheet.status(status))).await
        }
    }
}

async fn task(visit: &Visit, id: i64) -> Asked<Task> {
    let answer = visit.read(&format!("tasks:get?filterByTk={id}")).await?;
    read(&answer["data"])
}

fn read<T: serde::de::DeserializeOwned>(json: &Value) -> Asked<T> {
    T::deserialize(json).map_err(Refused::broken)
}

async fn sheet(visit: &Visit, id: i64, sent: &Sent, refused: Option<Refused>) -> Asked<Sheet> {
    let task = task(visit, id).await?;
    let about = about(visit, &task).await;
    let is_open = task.status == "open";
    let delegation = match is_open {
        true => delegation_form(visit, &task, sent, refused.as_ref()).await?,
        false => html! {},
    };
    let content = html! {
        p.crumb { a href=(visit.at("/tasks")) { (visit.t("tasks")) } }
        h1 { (task.title) }
        p.quiet {
            @if let Some(key) = &task.key { (visit.workflow_title(key)) " · " }
            (show::status(visit, &task.status)) " · " (assignees(visit, &task))
            (due(visit, &task))
        }
        @if let Some(refused) = &refused { (refusal(visit, refused)) }
        (about)
        (decisions(visit, &task))
        @if is_open {
            (decision_form(visit, &task, sent, refused.as_ref()))
            (delegation)
        }
    };
    Ok(Sheet::still(task.title.clone(), content))
}

/// The record that the task is about, as far as the visitor may see it.
async fn about(visit: &Visit, task: &Task) -> Markup {
    let (Some(collection), Some(record)) = (&task.collection, task.record_id) else {
        return html! {};
    };
    let Some(definition) = visit.collections().find(|known| known.name() == collection) else {
        return html! {};
    };
    match visit.read(&show::one_with(visit, definition, record)).await {
        Ok(answer) => html! {
            section.card aria-label=(visit.t("task-about")) {
                h2 { a href=(visit.at(&format!("/data/{collection}/{record}"))) {
                    (definition.meta.title)
                } }
                (show::record(visit, definition, &answer["data"]))
            }
        },
        Err(_) => html! { p.quiet { (visit.t("task-record-gone")) } },
    }
}

fn assignees(visit: &Visit, task: &Task) -> String {
    let names: Vec<String> = task
        .assignees
        .iter()
        .map(|assignee| match (&assignee.role, assignee.user_id) {
            (Some(role), _) => role.clone(),
            (None, user) if user == visit.identity.user_id() => visit.t("you"),
            (None, user) => {
                let nickname = assignee.nickname.clone();
                nickname.unwrap_or_else(|| format!("#{}", user.unwrap_or_default()))
            }
        })
        .collect();
    let names = names.join(", ");
    match task.rule.as_str() {
        "any" => names,
        _ => visit.text.with("task-needs", &[("needed", task.needed.into()), ("of", names.into())]),
    }
}

fn decisions(visit: &Visit, task: &Task) -> Markup {
    if task.decisions.is_empty() && task.delegations.is_empty() {
        return html! {};
    }
    html! {
        section aria-label=(visit.t("decided-before")) {
            h2 { (visit.t("decided-before")) }
            ul.list {
                @for handed in &task.delegations { li {
                    @let name = |name: &Option<String>| {
                        name.clone().unwrap_or_else(|| "–".to_owned())
                    };
                    (visit.text.with("handed-on", &[
                        ("from", name(&handed.from_nickname).into()),
                        ("to", name(&handed.to_nickname).into()),
                    ]))
                    " · " (show::moment(&handed.created_at))
                } }
                @for said in &task.decisions {
                    li {
                        strong { (said.nickname) } " " (show::status(visit, &said.decision))
                        @if said.as_root { " " span.quiet { (visit.t("as-root")) } }
                        " · " (show::moment(&said.created_at))
                        @if let Some(comment) = &said.comment { p.said { (comment) } }
                        @if let Some(values) = &said.values {
                            dl.record { @for (name, value) in values {
                                div { dt { (super::layout::words(name)) } dd { (inputs::plain(value)) } }
                            } }
                        }
                    }
                }
            }
        }
    }
}

fn decision_form(visit: &Visit, task: &Task, sent: &Sent, refused: Option<&Refused>) -> Markup {
    let faults = refused.map_or(&[][..], |refused| &refused.errors);
    let value = |field: &Field| {
        let given = inputs::sent(sent, &field.name).map(str::to_owned);
        given.unwrap_or_else(|| field.usual())
    };
    html! {
        form.card method="post" action=(visit.at(&format!("/tasks/{}", task.id))) data-keep {
            @if let Some(fields) = &task.fields {
                @for field in fields { (field.draw(visit, &value(field), faults, "values.")) }
            }
            div.field {
                label for="comment" { (visit.t("comment")) " " span.quiet { (visit.t("optional")) } }
                textarea #comment name="comment" rows="3" {
                    (inputs::sent(sent, "comment").unwrap_or_default())
                }
            }
            div.buttons {
                @if task.fields.is_some() {
                    button.primary { (visit.t("submit")) }
                } @else {
                    button.primary name="decision" value="approved" { (visit.t("approve")) }
                    button.danger name="decision" value="rejected" { (visit.t("reject")) }
                }
            }
        }
    }
}

/// To whom the task can be handed on: by the exact name, or picked by those who may see users.
async fn delegation_form(
    visit: &Visit,
    task: &Task,
    sent: &Sent,
    refused: Option<&Refused>,
) -> Asked<Markup> {
    let account = visit.core.auth.account.definition;
    let faults = refused.map_or(&[][..], |refused| &refused.errors);
    let is_about = |told: &Told| told.field.as_deref() == Some("to");
    let is_open = faults.iter().any(is_about) || pick::is_turn(sent);
    let offers = search::offered(visit, account, pick::search(sent, "to")).await?;
    let own = visit.identity.user_id().map(|id| id.to_string());
    let offers: Vec<_> = offers.into_iter().filter(|(id, _)| Some(id) != own.as_ref()).collect();
    let field = Field::text("to", visit.t("delegate-to"), Some(visit.t("delegate-how")));
    let held = inputs::sent(sent, "to").unwrap_or_default().to_owned();
    let input = if visit.access.grant(Verb::List, account).is_none() {
        field.draw(visit, &held, faults, "")
    } else {
        let picker = Picker {
            name: "to",
            label: html! { (visit.t("delegate-to")) },
            required: true,
            held: vec![held],
            seen: Vec::new(),
            offers,
            search: pick::search(sent, "to"),
            source: visit.at(&format!("/pick/{}", account.name())),
            new: None,
            about: field.about(faults, ""),
        };
        picker.one(visit)
    };
    Ok(html! {
        details.card #delegate open[is_open] {
            summary { (visit.t("delegate")) }
            form method="post" action=(visit.at(&format!("/tasks/{}/delegate", task.id))) data-keep {
                (input)
                button { (visit.t("delegate")) }
            }
        }
    })
}
