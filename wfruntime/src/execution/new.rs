//! A new execution: the statements that write it within the action's own unit.

use std::collections::HashSet;
use std::sync::Arc;

use crate::core::Core;
use crate::engine::ending::Ending;
use crate::error::{Error, ErrorKind, Result};
use crate::execution::template::Template;
use crate::execution::{Birth, EXECUTIONS, State, Status, stored};
use crate::store::sql::{Condition, Insert, OnConflict, Query, Select};
use crate::store::{Statement, Tx};
use crate::trigger::Snapshot;
use crate::value::{Type, Value};
use crate::watch::Trace;
use crate::workflow::{Overlap, WorkflowMeta};

/// An execution that an action starts, written in the action's unit.
///
/// After the commit, asynchronous ones are handed to [`crate::engine::Engine::committed`] and
/// synchronous ones to [`crate::engine::Engine::run_sync`], as they are: nothing is read again.
#[derive(Debug, Clone)]
pub(crate) struct NewExecution {
    /// Its id, from the application's ids.
    pub id: i64,
    /// What runs.
    pub workflow: &'static WorkflowMeta,
    /// The record whose line it stands in; without one it waits for no other.
    pub record: Option<i64>,
    /// What the workflow sees.
    pub snapshot: Arc<Snapshot>,
    /// The keys of the workflows that caused it, the first cause first; without its own.
    pub cause: Vec<String>,
    /// The node that called it and waits for its end.
    pub caller: Option<Caller>,
    /// The trace that it belongs to.
    pub trace: Trace,
    /// How it is born.
    pub status: NewStatus,
}

/// The node that called an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Its execution.
    pub id: i64,
    /// The key of its job.
    pub key: String,
}

impl From<(i64, String)> for Caller {
    fn from((id, key): (i64, String)) -> Self {
        Self { id, key }
    }
}

/// How a [`NewExecution`] is born.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NewStatus {
    /// It stands in line.
    Queued,
    /// It is held by this process, which runs it before it answers.
    StartedSync,
    /// It cannot run, for this reason; it is kept to be seen.
    Error(String),
}

impl NewExecution {
    /// The status that the row gets.
    #[must_use]
    pub(crate) fn status(&self) -> Status {
        match self.status {
            NewStatus::Queued => Status::Queued,
            NewStatus::StartedSync => Status::Started,
            NewStatus::Error(_) => Status::Error,
        }
    }

    /// What its `record_id` holds: without a record its own id, which makes a line of its own.
    #[must_use]
    pub(crate) fn line(&self) -> i64 {
        self.record.unwrap_or(self.id)
    }

    /// The name of its workflow's collection; empty if it has none.
    fn collection(&self, core: &Core) -> &'static str {
        let found = core.workflows.version(self.workflow.key, self.workflow.version);
        found.and_then(|(_, definition)| definition).map_or("", |definition| definition.name())
    }

    /// What writes it; built outside the unit that executes it with [`super::bear`].
    ///
    /// If the workflow cancels earlier executions for the same record, this does it too. A
    /// context over the limit makes it an [`NewStatus::Error`].
    ///
    /// # Errors
    ///
    /// The snapshot cannot be written as JSON.
    pub(crate) fn birth(&mut self, core: &Core) -> Result<Birth> {
        let now = core.clock.now();
        let ends = (self.workflow.overlap == Overlap::CancelPrevious)
            .then(|| Ending::of_line(self.workflow.key, self.record, now));
        let mut context = Some(stored::write_snapshot(&self.snapshot)?);
        let size = context.as_ref().map_or(0, String::len);
        if size > core.settings.payload_limit {
            let limit = core.settings.payload_limit;
            self.status = NewStatus::Error(format!(
                "its context has {size} bytes, over the limit of {limit}"
            ));
            context = None;
        }
        let chain: Vec<&str> =
            self.cause.iter().map(String::as_str).chain([self.workflow.key]).collect();
        let (state, error) = match &self.status {
            NewStatus::Queued => (Some(State::Queued), None),
            NewStatus::StartedSync => (Some(State::Running), None),
            NewStatus::Error(error) => (None, Some(error.clone())),
        };
        let held = self.status == NewStatus::StartedSync;
        let started = (self.status != NewStatus::Queued).then_some(now);
        let snapshot = &self.snapshot;
        let (trace_id, trace_parent, trace_state) = self.trace.columns();
        let insert = INSERT.with(
            insert,
            vec![
                self.id.into(),
                self.workflow.key.into(),
                revision(self.workflow).into(),
                self.workflow.version.into(),
                self.collection(core).into(),
                self.line().into(),
                self.status().as_str().into(),
                state.map(State::as_str).into(),
                context.into(),
                serde_json::to_string(&chain)?.into(),
                self.caller.as_ref().map(|caller| caller.id).into(),
                self.caller.as_ref().map(|caller| caller.key.as_str()).into(),
                trace_id.into(),
                trace_parent.into(),
                trace_state.into(),
                snapshot.user.as_ref().map(|user| user.id).into(),
                snapshot.role.as_str().into(),
                held.then(|| core.engine.owner()).into(),
                i64::from(held).into(),
                0_i64.into(),
                "[]".into(),
                error.into(),
                (self.status == NewStatus::StartedSync).into(),
                now.into(),
                started.into(),
                state.is_none().then_some(now).into(),
            ],
        );
        Ok(Birth { ends, insert })
    }
}

