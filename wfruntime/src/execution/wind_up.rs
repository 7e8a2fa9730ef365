//! What else ends when an execution ends: its tasks, timers and unfinished jobs.

use jiff::Timestamp;

use crate::execution::{EXECUTIONS, JOBS, JobStatus, SIGNALS, Status, TASKS, TIMERS};
use crate::store::Statement;
use crate::store::sql::{Condition, Delete, Name, Op, Query, Set, Update};
use crate::value::{Type, Value};

/// Closes what belongs to one execution.
pub(crate) fn one(id: i64, now: Timestamp) -> Vec<Statement> {
    closing(&|_| Condition::eq("execution_id", id), now)
}

/// Closes what belongs to executions, and removes what was sent to them and nothing took.
pub(crate) fn several(ids: &[i64], now: Timestamp) -> Vec<Statement> {
    let mut statements = closing(&|_| Condition::In("execution_id", values(ids)), now);
    statements.push(untaken_signals(ids));
    statements
}

fn values(ids: &[i64]) -> Vec<Value> {
    ids.iter().copied().map(Value::from).collect()
}

/// Removes what was sent to executions and nothing took.
pub(crate) fn untaken_signals(ids: &[i64]) -> Statement {
    let untaken = Condition::In("execution_id", values(ids)).and(Condition::Null("taken_by"));
    Delete { table: SIGNALS, filter: untaken }.build()
}

/// Closes what belongs to these jobs of an execution.
pub(crate) fn jobs(id: i64, keys: &[Value], now: Timestamp) -> Vec<Statement> {
    let theirs =
        |column: Name| Condition::eq("execution_id", id).and(Condition::In(column, keys.to_vec()));
    closing(&theirs, now)
}

/// Closes what belongs to the branches of a block, except the winner's.
pub(crate) fn block(id: i64, key: &str, winner: Option<usize>, now: Timestamp) -> Vec<Statement> {
    let theirs = |column| Condition::eq("execution_id", id).and(losers(key, winner, column));
    closing(&theirs, now)
}

/// Keys of jobs in the branches of a block, except the winner's, in this column.
pub(crate) fn losers(key: &str, winner: Option<usize>, column: Name) -> Condition {
    // What begins with a text lies between it and the same with the next character at its end.
    let between = |from: String, to: String| {
        Condition::All(vec![
            Condition::Compare(column, Op::Gte, from.into()),
            Condition::Compare(column, Op::Lt, to.into()),
        ])
    };
    let all = between(format!("{key}."), format!("{key}/"));
    match winner {
        Some(winner) => {
            let kept = between(format!("{key}.{winner}/"), format!("{key}.{winner}0"));
            all.and(Condition::Not(Box::new(kept)))
        }
        None => all,
    }
}

/// `theirs` gets the column that has the key of a job.
fn closing(theirs: &dyn Fn(Name) -> Condition, now: Timestamp) -> Vec<Statement> {
    vec![
        Update {
            table: TASKS,
            set: vec![
                ("status", to("closed")),
                ("open", Set::To(Value::Null)),
                ("closed_at", to(now)),
            ],
            filter: Condition::eq("open", true).and(theirs("job_key")),
            returning: Vec::new(),
        }
        .build(),
        Delete { table: TIMERS, filter: theirs("job_key") }.build(),
        Update {
            table: JOBS,
            set: vec![("status", to(JobStatus::Aborted.as_str())), ("finished_at", to(now))],
            filter: Condition::eq("status", JobStatus::Pending.as_str()).and(theirs("key")),
            returning: Vec::new(),
        }
        .build(),
    ]
}

/// The columns that tell which execution ended, and the node that called it.
pub(crate) const FINISHED: [(Name, Type); 4] =
    [("id", Type::Int), ("key", Type::Text), ("caller_id", Type::Int), ("caller_key", Type::Text)];

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
