//! Waking an execution: in the unit of what it waited for.

use jiff::Timestamp;

use crate::error::Result;
use crate::execution::wind_up::to;
use crate::execution::{EXECUTIONS, Fields, JOBS, JobStatus, State, TASKS};
use crate::store::sql::{Condition, Query, Set, Update};
use crate::store::{Statement, Tx};
use crate::value::{Type, Value};

/// An execution that was woken: what [`super::Engine::woken`] is told after the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Woken {
    pub(super) id: i64,
    pub(super) key: String,
    pub(super) record: i64,
}

/// What wakes an execution, built outside the unit.
#[derive(Debug, Clone)]
pub(crate) struct Wake {
    count: Statement,
    ready: Statement,
}

impl Wake {
    pub(super) fn new(id: i64) -> Self {
        let this = || Condition::eq("id", id);
        let open = this().and(Condition::Not(Box::new(Condition::Null("state"))));
        Self {
            // Counted even if it runs: it then sees that it must not wait.
            count: Update {
                table: EXECUTIONS,
                set: vec![("wakes", Set::Plus(1))],
                filter: open,
                returning: vec![("id", Type::Int), ("key", Type::Text), ("record_id", Type::Int)],
            }
            .build(),
            ready: Update {
                table: EXECUTIONS,
                set: vec![("state", to(State::Ready.as_str()))],
                filter: this().and(Condition::eq("state", State::Waiting.as_str())),
                returning: Vec::new(),
            }
            .build(),
        }
    }

    /// Wakes it; nothing if it is at its end.
    pub(super) async fn apply(&self, tx: &mut Tx) -> Result<Option<Woken>> {
        let Some(row) = tx.query(&self.count).await?.into_iter().next() else { return Ok(None) };
        tx.execute(&self.ready).await?;
        let mut from = Fields::new(row);
        Ok(Some(Woken { id: from.int()?, key: from.text()?, record: from.int()? }))
    }
}

/// Gives a waiting job its output.
pub(super) fn resolve_job(
    execution: i64,
    key: &str,
    output: Option<String>,
    now: Timestamp,
) -> Statement {
    Update {
        table: JOBS,
        set: vec![
            ("status", to(JobStatus::Resolved.as_str())),
            ("output", to(output)),
            ("finished_at", to(now)),
        ],
        filter: Condition::All(vec![
            Condition::eq("execution_id", execution),
            Condition::eq("key", key),
            Condition::eq("status", JobStatus::Pending.as_str()),
        ]),
        returning: Vec::new(),
    }
    .build()
}

/// Closes the open task of a job.
pub(super) fn close_task(execution: i64, key: &str, status: &str, now: Timestamp) -> Statement {
    Update {
        table: TASKS,
        set: vec![("status", to(status)), ("open", Set::To(Value::Null)), ("closed_at", to(now))],
        filter: Condition::All(vec![
            Condition::eq("execution_id", execution),
            Condition::eq("job_key", key),
            Condition::eq("open", true),
        ]),
        returning: Vec::new(),
    }
    .build()
}
