//! Writes, in the unit of a change, the executions of the events that hear of it.

use std::collections::HashSet;
use std::sync::Arc;

use super::changes::{Change, Changes, Operation};
use super::judge::Judged;
use super::write::{Write, apply};
use crate::action::read::{Branch, load};
use crate::collection::{Definition, Row};
use crate::core::Core;
use crate::engine::ending::Ended;
use crate::error::{Error, Result};
use crate::execution::wind_up::to;
use crate::execution::{Birth, EXECUTIONS, NewExecution, NewStatus, bear};
use crate::registry::WorkflowDefinition;
use crate::store::Tx;
use crate::store::sql::{Condition, Query, Select, Update};
use crate::trigger::{About, Snapshot};
use crate::value::{Type, Value};
use crate::watch::Trace;
use crate::workflow::Timing;

/// What a unit needs to tell events of its changes; made before the unit.
pub(crate) struct Telling {
    pub(super) core: Arc<Core>,
    /// The events that are switched off.
    off: HashSet<&'static str>,
    /// The execution whose node makes the changes; none for an action.
    pub(super) cause: Option<i64>,
    /// The trace of the change.
    trace: Trace,
    /// What events with `rollback` have agreed to, if they were asked.
    pub(super) judged: Option<Judged>,
}

/// An event and a change that it hears of.
pub(super) struct Heard<'c> {
    pub(super) event: &'static WorkflowDefinition,
    operation: Operation,
    pub(super) change: &'c Change,
}

/// All that hear of a unit's changes, and the chain that led to it.
pub(super) struct Audience<'c> {
    pub(super) heard: Vec<Heard<'c>>,
    pub(super) chain: Chain,
    /// The keys that the chain does not fire again.
    cut: Vec<&'static str>,
}

/// The executions of events that a unit has written.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// In the order of the changes, and then of the keys.
    pub(crate) executions: Vec<NewExecution>,
    /// What their births ended.
    pub(crate) ended: Vec<Ended>,
}

