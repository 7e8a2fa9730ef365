//! What people do with executions: see, cancel, run again, remove.
//!
//! These take the store alone, so that a command beside the server can use them; within the
//! server use the methods of [`Engine`], which also tell the runner.

use std::future::Future;

use jiff::Timestamp;

use super::Engine;
use super::ending::{Ended, Ending};
use super::journal::jobs_of;
use crate::error::{Error, ErrorKind, Result};
use crate::execution::{
    ASSIGNEES, DECISIONS, DELEGATIONS, EXECUTIONS, Execution, Fields, JOBS, Job, NewExecution,
    PAST_JOBS, SIGNALS, Status, TASKS, TIMERS,
};
use crate::store::sql::{Condition, Count, CountBy, Delete, Exists, Name, Op, Query, Select};
use crate::store::{Statement, Store};
use crate::value::{Type, Value};
use crate::watch;

/// An execution with its jobs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub execution: Execution,
    /// In the order in which the workflow came to them.
    pub jobs: Vec<Job>,
    /// Those that were put aside as it was run again, each with when that was.
    pub past: Vec<(Timestamp, Job)>,
}

/// Executions without their contexts, the newest first if no order is given; and how many there
/// are in all.
///
/// `filter` and `order` are about the columns `id`, `key`, `collection`, `record_id`, `status`,
/// `user_id`, `caller_id`, `error`, `created_at`, `started_at` and `finished_at`.
///
/// # Errors
///
/// As [`Store::read`].
pub(crate) async fn list(
    store: &Store,
    filter: Condition,
    order: Vec<(Name, bool)>,
    limit: u64,
    offset: u64,
) -> Result<(Vec<Execution>, u64)> {
    let filter = by_index(filter);
    let count = Count { table: EXECUTIONS, filter: filter.clone() }.build().unbounded();
    let without_context = Execution::COLUMNS.len() - 1;
    let query = Select {
        table: EXECUTIONS,
        columns: Execution::COLUMNS[..without_context].to_vec(),
        filter,
        order: if order.is_empty() { vec![("id", true)] } else { order },
        limit: Some(limit),
        offset: Some(offset),
    };
    let rows = store.read(&query.build().unbounded()).await?;
    let found = rows.into_iter().map(Execution::from_values).collect::<Result<_>>()?;
    let count = store.read(&count).await?;
    let count = count.first().and_then(|row| row.first()).and_then(Value::as_int);
    Ok((found, count.unwrap_or(0).cast_unsigned()))
}

/// How many executions there are of each workflow in each status, of those that fit.
///
/// `filter` as in [`list`].
///
/// # Errors
///
/// As [`Store::read`].
pub(crate) async fn counts(store: &Store, filter: Condition) -> Result<Vec<(String, Status, u64)>> {
    let is_set = |column| Condition::Not(Box::new(Condition::Null(column)));
    let ended = Status::ALL.into_iter().filter(|status| !status.is_open());
    let ended = ended.map(|status| status.as_str().into()).collect();
    // Each served by an index of its own.
    let halves = [is_set("state"), Condition::In("status", ended).and(is_set("finished_at"))];
    let mut counts = Vec::new();
    for half in halves {
        let columns = vec![("key", Type::Text), ("status", Type::Text)];
        let filter = Condition::All(vec![filter.clone(), half]);
        let count = CountBy { table: EXECUTIONS, columns, filter };
        for row in store.read(&count.build().unbounded()).await? {
            let mut from = Fields::new(row);
            let (key, status) = (from.text()?, from.word(Status::parse)?);
            counts.push((key, status, from.int()?.cast_unsigned()));
        }
    }
    Ok(counts)
}

/// The filter with what leads the store to an index, where it names statuses that are rare.
fn by_index(filter: Condition) -> Condition {
    let Condition::All(mut all) = filter else { return filter };
    let names_status = |condition: &Condition| matches!(condition, Condition::In("status", _));
    let names_error = |condition: &Condition| matches!(condition, Condition::Text("error", ..));
    // What is resolved has no error.
    if all.iter().any(names_error) && !all.iter().any(names_status) {
        let others = Status::ALL.into_iter().filter(|status| *status != Status::Resolved);
        all.push(Condition::In("status", others.map(|status| status.as_str().into()).collect()));
    }
    let all = all.into_iter().map(|condition| match condition {
        Condition::In("status", statuses) => of_statuses(statuses),
        other => other,
    });
    Condition::All(all.collect())
}

