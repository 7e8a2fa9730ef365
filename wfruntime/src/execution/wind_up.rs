//! What else ends when an execution ends: its tasks, timers and unfinished jobs.

use jiff::Timestamp;

use crate::execution::{EXECUTIONS, JOBS, JobStatus, Status, TASKS, TIMERS};
use crate::store::Statement;
use crate::store::sql::{Condition, Delete, Exists, Query, Set, Update};
use crate::value::Value;

/// Aborts every execution for a record that is not at its end.
pub(crate) fn line(key: &str, record: i64, now: Timestamp) -> Vec<Statement> {
    let earlier = || {
        Condition::All(vec![
            Condition::eq("key", key),
            Condition::eq("record_id", record),
            Condition::Not(Box::new(Condition::Null("state"))),
        ])
    };
    let theirs = || {
        Condition::Exists(Box::new(Exists {
            table: EXECUTIONS,
            inner: "id",
            outer: "execution_id",
            filter: earlier(),
        }))
    };
    let mut statements = closing(&theirs, now);
    statements.push(finish(earlier(), Status::Aborted, now, Some("a later one took its place")));
    statements
}

/// Closes what belongs to one execution.
pub(crate) fn one(id: i64, now: Timestamp) -> Vec<Statement> {
    closing(&|| Condition::eq("execution_id", id), now)
}

fn closing(theirs: &dyn Fn() -> Condition, now: Timestamp) -> Vec<Statement> {
    vec![
        Update {
            table: TASKS,
            set: vec![
                ("status", to("closed")),
                ("open", Set::To(Value::Null)),
                ("closed_at", to(now)),
            ],
            filter: Condition::eq("open", true).and(theirs()),
            returning: Vec::new(),
        }
        .build(),
        Delete { table: TIMERS, filter: theirs() }.build(),
        Update {
            table: JOBS,
            set: vec![("status", to(JobStatus::Aborted.as_str())), ("finished_at", to(now))],
            filter: Condition::eq("status", JobStatus::Pending.as_str()).and(theirs()),
            returning: Vec::new(),
        }
        .build(),
    ]
}

/// Ends the executions that fit, whoever holds them: their holder is fenced off.
pub(crate) fn finish(
    filter: Condition,
    status: Status,
    now: Timestamp,
    error: Option<&str>,
) -> Statement {
    Update {
        table: EXECUTIONS,
        set: vec![
            ("status", to(status.as_str())),
            ("state", Set::To(Value::Null)),
            ("owner", Set::To(Value::Null)),
            ("epoch", Set::Plus(1)),
            ("error", Set::To(error.into())),
            ("finished_at", to(now)),
        ],
        filter,
        returning: vec![("id", crate::value::Type::Int)],
    }
    .build()
}

/// A column set to a value.
pub(crate) fn to(value: impl Into<Value>) -> Set {
    Set::To(value.into())
}
