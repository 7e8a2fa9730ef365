//! Schedules that go by a date field of records.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::super::failpoint;
use super::super::timers::Due;
use super::{Turn, state};
use crate::action::read::{Branch, load};
use crate::action::rows;
use crate::collection::{Column, Definition, Row};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::execution::{Fields, bear};
use crate::registry::WorkflowDefinition;
use crate::schedule::Planned;
use crate::store::Tx;
use crate::store::sql::{Condition, Op, Query as _, Select};
use crate::value::{Type, Value};

/// How many records are looked at together.
const PAGE: u64 = 64;

/// A moment runs although it had passed when its date was written, if it was not longer ago.
const GRACE: SignedDuration = SignedDuration::from_hours(1);

/// How old the note of what is done may become while nothing is due.
const NOTED: SignedDuration = SignedDuration::from_mins(10);

/// A record whose moment is due.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    record: i64,
    nth: u32,
    moment: Timestamp,
}

/// Runs the moments that are due.
pub(super) async fn fire(turn: &Turn<'_>) -> Result<Due> {
    let mut after = turn.state.until;
    if turn.late {
        after = after.checked_sub(GRACE).unwrap_or(after);
    }
    after = after.max(turn.state.since);
    let mut fired = 0;
    for nth in 0..turn.planned.repeats() {
        fired += fire_nth(turn, nth, after).await?;
    }
    if fired > 0 || turn.now.duration_since(turn.state.until) > NOTED {
        let noted = [
            state::advanced(turn.key(), Some(turn.now), 0, None),
            state::forget_before(turn.key(), turn.now),
        ];
        let unit = turn
            .core
            .store
            .write_reserved(move |tx| Box::pin(async move { tx.batch(&noted).await.map(drop) }));
        unit.await?;
    }
    let next = next(turn.core, turn.workflow, turn.planned, turn.now).await?;
    Ok(Due { fired, next })
}

/// When the next record is due after `now`.
pub(super) async fn next(
    core: &Core,
    workflow: &WorkflowDefinition,
    planned: &Planned,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let (definition, column) = place(workflow, planned)?;
    let ty = column.kind.ty();
    let mut next = None;
    for nth in 0..planned.repeats() {
        let Some((from, _)) = planned.values(ty, nth, now, now) else { continue };
        let select = Select {
            table: definition.table(),
            columns: vec![(column.name, ty)],
            filter: Condition::Compare(column.name, Op::Gt, from),
            order: vec![(column.name, false)],
            // Those in an overlap of the wall clock may have passed.
            limit: Some(PAGE),
            offset: None,
        };
        let rows = core.store.read(&select.build()).await?;
        let moments = rows.iter().filter_map(|row| planned.moment(row.first()?, nth));
        next = next.into_iter().chain(moments.filter(|moment| *moment > now)).min();
    }
    Ok(next)
}

/// The collection and its date field.
fn place(
    workflow: &WorkflowDefinition,
    planned: &Planned,
) -> Result<(&'static Definition, &'static Column)> {
    let found = workflow.collection.zip(planned.column);
    let found = found.and_then(|(of, column)| Some((of, of.columns.get(column)?)));
    found.ok_or_else(|| Error::internal("a schedule without its field"))
}

