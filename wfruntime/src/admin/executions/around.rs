//! What stands around an execution: its record, who and what caused it, what it waits for.

use std::collections::HashSet;

use maud::{Markup, html};
use serde_json::Value;

use super::super::inputs::plain;
use super::super::place::Visit;
use super::super::{show, workflows};
use super::timeline::folded;
use super::{Assignee, Execution, Job, Task};

/// The record that it is about, as a link if its collection is still there.
pub(super) fn record(visit: &Visit, execution: &Execution) -> Markup {
    let Some(collection) = &execution.collection else { return html! { "–" } };
    let Some(id) = execution.record_id else { return html! { (collection) } };
    let is_known = visit.collections().any(|known| known.name() == collection);
    html! {
        @if is_known {
            a href=(visit.at(&format!("/data/{collection}/{id}"))) { (collection) " #" (id) }
        } @else { (collection) " #" (id) }
    }
}

pub(super) fn facts(visit: &Visit, execution: &Execution) -> Markup {
    let today = visit.core.workflows.get(&execution.key).map(|(meta, _)| meta);
    let is_todays = today.map(crate::execution::revision).as_ref() == Some(&execution.revision);
    let nickname = execution.context["user"]["nickname"].as_str();
    let (created, finished) = (&execution.created_at, execution.finished_at.as_deref());
    html! {
        section.card aria-label=(visit.t("fields")) {
            dl.record {
                div { dt { (visit.t("record")) } dd { (record(visit, execution)) } }
                div { dt { (visit.t("by")) } dd { (by(visit, execution, nickname)) } }
                div { dt { (visit.t("caused-by")) } dd { (chain(visit, execution)) } }
                div { dt { (visit.t("created")) } dd { (show::moment(created)) } }
                @if let Some(at) = &execution.started_at {
                    div { dt { (visit.t("started")) } dd { (show::moment(at)) } }
                }
                @if let Some(at) = finished {
                    div { dt { (visit.t("finished")) } dd {
                        (show::moment(at))
                        @if let Some(took) = show::duration(created, at) { " · " (took) }
                    } }
                }
                @if !execution.cut.is_empty() {
                    div { dt { (visit.t("not-again")) } dd { code { (execution.cut.join(", ")) } } }
                }
                div { dt { (visit.t("revision")) } dd {
                    code { (execution.revision) }
                    @if !is_todays { " " span.quiet { (visit.t("revision-other")) } }
                } }
                @if execution.version > 1 {
                    div { dt { (visit.t("version")) } dd { (execution.version) } }
                }
                @if let Some(trace) = &execution.trace_id {
                    div { dt { (visit.t("trace")) } dd { (workflows::copied(trace)) } }
                }
                div { dt { (visit.t("number")) } dd { (workflows::copied(&execution.id.to_string())) } }
            }
            @for message in &execution.messages { p.said { (message) } }
        }
    }
}

/// Who caused it, and in which role.
pub(super) fn by(visit: &Visit, execution: &Execution, nickname: Option<&str>) -> Markup {
    let role = execution.role_name.as_deref().unwrap_or("–");
    html! {
        @if let Some(user) = execution.user_id {
            a href=(visit.at(&format!("/users/{user}"))) {
                @if let Some(nickname) = nickname { (nickname) } @else { "#" (user) }
            }
            " (" (role) ")"
        } @else { (role) }
    }
}

/// The action, the workflows and the execution that caused it.
fn chain(visit: &Visit, execution: &Execution) -> Markup {
    let action = plain(&execution.context["action"]);
    let before = execution.chain.split_last().map_or(&[][..], |(_, before)| before);
    html! {
        @if !action.is_empty() { code { (action) } }
        @if let Some(caller) = execution.caller_id {
            " " a href=(visit.at(&format!("/executions/{caller}"))) { (visit.t("called-by")) " #" (caller) }
            @if let Some(node) = &execution.caller_key { " " code { (node) } }
        }
        @for key in before {
            div.quiet {
                a href=(visit.at(&format!("/workflows/{}", show::encoded(key)))) {
                    (visit.workflow_title(key))
                }
            }
        }
    }
}

