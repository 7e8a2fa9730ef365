//! One execution: what became of it, its graph, its nodes, and what can be done about it.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use super::super::ask::Asked;
use super::super::layout::Sheet;
use super::super::place::Visit;
use super::super::{show, workflows};
use super::timeline::{self, Again};
use super::{Execution, Job, around};
use crate::workflow::{Sketch, WorkflowMeta, without_passes};

pub(in super::super) async fn one(visit: Visit, Path(id): Path<i64>) -> Response {
    let sheet = sheet(&visit, id).await;
    visit.page(sheet).await
}

async fn sheet(visit: &Visit, id: i64) -> Asked<Sheet> {
    let answer = visit.read(&format!("executions:get?filterByTk={id}")).await?;
    let execution: Execution = super::read(&answer["data"])?;
    let title = visit.workflow_title(&execution.key);
    let again = Again::of(visit, &execution);
    let states = states(&execution.jobs);
    let (sketch, note) = sketch(visit, &execution);
    let content = html! {
        p.crumb {
            a href=(visit.at("/executions")) { (visit.t("executions")) } " · "
            a href=(visit.at(&format!("/workflows/{}", show::encoded(&execution.key)))) { (title) }
        }
        div.heading {
            h1 { (title) " " (show::status(visit, &execution.status)) }
            (commands(visit, &execution, &again))
        }
        (trouble(visit, &execution, &again))
        (around::facts(visit, &execution))
        (around::waits(visit, &execution))
        (workflows::picture(visit, &title, &sketch, &visit.t(note), &|key| states.get(key).copied()))
        (timeline::nodes(visit, &execution, &again))
        (timeline::put_aside(visit, &execution.past_jobs))
        (around::cause(visit, &execution))
    };
    Ok(Sheet::live(title, content))
}

/// Its graph: that of its version of the workflow, or else what it did.
fn sketch(visit: &Visit, execution: &Execution) -> (Sketch, &'static str) {
    let version = visit.core.workflows.version(&execution.key, execution.version);
    if let Some(graph) = version.and_then(|(meta, _)| meta.graph) {
        return (graph.into(), "graph-states");
    }
    let steps = execution.jobs.iter().map(|job| (job.key.clone(), job.kind.clone()));
    let trigger =
        version.map(|(meta, _)| meta).map_or(execution.key.clone(), WorkflowMeta::trigger);
    (Sketch::seen(trigger, &[steps.collect()]), "graph-of-nodes")
}

fn commands(visit: &Visit, execution: &Execution, again: &Again) -> Markup {
    let command = |name: &str, class: &str, label: &str| {
        let path = format!("/executions/{}/{name}", execution.id);
        html! {
            form.inline method="post" action=(visit.at(&path)) {
                button class=(class) { (visit.t(label)) }
            }
        }
    };
    html! {
        div.buttons {
            @if matches!(execution.status.as_str(), "queued" | "started" | "stranded") {
                (command("cancel", "danger", "execution-cancel"))
            }
            @match execution.status.as_str() {
                "error" if again.can => (command("rerun", "primary", "execution-rerun")),
                "aborted" if again.can => (command("rerun", "primary", "execution-go-on")),
                _ => {}
            }
        }
    }
}

/// Why it ended as it did; of a stranded one what does not fit, and the way on.
fn trouble(visit: &Visit, execution: &Execution, again: &Again) -> Markup {
    let Some(error) = &execution.error else { return html! {} };
    if execution.status != "stranded" {
        return html! {
            div.refusal {
                strong { (visit.t(&format!("status-{}", execution.status))) } p { (error) }
            }
        };
    }
    let today = visit.core.workflows.get(&execution.key).map(|(meta, _)| meta);
    let today = today.map(crate::execution::revision);
    html! {
        div.refusal {
            strong { (visit.t("stranded-why")) }
            p { (error) }
            p.quiet {
                (visit.t("stranded-what"))
                @if let Some(today) = &today {
                    " " (visit.t("revision")) ": " code { (execution.revision) } " → " code { (today) }
                }
            }
            @if let (Some(node), true) = (misfit(execution, error), again.can) {
                p { a href=(format!("#node-{}", node.key)) { code { (node.key) } } }
                (again.button(visit, &node.key, "execution-restart", "primary"))
            }
        }
    }
}

/// The node whose job does not fit, which the reason names.
fn misfit<'e>(execution: &'e Execution, why: &str) -> Option<&'e Job> {
    execution.jobs.iter().find(|job| why.contains(&format!("`{}`", job.key)))
}

/// What each node of the graph came to: of several passes of a loop, the one that matters most.
fn states(jobs: &[Job]) -> HashMap<String, &'static str> {
    const RANKS: [&str; 4] = ["resolved", "aborted", "pending", "error"];
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_node_is_what_its_worst_pass_came_to() {
        let job = |key: &str, status: &str| -> Job {
            let job = json!({ "key": key, "kind": "create", "status": status, "output": null,
                "input": null, "error": null, "attempts": 1, "tries": [], "createdAt": "" });
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
