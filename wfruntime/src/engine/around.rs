//! What stands around an execution: the tasks and times it waits for, and what it called.

use std::collections::HashMap;

use jiff::Timestamp;

use super::tasks::{self, Task};
use crate::error::Result;
use crate::execution::{EXECUTIONS, Fields, Status, TIMERS};
use crate::store::Store;
use crate::store::sql::{Condition, Query, Select};
use crate::value::{Type, Value};

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