/// Runs the `nth` moments of all records that are due, page by page.
async fn fire_nth(turn: &Turn<'_>, nth: u32, after: Timestamp) -> Result<usize> {
    let planned = turn.planned;
    let (definition, column) = place(turn.workflow, planned)?;
    let ty = column.kind.ty();
    let Some((low, high)) = planned.values(ty, nth, after, turn.now) else { return Ok(0) };
    let is_up_to = Condition::Compare(column.name, Op::Lte, high);
    let mut filter = Condition::Compare(column.name, Op::Gt, low).and(is_up_to.clone());
    let mut among: Option<Value> = None;
    let mut fired = 0;
    loop {
        let id = definition.columns[Definition::ID].name;
        let select = Select {
            table: definition.table(),
            columns: vec![(id, Type::Int), (column.name, ty)],
            filter,
            order: vec![(column.name, false), (id, false)],
            limit: Some(PAGE),
            offset: None,
        };
        let mut found = Vec::new();
        for row in turn.core.store.read(&select.build()).await? {
            let mut from = Fields::new(row);
            found.push((from.int()?, from.next()));
        }
        fired += fire_those(turn, nth, after, &found).await?;
        let is_whole = found.len() < usize::try_from(PAGE)?;
        filter = match (found.pop(), among.take()) {
            // The others with the same date, and then those behind it: each found by the index.
            (Some((last, value)), _) if !is_whole => {
                among = Some(value.clone());
                let behind = Condition::Compare(id, Op::Gt, last.into());
                Condition::eq(column.name, value).and(behind)
            }
            (_, Some(value)) => {
                Condition::Compare(column.name, Op::Gt, value).and(is_up_to.clone())
            }
            _ => return Ok(fired),
        };
    }
}

async fn fire_those(
    turn: &Turn<'_>,
    nth: u32,
    after: Timestamp,
    found: &[(i64, Value)],
) -> Result<usize> {
    let planned = turn.planned;
    let due = found.iter().filter_map(|(record, value)| {
        let moment = planned.moment(value, nth)?;
        let later = (nth + 1 < planned.repeats()).then(|| planned.moment(value, nth + 1)).flatten();
        let is_due = moment > after && moment <= turn.now;
        let runs = is_due && planned.runs(moment, later, turn.now);
        runs.then_some(Candidate { record: *record, nth, moment })
    });
    let mut due: Vec<Candidate> = due.collect();
    if due.is_empty() {
        return Ok(0);
    }
    let ids = due.iter().map(|candidate| candidate.record.into()).collect();
    let taken = state::taken(&turn.core.store, turn.key(), ids).await?;
    due.retain(|candidate| !taken.contains(&(candidate.record, candidate.moment)));
    if due.is_empty() {
        return Ok(0);
    }
    write(turn, due).await
}

/// Writes the executions of records that are still due; how many.
async fn write(turn: &Turn<'_>, due: Vec<Candidate>) -> Result<usize> {
    let (core, key) = (Arc::clone(turn.core), turn.key());
    let (workflow, planned) = (turn.workflow, turn.planned);
    failpoint("at_moment");
    let unit = turn.core.store.write_reserved(move |tx| {
        Box::pin(async move {
            let (mut born, mut ended, mut last) = (Vec::new(), Vec::new(), None);
            for candidate in due {
                let Some(row) = record(tx, &core, workflow, planned, candidate).await? else {
                    continue;
                };
                let moment = candidate.moment;
                if tx.execute(&state::take(key, candidate.record, moment)).await? == 0 {
                    continue;
                }
                let mut execution = super::execution(&core, workflow, moment, Some(row));
                ended.extend(bear(tx, &[execution.birth(&core)?]).await?);
                last = Some((moment, execution.id));
                born.push(execution);
            }
            tx.execute(&state::advanced(key, None, born.len(), last)).await?;
            Ok((born, ended))
        })
    });
    let (born, ended) = unit.await?;
    failpoint("after_moment");
    Ok(turn.committed(born, ended))
}

/// The record as it is in the unit, if it is there and still due at this moment.
async fn record(
    tx: &mut Tx,
    core: &Core,
    workflow: &WorkflowDefinition,
    planned: &Planned,
    candidate: Candidate,
) -> Result<Option<Row>> {
    let (definition, _) = place(workflow, planned)?;
    let select = rows::select(definition, rows::with_ids(definition, &[candidate.record]));
    let read = tx.query(&select.build()).await?;
    let mut found: Vec<Row> = rows::from_values(definition, read).collect();
    let value = planned.column.and_then(|column| found.first()?.values.get(column));
    if value.and_then(|value| planned.moment(value, candidate.nth)) != Some(candidate.moment) {
        return Ok(None);
    }
    let branches = Branch::of_paths(definition, &workflow.appends);
    load(tx, &mut found, &branches, core.settings.rows_limit).await?;
    Ok(found.pop())
}