fn of_statuses(statuses: Vec<Value>) -> Condition {
    let is = |value: &Value, fits: fn(Status) -> bool| {
        value.as_text().and_then(Status::parse).is_some_and(fits)
    };
    // Most are resolved: the newest of them are found soonest without.
    if statuses.iter().any(|status| is(status, |status| status == Status::Resolved)) {
        return Condition::In("status", statuses);
    }
    let (open, ended): (Vec<_>, Vec<_>) =
        statuses.into_iter().partition(|status| is(status, Status::is_open));
    let halves = [("state", open), ("finished_at", ended)];
    let halves = halves.into_iter().filter(|(_, statuses)| !statuses.is_empty());
    let any = halves.map(|(set, statuses)| {
        Condition::In("status", statuses).and(Condition::Not(Box::new(Condition::Null(set))))
    });
    Condition::Any(any.collect())
}

/// One execution, with its context and jobs.
///
/// # Errors
///
/// [`ErrorKind::NotFound`] if there is none.
pub(crate) async fn get(store: &Store, id: i64) -> Result<Found> {
    let row = store.read(&execution_of(id)).await?.into_iter().next();
    let row = row.ok_or_else(|| missing(id))?;
    let jobs = store.read(&jobs_of(id).unbounded()).await?;
    let past = store.read(&past_jobs_of(id).unbounded()).await?;
    let past_job = |row| {
        let mut from = Fields::new(row);
        let restarted = from.moment()?.ok_or_else(|| missing(id))?;
        Ok((restarted, Job::read(&mut from)?))
    };
    Ok(Found {
        execution: Execution::from_values(row)?,
        jobs: jobs.into_iter().map(Job::from_values).collect::<Result<_>>()?,
        past: past.into_iter().map(past_job).collect::<Result<_>>()?,
    })
}

/// An execution with its context.
pub(super) fn execution_of(id: i64) -> Statement {
    Select {
        table: EXECUTIONS,
        columns: Execution::COLUMNS.to_vec(),
        filter: Condition::eq("id", id),
        order: Vec::new(),
        limit: None,
        offset: None,
    }
    .build()
}

fn past_jobs_of(id: i64) -> Statement {
    let mut columns = vec![("restarted_at", Type::Timestamp)];
    columns.extend(Job::COLUMNS);
    Select {
        table: PAST_JOBS,
        columns,
        filter: Condition::eq("execution_id", id),
        order: vec![("epoch", false), ("position", false), ("key", false)],
        limit: None,
        offset: None,
    }
    .build()
}

pub(super) fn missing(id: i64) -> Error {
    Error::new(ErrorKind::NotFound, "not_found", format!("there is no execution {id}"))
}

/// Cancels an execution: its tasks and timers close, whoever runs it is fenced off.
///
/// # Errors
///
/// [`ErrorKind::Conflict`] if it is at its end, [`ErrorKind::NotFound`] if there is none.
pub(crate) async fn cancel(store: &Store, id: i64, now: Timestamp) -> Result<Ended> {
    let ended = end(store, id, Status::Aborted, now, "it was cancelled").await?;
    if !ended.is_empty() {
        return Ok(ended);
    }
    let found = get(store, id).await?.execution;
    Err(Error::new(
        ErrorKind::Conflict,
        "final",
        format!("the execution {id} is `{}` already", found.status),
    ))
}

/// Ends an execution that is not at its end, and all that it called.
///
/// A full queue does not refuse it: it is what makes room again, and a timer has nobody to ask it
/// for a second attempt.
pub(super) async fn end(
    store: &Store,
    id: i64,
    status: Status,
    now: Timestamp,
    error: &str,
) -> Result<Ended> {
    let ending = Ending::new(Condition::eq("id", id), status, now, error);
    store.write_reserved(move |tx| Box::pin(async move { ending.apply(tx).await })).await
}