impl Telling {
    /// What a unit of these writes needs; nothing if nobody listens to them.
    ///
    /// # Errors
    /// What the store says when it is asked for the switches.
    pub(crate) async fn of<'w>(
        core: &Arc<Core>,
        writes: impl IntoIterator<Item = &'w Write>,
        cause: Option<i64>,
    ) -> Result<Option<Self>> {
        let is_heard = |write: &Write| matches!(write, Write::Heard(_));
        if !writes.into_iter().any(is_heard) {
            return Ok(None);
        }
        let (now, mut off) = (core.clock.now(), HashSet::new());
        for event in core.registry.events() {
            if !core.switches.is_enabled(&core.store, event.meta, now).await? {
                off.insert(event.meta.key);
            }
        }
        let trace = Trace::current();
        Ok(Some(Self { core: Arc::clone(core), off, cause, trace, judged: None }))
    }

    /// Where the unit notes its changes.
    pub(crate) fn changes(&self) -> Changes {
        Changes::new(self.core.settings.rows_limit)
    }

    /// The same for a trial.
    pub(super) fn again(&self) -> Self {
        let (core, off) = (Arc::clone(&self.core), self.off.clone());
        Self { core, off, cause: self.cause, trace: self.trace.clone(), judged: None }
    }

    /// Who hears of what the unit did, and is not cut off.
    pub(super) async fn heard<'c>(
        &self,
        tx: &mut Tx,
        changes: &'c Changes,
    ) -> Result<Audience<'c>> {
        let mut heard = Vec::new();
        for (operation, change) in changes.net() {
            let Some(row) = change.after.as_ref().or(change.before.as_ref()) else { continue };
            let Some(hearing) = self.core.registry.hearing(row.definition) else { continue };
            let changed = change.changed();
            let events = hearing.events().filter(|event| self.hears(event, operation, &changed));
            heard.extend(events.map(|event| Heard { event, operation, change }));
        }
        if heard.is_empty() {
            return Ok(Audience { heard, chain: Chain::default(), cut: Vec::new() });
        }
        let chain = self.chain(tx).await?;
        let limit = usize::try_from(self.core.settings.stack_limit)?;
        let is_over = |it: &Heard<'_>| {
            chain.keys.iter().filter(|key| *key == it.event.meta.key).count() >= limit
        };
        let (cut, heard): (Vec<_>, Vec<_>) = heard.into_iter().partition(is_over);
        let cut = cut.into_iter().map(|it| it.event.meta.key).collect();
        Ok(Audience { heard, chain, cut })
    }

    /// Writes the executions of those who listen to what the unit did.
    async fn tell(&self, tx: &mut Tx, changes: &Changes) -> Result<Told> {
        let Audience { heard, chain, cut } = self.heard(tx, changes).await?;
        self.is_as_judged(&heard)?;
        self.cut(tx, &chain, &cut).await?;
        let mut executions = Vec::with_capacity(heard.len());
        // The others have agreed before.
        for it in heard.iter().filter(|it| !it.event.meta.runs_before()) {
            executions.push(self.execution(tx, it, &chain).await?);
        }
        let births = executions.iter_mut().map(|execution| execution.birth(&self.core));
        let births = births.collect::<Result<Vec<Birth>>>()?;
        let ended = bear(tx, &births).await?;
        Ok(Told { executions, ended })
    }

    fn hears(&self, event: &WorkflowDefinition, operation: Operation, changed: &[usize]) -> bool {
        let is_about = operation == Operation::Delete
            || event.changed.is_empty()
            || event.changed.iter().any(|column| changed.contains(column));
        event.meta.on.contains(&operation.as_str())
            && is_about
            && !self.off.contains(event.meta.key)
    }

    /// The execution of an event for a change.
    pub(super) async fn execution(
        &self,
        tx: &mut Tx,
        heard: &Heard<'_>,
        chain: &Chain,
    ) -> Result<NewExecution> {
        let Heard { event, operation, change } = *heard;
        let data = self.data(tx, event, change).await?;
        let workflow = event.meta;
        let before = change.before.clone().map(without_loaded);
        Ok(NewExecution {
            id: self.core.ids.next(&self.core.clock),
            workflow,
            record: Some(data.id()),
            snapshot: Arc::new(Snapshot {
                action: operation.as_str().to_owned(),
                about: About::One(data),
                before,
                changed: change.changed(),
                each: Vec::new(),
                ids: Vec::new(),
                input: None,
                user: None,
                role: String::new(),
            }),
            cause: chain.keys.clone(),
            caller: None,
            trace: self.trace.clone(),
            status: match workflow.timing {
                Timing::Sync => NewStatus::StartedSync,
                Timing::Async => NewStatus::Queued,
            },
        })
    }

    /// The row after the change with what the event appends; of one that is gone as it was, with
    /// what was loaded before it went.
    async fn data(&self, tx: &mut Tx, event: &WorkflowDefinition, change: &Change) -> Result<Row> {
        let limit = self.core.settings.rows_limit;
        let Some(mut row) = change.after.clone() else {
            let gone = change.before.clone();
            return gone.ok_or_else(|| Error::internal("a change of no row"));
        };
        let branches = Branch::of_paths(row.definition, &event.appends);
        load(tx, std::slice::from_mut(&mut row), &branches, limit).await?;
        Ok(row)
    }

    /// The chain of the execution whose node made the changes.
    async fn chain(&self, tx: &mut Tx) -> Result<Chain> {
        let Some(id) = self.cause else { return Ok(Chain::default()) };
        let select = Select {
            table: EXECUTIONS,
            columns: vec![("chain", Type::Text), ("cut", Type::Text)],
            filter: Condition::eq("id", id),
            order: Vec::new(),
            limit: None,
            offset: None,
        };
        let mut row = tx.query(&select.build()).await?.pop().unwrap_or_default().into_iter();
        let mut keys = || -> Result<Vec<String>> {
            let value = row.next();
            Ok(value
                .as_ref()
                .and_then(Value::as_text)
                .map_or(Ok(Vec::new()), serde_json::from_str)?)
        };
        Ok(Chain { keys: keys()?, cut: keys()? })
    }

    /// Notes on the causing execution which events its chain did not fire again.
    async fn cut(&self, tx: &mut Tx, chain: &Chain, keys: &[&'static str]) -> Result<()> {
        let mut cut = chain.cut.clone();
        for key in keys {
            if !cut.iter().any(|noted| noted == key) {
                cut.push((*key).to_owned());
            }
        }
        let (Some(id), true) = (self.cause, cut.len() > chain.cut.len()) else { return Ok(()) };
        tracing::warn!(
            execution = id,
            "the chain `{}` has reached the stack limit: it does not fire `{}` again",
            chain.keys.join("` → `"),
            cut[chain.cut.len()..].join("`, `")
        );
        let update = Update {
            table: EXECUTIONS,
            set: vec![("cut", to(serde_json::to_string(&cut)?))],
            filter: Condition::eq("id", id),
            returning: Vec::new(),
        };
        tx.execute(&update.build()).await.map(drop)
    }
}

/// Runs writes in their order, and tells those who listen.
///
/// # Errors
/// What the store says; too many rows that somebody listens to.
pub(crate) async fn write(
    tx: &mut Tx,
    writes: &[Write],
    telling: Option<&Telling>,
) -> Result<Told> {
    let mut changes = telling.map(Telling::changes).unwrap_or_default();
    apply(tx, writes, &mut changes).await?;
    tell(tx, telling, &changes).await
}

/// Tells those who listen of what a unit did; for writes whose result the unit needs itself.
///
/// # Errors
/// What the store says.
pub(crate) async fn tell(
    tx: &mut Tx,
    telling: Option<&Telling>,
    changes: &Changes,
) -> Result<Told> {
    match telling {
        Some(telling) => telling.tell(tx, changes).await,
        None => Ok(Told::default()),
    }
}

/// The keys of the workflows that led to a change.
#[derive(Default)]
pub(super) struct Chain {
    keys: Vec<String>,
    /// Those that it did not fire again.
    cut: Vec<String>,
}

/// The row alone: what was loaded belongs to `data`.
fn without_loaded(row: Row) -> Row {
    let definition: &'static Definition = row.definition;
    Row::new(definition, row.values)
}

impl std::fmt::Debug for Telling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Telling").field("cause", &self.cause).finish_non_exhaustive()
    }
}
