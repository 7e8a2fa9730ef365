//! Which workflows are switched on: rows of the database, seen by all processes.
//!
//! The code gives the first value; afterwards the row decides. It refuses to know why somebody
//! switches.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use jiff::Timestamp;

use crate::error::{Error, ErrorKind, Result};
use crate::store::Store;
use crate::store::schema::{ColumnSpec, TableSpec};
use crate::store::sql::{Condition, Insert, Name, OnConflict, Query as _, Select, Set, Update};
use crate::value::{Type, Value};
use crate::workflow::WorkflowMeta;

const WORKFLOWS: Name = "wf_workflows";
/// How long the rows are believed without asking: what another process switches holds here after
/// this time at the latest.
const TRUST_MICROS: i64 = 500_000;

/// The switches as they were read last.
#[derive(Debug, Default)]
pub(crate) struct Switches {
    enabled: RwLock<HashMap<String, bool>>,
    /// When they were read, in microseconds since 1970.
    read_at: AtomicI64,
    /// Rises with each switch made here: rows read before it are older.
    generation: AtomicU64,
}

/// The table of the switches.
pub(crate) fn tables() -> Vec<TableSpec> {
    vec![TableSpec {
        was: None,
        name: WORKFLOWS,
        columns: vec![
            ColumnSpec::new("key", Type::Text),
            ColumnSpec::new("enabled", Type::Bool),
            ColumnSpec::new("updated_at", Type::Timestamp),
        ],
        key: vec!["key"],
        indexes: Vec::new(),
    }]
}

impl Switches {
    /// Writes rows for workflows that have none, and reads all; rows of workflows that are gone
    /// stay, for the day they come back.
    pub(crate) async fn sync(
        &self,
        store: &Store,
        workflows: &[&'static WorkflowMeta],
        now: Timestamp,
    ) -> Result<()> {
        if !workflows.is_empty() {
            let row = |workflow: &&WorkflowMeta| {
                vec![workflow.key.into(), workflow.enabled.into(), now.into()]
            };
            let insert = Insert {
                table: WORKFLOWS,
                columns: vec!["key", "enabled", "updated_at"],
                rows: workflows.iter().map(row).collect(),
                conflict: OnConflict::Ignore(vec!["key"]),
            }
            .build();
            store.write(|tx| Box::pin(async move { tx.execute(&insert).await })).await?;
        }
        self.read(store, now).await
    }

    /// Whether a workflow is switched on, as of at most half a second ago.
    pub(crate) async fn is_enabled(
        &self,
        store: &Store,
        workflow: &WorkflowMeta,
        now: Timestamp,
    ) -> Result<bool> {
        let age = now.as_microsecond() - self.read_at.load(Ordering::Relaxed);
        if !(0..TRUST_MICROS).contains(&age) {
            self.read(store, now).await?;
        }
        let enabled = self.enabled.read().unwrap_or_else(PoisonError::into_inner);
        Ok(enabled.get(workflow.key).copied().unwrap_or(workflow.enabled))
    }

    /// When a workflow was switched last, or declared first.
    pub(crate) async fn switched_at(&self, store: &Store, key: &str) -> Result<Option<Timestamp>> {
        let select = Select {
            table: WORKFLOWS,
            columns: vec![("updated_at", Type::Timestamp)],
            filter: Condition::eq("key", key),
            order: Vec::new(),
            limit: None,
            offset: None,
        };
        let row = store.read(&select.build()).await?.pop().and_then(|mut row| row.pop());
        Ok(row.and_then(|value| match value {
            Value::Timestamp(moment) => Some(moment),
            _ => None,
        }))
    }

    /// Switches a workflow; holds in this process at once.
    pub(crate) async fn set(
        &self,
        store: &Store,
        key: &str,
        enabled: bool,
        now: Timestamp,
    ) -> Result<()> {
        let update = Update {
            table: WORKFLOWS,
            set: vec![("enabled", Set::To(enabled.into())), ("updated_at", Set::To(now.into()))],
            filter: Condition::eq("key", key),
            returning: Vec::new(),
        }
        .build();
        let changed = store.write(|tx| Box::pin(async move { tx.execute(&update).await })).await?;
        if changed == 0 {
            let message = format!("unknown workflow `{key}`");
            return Err(Error::new(ErrorKind::NotFound, "not_found", message));
        }
        let mut switches = self.enabled.write().unwrap_or_else(PoisonError::into_inner);
        self.generation.fetch_add(1, Ordering::SeqCst);
        switches.insert(key.to_owned(), enabled);
        Ok(())
    }

    async fn read(&self, store: &Store, now: Timestamp) -> Result<()> {
        // First, so that requests at the same time do not read them too.
        self.read_at.store(now.as_microsecond(), Ordering::Relaxed);
        let generation = self.generation.load(Ordering::SeqCst);
        let select = Select {
            table: WORKFLOWS,
            columns: vec![("key", Type::Text), ("enabled", Type::Bool)],
            filter: Condition::always(),
            order: Vec::new(),
            limit: None,
            offset: None,
        };
        let rows = store.read(&select.build()).await?;
        let rows = rows.into_iter().filter_map(|row| {
            let mut row = row.into_iter();
            match (row.next()?, row.next()?) {
                (Value::Text(key), Value::Bool(enabled)) => Some((key, enabled)),
                _ => None,
            }
        });
        let rows = rows.collect();
        let mut enabled = self.enabled.write().unwrap_or_else(PoisonError::into_inner);
        if generation == self.generation.load(Ordering::SeqCst) {
            *enabled = rows;
        }
        Ok(())
    }
}