/// What it waits for, until when; and the executions that it called.
pub(super) fn waits(visit: &Visit, execution: &Execution) -> Markup {
    let waits =
        |job: &&Job| job.status == "pending" && !matches!(job.kind.as_str(), "parallel" | "race");
    let waiting: Vec<&Job> = execution.jobs.iter().filter(waits).collect();
    html! {
        @if !waiting.is_empty() || execution.deadline.is_some() {
            section.card {
                h2 { (visit.t("waits-for")) }
                ul.plain {
                    @for job in waiting { li { (wait(visit, job)) } }
                    @if let Some(deadline) = &execution.deadline {
                        li.quiet { (visit.t("aborted-at")) " " (show::moment(deadline)) }
                    }
                }
            }
        }
        @if !execution.called.is_empty() {
            section.card {
                h2 { (visit.t("called")) }
                ul.plain {
                    @for called in &execution.called {
                        li {
                            a href=(visit.at(&format!("/executions/{}", called.id))) {
                                (visit.workflow_title(&called.key))
                            }
                            " " (show::status(visit, &called.status)) " " code.quiet { (called.node) }
                        }
                    }
                }
            }
        }
    }
}

/// What is asked of people, as a link for those who are asked; and of whom.
pub(super) fn task(visit: &Visit, task: &Task) -> Markup {
    let is_asked = |it: &Assignee| match &it.role {
        Some(role) => role == visit.access.role(),
        None => it.user_id == visit.identity.user_id(),
    };
    let decides = visit.access.is_root() || task.assignees.iter().any(is_asked);
    let names = task.assignees.iter().map(|assignee| match (&assignee.role, assignee.user_id) {
        (Some(role), _) => role.clone(),
        (None, user) => format!("#{}", user.unwrap_or_default()),
    });
    html! {
        @if decides {
            a href=(visit.at(&format!("/tasks/{}", task.id))) { (task.title) }
        } @else { (task.title) }
        " " (show::status(visit, &task.status)) " "
        span.quiet { (names.collect::<Vec<_>>().join(", ")) }
    }
}

fn wait(visit: &Visit, job: &Job) -> Markup {
    let name = job.input["name"].as_str();
    html! {
        strong { (job.kind) } " "
        @if let Some(task) = &job.task {
            (self::task(visit, task))
        } @else if let (true, Some(name)) = (job.kind == "signal", name) {
            code { (name) }
        } @else { code { (job.key) } }
        @if let Some(until) = &job.until { " · " (visit.t("until")) " " (show::moment(until)) }
        @if let (Some(last), true) = (job.tries.last(), job.attempts > 0) {
            " · " (visit.text.with("attempts", &[("count", job.attempts.into())]))
            @if let Some(error) = &last.error { div.fault { (error) } }
        }
    }
}

/// What fired it, as it was at that moment.
pub(super) fn cause(visit: &Visit, execution: &Execution) -> Markup {
    let context = &execution.context;
    let changed = context["changed"].as_array().map_or(&[][..], Vec::as_slice);
    // Of a batch, a list for each record.
    let names =
        changed.iter().flat_map(|of| of.as_array().map_or(std::slice::from_ref(of), |of| of));
    let mut changed: Vec<String> = names.map(plain).collect();
    let mut seen = HashSet::new();
    changed.retain(|name| seen.insert(name.clone()));
    html! {
        @if let Value::Object(members) = context {
            section {
                h2 { (visit.t("cause")) }
                @if !changed.is_empty() {
                    p { (visit.t("changed-fields")) ": " (changed.join(", ")) }
                }
                (folded(&visit.t("context"), "context", &context["data"]))
                @if members.get("before").is_some_and(|before| !before.is_null()) {
                    (folded(&visit.t("before"), "before", &context["before"]))
                }
            }
        }
    }
}
