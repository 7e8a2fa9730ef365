//! Running an execution again: from the node that broke, or from a named one.
//!
//! What runs again is put aside first: its jobs stay to be seen, what they wait for is closed.

use jiff::Timestamp;

use super::ending::{Ended, called_by, end_called};
use super::journal::{self, jobs_of};
use super::run::blocks::{branch_of, is_block};
use super::{Engine, control};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::execution::wind_up::{self, to};
use crate::execution::{
    EXECUTIONS, Execution, JOBS, Job, JobStatus, PAST_JOBS, SIGNALS, State, Status,
};
use crate::spelling;
use crate::store::sql::{Condition, Delete, Insert, OnConflict, Query, Select, Set, Update};
use crate::store::{Expect, Statement, Tx};
use crate::value::{Type, Value};

/// How many jobs one statement is about.
const CHUNK: usize = 500;

/// An execution that was made ready to run again.
#[derive(Debug)]
pub(crate) struct Restarted {
    key: String,
    record: i64,
    /// What was called by the nodes that run again.
    ended: Ended,
}

/// Makes an execution ready to run again, in one unit.
///
/// Jobs that finished before the node are kept. What came after it, apart from branches beside it,
/// is put aside: its tasks and timers close, what it called ends, and the signals it took can be
/// taken again.
///
/// # Errors
///
/// [`ErrorKind::Conflict`] if its status does not allow it, if its context was never stored, or if
/// the program does not have its workflow; [`ErrorKind::NotFound`] if there is none, or if it has
/// no such node.
pub(crate) async fn restart(core: &Core, id: i64, from: Option<String>) -> Result<Restarted> {
    let now = core.clock.now();
    let Execution { key, version, .. } = control::get(&core.store, id).await?.execution;
    let Some((in_force, _)) = core.workflows.get(&key) else {
        let text = format!("the program has no workflow `{key}`: nothing of {id} can be run again");
        return Err(Error::new(ErrorKind::Conflict, "unknown_workflow", text));
    };
    if in_force.runs_before() {
        let text = format!(
            "the execution {id} stood before a write, which is over: nothing of it can be run again"
        );
        return Err(Error::new(ErrorKind::Conflict, "not_rerunnable", text));
    }
    // One whose version is gone goes on in the version in force.
    let version = match core.workflows.version(&key, version) {
        Some(_) => version,
        None => in_force.version,
    };
    let unit = core.store.write(move |tx| {
        Box::pin(async move { within(tx, id, from.as_deref(), (now, version)).await })
    });
    unit.await
}

async fn within(
    tx: &mut Tx,
    id: i64,
    from: Option<&str>,
    (now, version): (Timestamp, u32),
) -> Result<Restarted> {
    let row = tx.query(&control::execution_of(id)).await?.into_iter().next();
    let execution = Execution::from_values(row.ok_or_else(|| control::missing(id))?)?;
    let jobs = tx.query(&jobs_of(id)).await?.into_iter().map(Job::from_values);
    let jobs = jobs.collect::<Result<Vec<_>>>()?;
    check(&execution, from.is_some())?;
    let first = match from {
        Some(node) => Some(named(id, &jobs, node)?),
        None => cause(&execution, &jobs),
    };
    let mut again: Vec<&Job> = first.map(|first| from_node(&jobs, first)).unwrap_or_default();
    let is_stranded = execution.status == Status::Stranded;
    if !is_stranded {
        // What its end closed begins anew. A block only holds its branches.
        let open = [JobStatus::Aborted, JobStatus::Pending];
        let closed = jobs.iter().filter(|job| open.contains(&job.status) && !is_block(&job.kind));
        let closed: Vec<&Job> =
            closed.filter(|job| again.iter().all(|other| other.key != job.key)).collect();
        again.extend(closed);
        tx.batch(&wind_up::one(id, now)).await?;
    }
    let epoch = make_ready(tx, &execution, (now, version)).await?;
    for jobs in again.chunks(CHUNK) {
        tx.batch(&put_aside(id, epoch, jobs, now)).await?;
    }
    let mut called = called_by(&[id]);
    if is_stranded {
        let calls = again.iter().filter(|job| job.kind == "call");
        let calls = calls.map(|job| Value::from(job.key.as_str())).collect();
        called = called.and(Condition::In("caller_key", calls));
    }
    let ended = end_called(tx, called, now).await?;
    let line = execution.record_id.unwrap_or(id);
    Ok(Restarted { key: execution.key, record: line, ended })
}

fn check(execution: &Execution, names_node: bool) -> Result<()> {
    let (id, status) = (execution.id, execution.status);
    if status == Status::Failed && !names_node {
        let text = format!(
            "the execution {id} is `failed`: it would fail again; name the node to run it from"
        );
        return Err(Error::new(ErrorKind::Conflict, "not_rerunnable", text));
    }
    let again = [Status::Error, Status::Failed, Status::Aborted, Status::Stranded];
    if !again.contains(&status) {
        let text = format!("the execution {id} is `{status}`: nothing of it can be run again");
        return Err(Error::new(ErrorKind::Conflict, "not_rerunnable", text));
    }
    if execution.context.is_none() {
        let text = format!("the execution {id} has no context: it was over the limit");
        return Err(Error::new(ErrorKind::Conflict, "no_context", text));
    }
    Ok(())
}

