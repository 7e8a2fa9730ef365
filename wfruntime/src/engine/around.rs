//! What stands around an execution: the tasks and times it waits for, and what it called.

use std::collections::HashMap;

use jiff::Timestamp;

use super::tasks::{self, Task};
use crate::error::Result;
use crate::execution::{EXECUTIONS, Fields, JOBS, Status, TIMERS};
use crate::store::Store;
use crate::store::sql::{Condition, Query, Select};
use crate::value::{Type, Value};
use crate::workflow::Step;

/// How many called executions are told of.
const CALLED: u64 = 100;

/// What stands around an execution.
#[derive(Debug)]
pub(crate) struct Around {
    /// Its tasks, the newest first, closed ones too.
    pub(crate) tasks: Vec<Task>,
    /// Until when its nodes wait, by their keys; under the empty key, when all of it is aborted.
    pub(crate) timers: HashMap<String, Timestamp>,
    /// What its nodes called, the newest first.
    pub(crate) called: Vec<Child>,
}

/// An execution that a node called.
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) id: i64,
    /// Of its workflow.
    pub(crate) key: String,
    pub(crate) status: Status,
    /// The key of the node that called it.
    pub(crate) node: String,
}

/// What stands around an execution.
///
/// # Errors
///
/// As [`Store::read`].
pub(crate) async fn read(store: &Store, id: i64) -> Result<Around> {
    let timers = Select {
        table: TIMERS,
        columns: vec![("job_key", Type::Text), ("due_at", Type::Timestamp)],
        filter: Condition::eq("execution_id", id),
        order: Vec::new(),
        limit: None,
        offset: None,
    };
    let mut until = HashMap::new();
    for row in store.read(&timers.build().unbounded()).await? {
        let mut from = Fields::new(row);
        let key = from.text()?;
        until.extend(from.moment()?.map(|due| (key, due)));
    }
    let called = Select {
        table: EXECUTIONS,
        columns: vec![
            ("id", Type::Int),
            ("key", Type::Text),
            ("status", Type::Text),
            ("caller_key", Type::Text),
        ],
        filter: Condition::eq("caller_id", id),
        order: vec![("id", true)],
        limit: Some(CALLED),
        offset: None,
    };
    let child = |row| {
        let mut from = Fields::new(row);
        let (id, key, status) = (from.int()?, from.text()?, from.word(Status::parse)?);
        Ok(Child { id, key, status, node: from.optional_text().unwrap_or_default() })
    };
    let called =
        store.read(&called.build()).await?.into_iter().map(child).collect::<Result<_>>()?;
    Ok(Around { tasks: tasks::of_execution(store, id).await?, timers: until, called })
}

/// What some executions saw, as JSON, by their ids; what was too large is left out.
///
/// # Errors
///
/// As [`Store::read`].
pub(crate) async fn contexts(store: &Store, ids: &[i64]) -> Result<HashMap<i64, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = Select {
        table: EXECUTIONS,
        columns: vec![("id", Type::Int), ("context", Type::Text)],
        filter: Condition::In("id", ids.iter().copied().map(Value::from).collect()),
        order: Vec::new(),
        limit: None,
        offset: None,
    };
    let context = |row| {
        let mut from = Fields::new(row);
        Ok((from.int()?, from.optional_text()))
    };
    let rows = store.read(&query.build()).await?.into_iter();
    let contexts = rows.map(context).collect::<Result<Vec<_>>>()?;
    Ok(contexts.into_iter().filter_map(|(id, context)| Some((id, context?))).collect())
}

/// How many executions are looked at to see what a function does.
const LOOKED_AT: u64 = 20;
/// How many jobs are looked at to see what a function does.
const JOBS_LOOKED_AT: u64 = 5000;

/// The keys and kinds of the jobs of a workflow's latest executions of this revision, each in the
/// order in which it came to them; the earliest first.
///
/// # Errors
///
/// As [`Store::read`].
pub(crate) async fn runs(store: &Store, key: &str, revision: &str) -> Result<Vec<Vec<Step>>> {
    let latest = Select {
        table: EXECUTIONS,
        columns: vec![("id", Type::Int), ("revision", Type::Text)],
        filter: Condition::eq("key", key),
        order: vec![("id", true)],
        limit: Some(LOOKED_AT),
        offset: None,
    };
    let latest = store.read(&latest.build()).await?.into_iter();
    let same = latest.filter(|row| row.get(1).and_then(Value::as_text) == Some(revision));
    let ids: Vec<Value> = same.filter_map(|row| row.into_iter().next()).collect();
    let jobs = Select {
        table: JOBS,
        columns: vec![("execution_id", Type::Int), ("key", Type::Text), ("kind", Type::Text)],
        filter: Condition::In("execution_id", ids),
        order: vec![("execution_id", false), ("position", false), ("key", false)],
        limit: Some(JOBS_LOOKED_AT),
        offset: None,
    };
    let mut runs: Vec<(i64, Vec<Step>)> = Vec::new();
    for row in store.read(&jobs.build().unbounded()).await? {
        let mut from = Fields::new(row);
        let (id, step) = (from.int()?, (from.text()?, from.text()?));
        match runs.last_mut() {
            Some((last, steps)) if *last == id => steps.push(step),
            _ => runs.push((id, vec![step])),
        }
    }
    Ok(runs.into_iter().map(|(_, steps)| steps).collect())
}