/// Removes an execution that is at its end, with its jobs and tasks.
///
/// # Errors
///
/// [`ErrorKind::Conflict`] if it is not at its end, [`ErrorKind::NotFound`] if there is none.
pub(crate) async fn destroy(store: &Store, id: i64) -> Result<()> {
    if remove(store, vec![id.into()]).await? > 0 {
        return Ok(());
    }
    let found = get(store, id).await?.execution;
    Err(Error::new(
        ErrorKind::Conflict,
        "not_final",
        format!("the execution {id} is `{}`: cancel it first", found.status),
    ))
}

/// Removes those of the executions that are at their end.
///
/// A full queue refuses it: old executions can wait until there is less to write.
pub(super) async fn remove(store: &Store, ids: Vec<Value>) -> Result<u64> {
    let ended = Condition::In("id", ids).and(Condition::Null("state"));
    let of_task = |table: Name| {
        let task = Exists {
            table: TASKS,
            inner: "id",
            outer: "task_id",
            filter: of_execution(ended.clone()),
        };
        Delete { table, filter: Condition::Exists(Box::new(task)) }.build()
    };
    let of_them = |table: Name| Delete { table, filter: of_execution(ended.clone()) }.build();
    let children = vec![
        of_task(ASSIGNEES),
        of_task(DECISIONS),
        of_task(DELEGATIONS),
        of_them(TASKS),
        of_them(TIMERS),
        of_them(SIGNALS),
        of_them(JOBS),
        of_them(PAST_JOBS),
    ];
    let them = Delete { table: EXECUTIONS, filter: ended }.build();
    store
        .write(move |tx| {
            Box::pin(async move {
                tx.batch(&children).await?;
                tx.execute(&them).await
            })
        })
        .await
}

fn of_execution(filter: Condition) -> Condition {
    Condition::Exists(Box::new(Exists {
        table: EXECUTIONS,
        inner: "id",
        outer: "execution_id",
        filter,
    }))
}

/// Ids of executions that ended so before `before`, the earliest first; not of those whose caller
/// has not ended.
pub(super) async fn ended_before(
    store: &Store,
    status: Status,
    before: Timestamp,
    limit: u64,
) -> Result<Vec<Value>> {
    let called = Condition::Exists(Box::new(Exists {
        table: EXECUTIONS,
        inner: "id",
        outer: "caller_id",
        filter: Condition::Not(Box::new(Condition::Null("state"))),
    }));
    let query = Select {
        table: EXECUTIONS,
        columns: vec![("id", Type::Int)],
        // As `remove` does it: what has no end yet is never removed.
        filter: Condition::All(vec![
            Condition::eq("status", status.as_str()),
            Condition::Compare("finished_at", Op::Lt, before.into()),
            Condition::Null("state"),
            Condition::Not(Box::new(called)),
        ]),
        order: vec![("finished_at", false)],
        limit: Some(limit),
        offset: None,
    };
    let rows = store.read(&query.build()).await?;
    rows.into_iter().map(|row| Fields::new(row).int().map(Value::Int)).collect()
}

impl Engine {
    /// [`cancel`], and drops the run if this process has it.
    ///
    /// # Errors
    ///
    /// As [`cancel`].
    pub(crate) async fn cancel(&self, id: i64) -> Result<()> {
        let core = self.core()?;
        handed_over(async move {
            let ended = cancel(&core.store, id, core.clock.now()).await?;
            core.engine.ended(&ended);
            Ok(())
        })
        .await
    }

    /// Writes an execution that no action fired, and starts it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] if its workflow refuses to overlap.
    pub(crate) async fn execute(&self, mut execution: NewExecution) -> Result<i64> {
        let core = self.core()?;
        let id = execution.id;
        let checks: Vec<_> = execution.overlap_check().into_iter().collect();
        let birth = execution.birth(&core)?;
        handed_over(async move {
            let unit = core.store.write(move |tx| {
                Box::pin(async move {
                    crate::execution::refuse_overlaps(tx, &checks).await?;
                    crate::execution::bear(tx, &[birth]).await
                })
            });
            unit.await?.into_iter().for_each(|ended| core.engine.ended(&ended));
            core.engine.committed(vec![execution]);
            Ok(id)
        })
        .await
    }
}

/// Writes and hands over on a task of its own: whoever asked may hang up between the two, and what
/// is written has to take effect all the same.
pub(super) async fn handed_over<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    watch::spawn(work).await?
}