fn named<'j>(id: i64, jobs: &'j [Job], node: &str) -> Result<&'j Job> {
    jobs.iter().find(|job| job.key == node).ok_or_else(|| {
        let keys: Vec<&str> = jobs.iter().map(|job| job.key.as_str()).collect();
        let node = spelling::quoted(node);
        let text = match spelling::closest(node.trim_matches('`'), keys.iter().copied()) {
            Some(near) => format!(
                "the execution {id} has no job of a node {node}; did you mean `{near}`? It has `{}`",
                keys.join("`, `")
            ),
            None if keys.is_empty() => format!("the execution {id} has no jobs, so no node {node}"),
            None => format!(
                "the execution {id} has no job of a node {node}; it has `{}`",
                keys.join("`, `")
            ),
        };
        Error::new(ErrorKind::NotFound, "unknown_node", text)
    })
}

/// The job whose failure ended the execution.
fn cause<'j>(execution: &Execution, jobs: &'j [Job]) -> Option<&'j Job> {
    if execution.status != Status::Error {
        return None;
    }
    let broken = || jobs.iter().filter(|job| job.status == JobStatus::Error);
    let is_it = |job: &&Job| {
        let error = journal::read_error(job.error.as_deref());
        execution.error.as_deref() == Some(format!("{error:?}").as_str())
    };
    // The innermost one: a block fails with the error of its branch.
    let told = broken().filter(is_it).max_by_key(|job| order(job));
    // What came after another failure shows that the workflow has dealt with it.
    told.or_else(|| {
        let last = broken().max_by_key(|job| order(job))?;
        let mut after = from_node(jobs, last).into_iter().filter(|job| order(job) > order(last));
        after.all(|job| job.status != JobStatus::Resolved).then_some(last)
    })
}

/// By when the workflow came to a node.
fn order(job: &Job) -> (u32, Timestamp) {
    (job.position, job.created_at)
}

/// A node's job and all that stand on it.
fn from_node<'j>(jobs: &'j [Job], first: &Job) -> Vec<&'j Job> {
    let blocks = jobs.iter().filter(|job| is_block(&job.kind));
    let around: Vec<(&str, usize)> = blocks
        .filter_map(|block| Some((block.key.as_str(), branch_of(&block.key, &first.key)?)))
        .collect();
    let is_beside = |key: &str| {
        around.iter().any(|(block, branch)| branch_of(block, key).is_some_and(|it| it != *branch))
    };
    let stands_on_it = |job: &&Job| {
        job.key == first.key
            || branch_of(&first.key, &job.key).is_some()
            || around.iter().any(|(block, _)| *block == job.key)
            || (order(job) > order(first) && !is_beside(&job.key))
    };
    jobs.iter().filter(stands_on_it).collect()
}

/// Makes it ready; under which epoch.
async fn make_ready(
    tx: &mut Tx,
    execution: &Execution,
    (now, version): (Timestamp, u32),
) -> Result<i64> {
    let mut set = vec![
        ("status", to(Status::Started.as_str())),
        ("state", to(State::Ready.as_str())),
        ("owner", Set::To(Value::Null)),
        ("version", to(version)),
        ("error", Set::To(Value::Null)),
        ("epoch", Set::Plus(1)),
        ("finished_at", Set::To(Value::Null)),
    ];
    if execution.status != Status::Stranded {
        // Its timeout begins anew.
        set.push(("started_at", to(now)));
    }
    let this = Condition::eq("id", execution.id);
    let status = Condition::eq("status", execution.status.as_str());
    let again =
        Update { table: EXECUTIONS, set, filter: this.clone().and(status), returning: Vec::new() };
    tx.execute(&again.expect(Expect::Unchanged)).await?;
    let epoch = Select {
        table: EXECUTIONS,
        columns: vec![("epoch", Type::Int)],
        filter: this,
        order: Vec::new(),
        limit: None,
        offset: None,
    };
    let rows = tx.query(&epoch.build()).await?;
    let epoch = rows.first().and_then(|row| row.first()).and_then(Value::as_int);
    epoch.ok_or_else(|| control::missing(execution.id))
}

fn put_aside(id: i64, epoch: i64, jobs: &[&Job], now: Timestamp) -> Vec<Statement> {
    let keys: Vec<Value> = jobs.iter().map(|job| job.key.as_str().into()).collect();
    let of_them =
        |column| Condition::eq("execution_id", id).and(Condition::In(column, keys.clone()));
    let mut columns = vec!["execution_id", "epoch", "restarted_at"];
    columns.extend(Job::COLUMNS.map(|(name, _)| name));
    let row = |job: &&Job| {
        let mut job = Job::clone(job);
        if job.status == JobStatus::Pending {
            (job.status, job.finished_at) = (JobStatus::Aborted, Some(now));
        }
        let mut row = vec![id.into(), epoch.into(), now.into()];
        row.extend(job.values());
        row
    };
    let rows = jobs.iter().map(row).collect();
    let free = Update {
        table: SIGNALS,
        set: vec![("taken_by", Set::To(Value::Null))],
        filter: of_them("taken_by"),
        returning: Vec::new(),
    };
    let mut statements = wind_up::jobs(id, &keys, now);
    statements.push(Insert { table: PAST_JOBS, columns, rows, conflict: OnConflict::Fail }.build());
    statements.push(Delete { table: JOBS, filter: of_them("key") }.build());
    statements.push(free.build());
    statements
}

impl Engine {
    /// Runs an execution again: from this node, or from the one that broke.
    ///
    /// # Errors
    ///
    /// As [`restart`].
    pub(crate) async fn restart(&self, id: i64, from: Option<String>) -> Result<()> {
        let core = self.core()?;
        control::handed_over(async move {
            let Restarted { key, record, ended } = restart(&core, id, from).await?;
            core.engine.ended(&ended);
            core.engine.woken(id, &key, record);
            Ok(())
        })
        .await
    }
}
