//! `trigger`: custom actions, for the records that a request names or for none.
//!
//! No record is written: the unit holds their executions alone.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use serde_json::value::RawValue;

use super::checks::Checks;
use super::commit::Commit;
use super::faults::Faults;
use super::read::{no_record, within};
use super::request::Alone;
use super::turns::Turns;
use super::{Answer, Once, Request, filter, reach};
use crate::auth::Access;
use crate::collection::Row;
use crate::core::Core;
use crate::error::{Fault, Result};
use crate::store::sql::Condition;
use crate::trigger::{self, Act, Event, Firing, Matches};
use crate::workflow::WorkflowMeta;

/// What an execution's context calls it.
const ACTION: &str = "trigger";

/// Fires the custom actions that a request names for its records.
///
/// # Errors
/// All faults of the request at once, or that a record is not there; nothing fires then.
pub(super) async fn records(core: &Arc<Core>, request: &Request) -> Result<Answer> {
    let (definition, target) = (request.collection, &request.target);
    let mut checks = Checks::enter(core, request)?;
    let named = request.triggers.as_deref();
    let matches =
        trigger::custom(core, &checks.access, Some(definition), named, &mut checks.faults).await?;
    let input = input(&matches, request.values.as_deref(), &mut checks.faults);
    let condition = condition(&mut checks, request)?;
    checks.check()?;
    checks.parent(request).await?;
    let rows = match &target.ids {
        Some(ids) => in_order(reach::of_ids(core, definition, ids, &condition).await?, ids),
        None => Ok(reach::matching(core, definition, &condition).await?),
    };
    let rows = rows.map_err(|missing| no_record(definition, missing))?;
    let event = |row| Event { row, before: None, changed: Vec::new() };
    let events: Vec<Event> = rows.into_iter().map(event).collect();
    let act = Act { core, identity: &request.identity, action: ACTION, input: input.as_ref() };
    let firing = act.fire(&matches, &events, &super::Written::default()).await?;
    finish(core, firing, request.once.clone()).await
}

/// Fires the custom actions that a request names, which are about no record.
///
/// # Errors
/// All faults of the request at once; nothing fires then.
pub(super) async fn alone(core: &Arc<Core>, request: &Alone) -> Result<Answer> {
    let access = Access::of(core, &request.identity);
    let mut faults = Faults::default();
    let named = request.triggers.as_deref();
    let matches = trigger::custom(core, &access, None, named, &mut faults).await?;
    let input = input(&matches, request.values.as_deref(), &mut faults);
    faults.check()?;
    let act = Act { core, identity: &request.identity, action: ACTION, input: input.as_ref() };
    finish(core, act.fire_alone(&matches), request.once.clone()).await
}

async fn finish(core: &Arc<Core>, firing: Firing, once: Option<Once>) -> Result<Answer> {
    Commit { once, ..Commit::alone(firing) }.run(core, Turns::default()).await
}

/// The values that came with the request, where they fit all that take some.
fn input(matches: &Matches, body: Option<&RawValue>, faults: &mut Faults) -> Option<Value> {
    let text = body.map_or("{}", RawValue::get);
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => {
            faults.invalid.push(Fault::new("body", format!("the body does not fit: {error}")));
            return None;
        }
    };
    let is_empty = value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
    let takers = matches.chosen.iter().map(|chosen| chosen.workflow.meta);
    let (takers, others): (Vec<&WorkflowMeta>, Vec<_>) =
        takers.partition(|meta| meta.input.is_some());
    for taker in &takers {
        if let Some(Err(error)) = taker.input.map(|fits| fits(&value)) {
            faults.invalid.extend(error.all().iter().cloned());
        }
    }
    if let (true, Some(other), false) = (takers.is_empty(), others.first(), is_empty) {
        let message = format!("`{}` takes no values: leave out the body", other.key);
        faults.invalid.push(Fault::new("no_values", message));
    }
    Some(value)
}

/// Which records the request may name, without its ids.
fn condition(checks: &mut Checks<'_>, request: &Request) -> Result<Condition> {
    let (definition, target) = (request.collection, &request.target);
    let mut all = vec![];
    match (&target.filter, &target.ids) {
        (Some(filter), _) => {
            let parsed = filter::parse(definition, filter, &checks.access);
            all.extend(checks.faults.keep(parsed)?);
        }
        (None, Some(_)) => {}
        (None, None) => {
            let message = "which records? `filterByTk` or `filter` says it";
            checks.faults.invalid.push(Fault::new("no_target", message));
        }
    }
    all.extend(checks.grant.scope(definition, checks.access.user()));
    all.extend(request.through.map(within));
    Ok(Condition::All(all))
}

/// The records in the order in which they were named; or one that is not there.
fn in_order(found: Vec<Row>, ids: &[i64]) -> Result<Vec<Row>, i64> {
    let mut found: HashMap<i64, Row> = found.into_iter().map(|row| (row.id(), row)).collect();
    let mut rows = Vec::with_capacity(ids.len());
    for (index, id) in ids.iter().enumerate() {
        match found.remove(id) {
            Some(row) => rows.push(row),
            None if ids[..index].contains(id) => {}
            None => return Err(*id),
        }
    }
    Ok(rows)
}
