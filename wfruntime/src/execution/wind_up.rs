//! What else ends when an execution ends: its tasks, timers and unfinished jobs.

use jiff::Timestamp;

use crate::execution::{EXECUTIONS, JOBS, JobStatus, Status, TASKS, TIMERS};
use crate::store::Statement;
use crate::store::sql::{Condition, Delete, Name, Query, Set, Update};
use crate::value::{Type, Value};

/// Closes what belongs to one execution.
pub(crate) fn one(id: i64, now: Timestamp) -> Vec<Statement> {
    closing(&|| Condition::eq("execution_id", id), now)
}

/// Closes what belongs to executions.
pub(crate) fn several(ids: &[i64], now: Timestamp) -> Vec<Statement> {
    let theirs = || ids.iter().copied().map(Value::from).collect();
    closing(&|| Condition::In("execution_id", theirs()), now)
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

/// The columns that tell which execution ended, and the node that called it.
pub(crate) const FINISHED: [(Name, Type); 3] =
    [("id", Type::Int), ("caller_id", Type::Int), ("caller_key", Type::Text)];

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
        returning: FINISHED.to_vec(),
    }
    .build()
}

/// A column set to a value.
pub(crate) fn to(value: impl Into<Value>) -> Set {
    Set::To(value.into())
}
