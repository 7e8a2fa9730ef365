//! How far each schedule has come: a row for each, and its moments that have run.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::core::Core;
use crate::error::Result;
use crate::execution::wind_up::to;
use crate::execution::{Fields, MOMENTS, SCHEDULES};
use crate::schedule::Planned;
use crate::store::sql::{
    Condition, Delete, Insert, OnConflict, Op, Query as _, Select, Set, Update,
};
use crate::store::{Statement, Store};
use crate::value::{Type, Value};
use crate::workflow::WorkflowMeta;

/// How far a schedule has come.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    /// As it was declared when the row was written.
    plan: String,
    /// Moments before this are not its own.
    pub(super) since: Timestamp,
    /// All moments up to this are done.
    pub(super) until: Timestamp,
    pub(super) off: bool,
    /// How often it has run.
    pub(super) runs: u32,
    /// Its last moment that has run, and the execution.
    pub(super) last: Option<(Timestamp, i64)>,
}

/// How far all have come, by their keys.
pub(super) async fn read(store: &Store) -> Result<HashMap<String, State>> {
    let select = Select {
        table: SCHEDULES,
        columns: vec![
            ("key", Type::Text),
            ("plan", Type::Text),
            ("since", Type::Timestamp),
            ("until", Type::Timestamp),
            ("off", Type::Bool),
            ("runs", Type::Int),
            ("last_at", Type::Timestamp),
            ("last_execution", Type::Int),
        ],
        filter: Condition::always(),
        order: Vec::new(),
        limit: None,
        offset: None,
    };
    let state = |row| {
        let mut from = Fields::new(row);
        let (key, plan) = (from.text()?, from.text()?);
        let since = from.moment()?.unwrap_or_default();
        let until = from.moment()?.unwrap_or_default();
        let off = from.next() == Value::Bool(true);
        let runs = u32::try_from(from.int()?).unwrap_or(u32::MAX);
        let last = from.moment()?.zip(from.next().as_int());
        Ok((key, State { plan, since, until, off, runs, last }))
    };
    store.read(&select.build()).await?.into_iter().map(state).collect()
}

/// The state of a schedule as the program and its switch have it now; none if it is switched off.
pub(super) async fn up_to_date(
    core: &Core,
    workflow: &WorkflowMeta,
    planned: &Planned,
    stored: Option<State>,
    now: Timestamp,
) -> Result<Option<State>> {
    let enabled = core.switches.is_enabled(&core.store, workflow, now).await?;
    let text = planned.declared.text;
    let from = |at: Timestamp, runs: u32, last| State {
        plan: text.to_owned(),
        since: at,
        until: at,
        off: !enabled,
        runs,
        last,
    };
    let state = match stored {
        // Nothing of before is caught up: it was not declared then.
        None => from(now, 0, None),
        Some(stored) if stored.plan != text => from(now, 0, stored.last),
        Some(stored) if stored.off && enabled => {
            let switched = core.switches.switched_at(&core.store, workflow.key).await?;
            let at = switched.unwrap_or(now).min(now);
            from(at, stored.runs, stored.last)
        }
        // The clock was set back: what comes again is in the moments that have run.
        Some(stored) if stored.until > now => {
            State { since: stored.since.min(now), until: now, off: !enabled, ..stored }
        }
        Some(stored) if stored.off != enabled => return Ok(enabled.then_some(stored)),
        Some(stored) => State { off: !enabled, ..stored },
    };
    let (last_at, last_execution) = state.last.unzip();
    let write = Insert {
        table: SCHEDULES,
        columns: vec!["key", "plan", "since", "until", "off", "runs", "last_at", "last_execution"],
        rows: vec![vec![
            workflow.key.into(),
            text.into(),
            state.since.into(),
            state.until.into(),
            state.off.into(),
            state.runs.into(),
            last_at.into(),
            last_execution.into(),
        ]],
        conflict: OnConflict::Replace(vec!["key"]),
    }
    .build();
    core.store
        .write_reserved(|tx| Box::pin(async move { tx.execute(&write).await.map(drop) }))
        .await?;
    Ok(enabled.then_some(state))
}

/// Notes that moments of a schedule ran, the last of them as this execution.
pub(super) fn advanced(
    key: &str,
    until: Option<Timestamp>,
    runs: usize,
    last: Option<(Timestamp, i64)>,
) -> Statement {
    let mut set = vec![("runs", Set::Plus(i64::try_from(runs).unwrap_or(i64::MAX)))];
    set.extend(until.map(|until| ("until", to(until))));
    if let Some((at, execution)) = last {
        set.extend([("last_at", to(at)), ("last_execution", to(execution))]);
    }
    let filter = Condition::eq("key", key);
    Update { table: SCHEDULES, set, filter, returning: Vec::new() }.build()
}

/// Takes a moment: changes no row if it has run.
pub(super) fn take(key: &str, record: i64, moment: Timestamp) -> Statement {
    let columns = vec!["key", "record_id", "due_at"];
    Insert {
        table: MOMENTS,
        conflict: OnConflict::Ignore(columns.clone()),
        columns,
        rows: vec![vec![key.into(), record.into(), moment.into()]],
    }
    .build()
}

/// The moments of these records that have run.
pub(super) async fn taken(
    store: &Store,
    key: &str,
    records: Vec<Value>,
) -> Result<Vec<(i64, Timestamp)>> {
    let select = Select {
        table: MOMENTS,
        columns: vec![("record_id", Type::Int), ("due_at", Type::Timestamp)],
        filter: Condition::eq("key", key).and(Condition::In("record_id", records)),
        order: Vec::new(),
        limit: None,
        offset: None,
    };
    let moment = |row| {
        let mut from = Fields::new(row);
        Ok((from.int()?, from.moment()?.unwrap_or_default()))
    };
    store.read(&select.build()).await?.into_iter().map(moment).collect()
}

/// How long a moment that ran is remembered: longer than anything looks back.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Forgets moments that nothing looks back to.
pub(super) fn forget_before(key: &str, now: Timestamp) -> Statement {
    let before = now.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
    let filter = Condition::eq("key", key).and(Condition::Compare("due_at", Op::Lt, before.into()));
    Delete { table: MOMENTS, filter }.build()
}

/// Forgets schedules that are not in the program any more.
pub(super) async fn forget(store: &Store, keys: Vec<String>) -> Result<()> {
    let keys: Vec<Value> = keys.into_iter().map(Value::from).collect();
    let gone = [SCHEDULES, MOMENTS]
        .map(|table| Delete { table, filter: Condition::In("key", keys.clone()) }.build());
    store.write_reserved(move |tx| Box::pin(async move { tx.batch(&gone).await.map(drop) })).await
}
