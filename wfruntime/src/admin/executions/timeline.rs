//! The nodes of an execution in the order in which it came to them, with every attempt.

use maud::{Markup, html};
use serde_json::Value;

use super::super::place::Visit;
use super::super::{show, workflows};
use super::{Execution, Job, around};

/// How many nodes stand on one page.
const PAGE: usize = 200;
/// The longest value that is not folded away, in bytes.
const SHORT: usize = 80;

/// Running an execution again.
pub(super) struct Again {
    id: i64,
    /// Whether something of it can be run again.
    pub(super) can: bool,
}

impl Again {
    pub(super) fn of(visit: &Visit, execution: &Execution) -> Self {
        let statuses = ["error", "failed", "aborted", "stranded"];
        let can = statuses.contains(&execution.status.as_str())
            && execution.context.is_object()
            && visit.core.workflows.get(&execution.key).is_some();
        Self { id: execution.id, can }
    }

    /// The button that runs it again from a node.
    pub(super) fn button(&self, visit: &Visit, node: &str, label: &str, class: &str) -> Markup {
        let label = visit.t(label);
        html! {
            form.inline method="post" action=(visit.at(&format!("/executions/{}/rerun", self.id))) {
                input type="hidden" name="from" value=(node);
                button class=(class) aria-label=(format!("{label}: {node}")) { (label) }
            }
        }
    }
}

/// All nodes that it came to.
pub(super) fn nodes(visit: &Visit, execution: &Execution, again: &Again) -> Markup {
    let jobs = &execution.jobs;
    let last = jobs.len().div_ceil(PAGE).max(1);
    // What it does now is at the end.
    let page =
        visit.asked("nodes").and_then(|page| page.parse().ok()).unwrap_or(last).clamp(1, last);
    let shown = jobs.iter().skip((page - 1) * PAGE).take(PAGE);
    let to = |page: usize| visit.here_with("nodes", &page.to_string());
    html! {
        section {
            h2 { (visit.t("nodes")) }
            @if jobs.is_empty() { p.quiet { (visit.t("nodes-none")) } }
            @if last > 1 {
                nav.pages aria-label=(visit.t("nodes")) {
                    @if page > 1 { a rel="prev" href=(to(page - 1)) { (visit.t("previous")) } }
                    span { (visit.text.with("page-of", &[("page", page.into()), ("last", last.into())])) }
                    @if page < last { a rel="next" href=(to(page + 1)) { (visit.t("next")) } }
                }
            }
            ol.list.timeline {
                @for job in shown {
                    li id=(format!("node-{}", job.key)) data-status=(job.status) {
                        (node(visit, job, ""))
                        @if again.can { (again.button(visit, &job.key, "execution-from-here", "small")) }
                    }
                }
            }
        }
    }
}

/// The nodes that were put aside as it was run again, folded away.
pub(super) fn put_aside(visit: &Visit, jobs: &[Job]) -> Markup {
    if jobs.is_empty() {
        return html! {};
    }
    html! {
        details.card #put-aside {
            summary { (visit.t("put-aside")) " " span.quiet { (jobs.len()) } }
            p.quiet { (visit.t("put-aside-what")) }
            ol.list.timeline {
                @for job in jobs {
                    @let at = job.restarted_at.as_deref().unwrap_or_default();
                    li data-status=(job.status) {
                        span.quiet { (visit.t("run-again-at")) " " (show::moment(at)) } br;
                        (node(visit, job, at))
                    }
                }
            }
        }
    }
}

/// One node; `when` tells apart several of one key.
fn node(visit: &Visit, job: &Job, when: &str) -> Markup {
    let id = |what: &str| format!("{what}-{when}{}", job.key);
    let started = job.tries.first().map_or(&job.created_at, |first| &first.started_at);
    html! {
        (show::status(visit, &job.status)) " "
        strong { (job.kind) } " " (workflows::copied(&job.key)) " "
        span.quiet {
            (show::moment(started))
            @if let Some(at) = &job.finished_at {
                @if let Some(took) = show::duration(started, at) { " · " (took) }
            }
            @if let Some(until) = &job.until { " · " (visit.t("until")) " " (show::moment(until)) }
            @if job.attempts > 1 {
                " · " (visit.text.with("attempts", &[("count", job.attempts.into())]))
            }
        }
        @if let Some(task) = &job.task {
            div { (around::task(visit, task)) }
        }
        @if let Some(error) = &job.error { p.fault { (error) } }
        @if job.tries.len() > 1 { (tries(visit, job)) }
        @if !job.input.is_null() { (value(&visit.t("input"), &id("input"), &job.input)) }
        @if !job.output.is_null() { (value(&visit.t("output"), &id("output"), &job.output)) }
    }
}

/// Every attempt that is kept, with its times and why it failed.
fn tries(visit: &Visit, job: &Job) -> Markup {
    html! {
        ol.tries aria-label=(visit.t("tries")) {
            @for one in &job.tries {
                li value=(one.number) {
                    (show::moment(&one.started_at))
                    @if let Some(took) = show::duration(&one.started_at, &one.finished_at) {
                        span.quiet { " · " (took) }
                    }
                    @match &one.error {
                        Some(error) => span.fault { " " (error) },
                        None => { " " (show::status(visit, "resolved")) }
                    }
                }
            }
        }
    }
}

/// A value by its name: on one line if it is short, else folded away.
fn value(title: &str, id: &str, value: &Value) -> Markup {
    let text = value.to_string();
    if text.len() > SHORT {
        return folded(title, id, value);
    }
    html! { div { span.quiet { (title) ": " } code { (text) } } }
}

pub(super) fn folded(title: &str, id: &str, value: &Value) -> Markup {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    html! {
        details id=(format!("of-{id}")) { summary { (title) } pre.code tabindex="0" { (text) } }
    }
}
