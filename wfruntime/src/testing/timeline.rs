//! What happened to an execution, as text: a line for each moment worth one.

use std::fmt;

use jiff::Timestamp;

use super::execution::{Execution, Job};
use crate::engine::tasks::{Assignee, Task};
use crate::execution::{JobStatus, Status};

/// The longest output of a job that is shown whole, in characters.
const OUTPUT: usize = 160;

/// Writes it without a line break at the end.
pub(super) fn write(execution: &Execution, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let found = &execution.found;
    write!(f, "{} of {}", found.key, found.about())?;
    let by = execution.by.as_deref();
    let who = by.map_or_else(|| found.role.clone(), |by| format!("{by} as {}", found.role));
    line(f, found.created_at, &format!("fired by {who}"))?;
    let width = |of: fn(&Job) -> &str| {
        execution.jobs.iter().map(|job| of(job).chars().count()).max().unwrap_or(0)
    };
    let (keys, kinds) = (width(|job| &job.key), width(|job| &job.kind));
    for job in &execution.jobs {
        line(f, job.began, &format!("{:keys$}  {:kinds$}  {}", job.key, job.kind, became(job)))?;
        for task in execution.tasks.iter().filter(|task| task.job_key == job.key) {
            write_task(task, f)?;
        }
    }
    let message = found.error.as_ref().map(|text| format!(": {}", indented(text)));
    let message = message.unwrap_or_default();
    match (found.status, found.finished_at) {
        (Status::Queued, _) => beside(f, "it waits for its turn"),
        (Status::Started, _) if waits(execution) => beside(f, "it waits"),
        (Status::Started, _) => beside(f, "it runs"),
        (status, Some(ended)) => line(f, ended, &format!("{status}{message}")),
        (status, None) => beside(f, &format!("{status}{message}")),
    }
}

fn waits(execution: &Execution) -> bool {
    execution.jobs.iter().any(|job| job.status == JobStatus::Pending)
}

/// A line of its own, at its moment.
fn line(f: &mut fmt::Formatter<'_>, at: Timestamp, text: &str) -> fmt::Result {
    write!(f, "\n  {}  {text}", moment(at))
}

/// A line below the one before it.
fn beside(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\n  {:19}  {text}", "")
}

fn moment(at: Timestamp) -> impl fmt::Display {
    at.strftime("%Y-%m-%d %H:%M:%S")
}

/// What became of a job.
fn became(job: &Job) -> String {
    let mut text = job.status.to_string();
    if job.attempts > 1 {
        text.push_str(&format!(" after {} attempts", job.attempts));
    }
    if let Some(ended) = job.ended
        && ended.as_second() > job.began.as_second()
    {
        text.push_str(&format!(" at {}", moment(ended)));
    }
    if let Some(output) = &job.shown
        && job.status == JobStatus::Resolved
    {
        text.push_str(&format!("  {}", short(output)));
    }
    if let Some(error) = &job.error {
        text.push_str(&format!(": {}", indented(error)));
    }
    text
}

fn write_task(task: &Task, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let assignees = task.assignees.iter().map(|seat| match &seat.who {
        Assignee::User(user) => format!("user {user}"),
        Assignee::Role(role) => format!("the role `{role}`"),
    });
    let assignees = assignees.collect::<Vec<_>>().join(", ");
    let mut text = format!("task {} {:?} for {assignees}", task.id, task.title);
    if let Some(due) = task.due_at {
        text.push_str(&format!(" until {}", moment(due)));
    }
    beside(f, &format!("{text}: {}", task.status))?;
    for decision in &task.decisions {
        let comment = decision.comment.as_ref().map(|comment| format!(": {comment}"));
        let text = format!(
            "{}  {} by {} as {}{}",
            moment(decision.created_at),
            decision.decision,
            decision.nickname,
            decision.role,
            comment.unwrap_or_default()
        );
        beside(f, &indented(&text))?;
    }
    Ok(())
}

/// At most so long that a line stays one.
fn short(text: &str) -> String {
    if text.chars().count() <= OUTPUT {
        return text.to_owned();
    }
    let begin: String = text.chars().take(OUTPUT).collect();
    format!("{begin}…")
}

/// Further lines stand below the first one.
fn indented(text: &str) -> String {
    text.replace('\n', &format!("\n{:23}", ""))
}