static INSERT: Template = Template::new();

fn insert() -> Statement {
    let columns = vec![
        "id",
        "key",
        "revision",
        "version",
        "collection",
        "record_id",
        "status",
        "state",
        "context",
        "chain",
        "caller_id",
        "caller_key",
        "trace_id",
        "trace_parent",
        "trace_state",
        "user_id",
        "role",
        "owner",
        "epoch",
        "wakes",
        "messages",
        "error",
        "sync",
        "created_at",
        "started_at",
        "finished_at",
    ];
    let row = vec![Value::Int(0); columns.len()];
    Insert { table: EXECUTIONS, columns, rows: vec![row], conflict: OnConflict::Fail }.build()
}

/// The revision of a workflow as it is stored and shown.
pub(crate) fn revision(workflow: &WorkflowMeta) -> String {
    format!("{:016x}", workflow.revision)
}

/// Refuses the unit if a workflow that does not overlap has an execution that is not final, or
/// gets two for one record.
///
/// The action calls it within its unit, before it writes; `checks` come from
/// [`NewExecution::overlap_check`].
///
/// # Errors
///
/// [`ErrorKind::Conflict`] naming the workflow.
pub(crate) async fn refuse_overlaps(tx: &mut Tx, checks: &[OverlapCheck]) -> Result<()> {
    let mut seen = HashSet::with_capacity(checks.len());
    for check in checks {
        let overlap = |text| Error::new(ErrorKind::Conflict, "overlap", text);
        let whose = if check.record.is_some() { " for this record" } else { "" };
        if !seen.insert((check.key, check.record)) {
            return Err(overlap(format!("`{}` would run twice at once{whose}", check.key)));
        }
        if !tx.query(&check.statement).await?.is_empty() {
            return Err(overlap(format!("`{}` is still running{whose}", check.key)));
        }
    }
    Ok(())
}

/// The executions of a workflow for a record; without one, all of its executions.
pub(crate) fn of_line(key: &str, record: Option<i64>) -> Condition {
    let of_it = Condition::eq("key", key);
    match record {
        Some(record) => of_it.and(Condition::eq("record_id", record)),
        None => of_it,
    }
}

/// Finds the executions that a new one may not overlap.
#[derive(Debug, Clone)]
pub(crate) struct OverlapCheck {
    key: &'static str,
    record: Option<i64>,
    statement: Statement,
}

impl NewExecution {
    /// The check that its workflow asks for, if it refuses to overlap.
    #[must_use]
    pub(crate) fn overlap_check(&self) -> Option<OverlapCheck> {
        let key = self.workflow.key;
        (self.workflow.overlap == Overlap::Refuse).then(|| OverlapCheck {
            key,
            record: self.record,
            statement: Select {
                table: EXECUTIONS,
                columns: vec![("id", Type::Int)],
                filter: of_line(key, self.record)
                    .and(Condition::Not(Box::new(Condition::Null("state")))),
                order: Vec::new(),
                limit: Some(1),
                offset: None,
            }
            .build(),
        })
    }
}
