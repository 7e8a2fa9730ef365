//! `update`: by id, by several, by filter, or an array of objects with their ids.
//!
//! A to-many association that is given as an array is replaced: records that are not named any more
//! are no longer linked, as NocoBase does it. Given as an object, it says what changes of it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::again::Tries;
use super::before::{Asked, Stage};
use super::checks::Checks;
use super::commit::Commit;
use super::create::data;
use super::input::{self, Reader, Values};
use super::plan::Plan;
use super::read::{Shown, no_record, within};
use super::report::Report;
use super::turns;
use super::{Answer, Request, filter, reach};
use crate::collection::{Definition, Row};
use crate::core::Core;
use crate::error::{Error, Fault, Result};
use crate::store::sql::Condition;
use crate::trigger::{Event, Matches};

/// Updates what the request names.
///
/// # Errors
/// All faults of the request at once, or that a record is not there; nothing was written then.
pub(super) async fn update(core: &Arc<Core>, request: &Request) -> Result<Answer> {
    let mut checks = Checks::enter(core, request)?;
    let changes = changes(&mut checks, request);
    let matches = checks.matches("update", request).await?;
    let condition = condition(&mut checks, request)?;
    if !checks.faults.is_clean() {
        // The linked records are read for their faults; which record is changed matters not.
        let values = changes.iter().flat_map(Changes::values);
        checks.find(values.map(|values| (values, None))).await?;
    }
    let shown = checks.shown()?;
    let Some(changes) = changes else { return Err(Error::internal("a body without faults")) };
    checks.parent(request).await?;
    let mut changes = changes;
    let asked = changes.asked(request);
    let stage = checks.before(request, "update").run(&matches.before, asked).await?;
    let report = match stage {
        Stage::Refused(answer) => return Ok(*answer),
        Stage::Goes(report, sets) => {
            changes.values_mut().zip(sets).for_each(|(values, sets)| values.take_over(sets));
            report
        }
    };

    let mut update = Update { core, request, checks, changes, condition, matches, report, shown };
    let mut tries = Tries::first();
    loop {
        match update.attempt().await {
            Err(error) if error.is_overtaken() && tries.another() => {}
            done => return done,
        }
    }
}

/// What a body changes.
enum Changes {
    /// The same of every record.
    All(Values),
    /// Of each record its own.
    Each(Vec<(i64, Values)>),
}

impl Changes {
    fn values(&self) -> impl Iterator<Item = &Values> + Clone {
        let (all, each) = match self {
            Self::All(values) => (Some(values), &[][..]),
            Self::Each(each) => (None, each.as_slice()),
        };
        all.into_iter().chain(each.iter().map(|(_, values)| values))
    }

    fn values_mut(&mut self) -> impl Iterator<Item = &mut Values> {
        let (all, each) = match self {
            Self::All(values) => (Some(values), &mut [][..]),
            Self::Each(each) => (None, each.as_mut_slice()),
        };
        all.into_iter().chain(each.iter_mut().map(|(_, values)| values))
    }

    /// What pre-actions are asked.
    fn asked(&self, request: &Request) -> Vec<Asked> {
        match self {
            Self::All(values) => {
                let ids = request.target.ids.clone().unwrap_or_default();
                vec![Asked { ids, columns: values.submitted() }]
            }
            Self::Each(each) => {
                let asked = |(id, values): &(i64, Values)| Asked {
                    ids: vec![*id],
                    columns: values.submitted(),
                };
                each.iter().map(asked).collect()
            }
        }
    }

    /// The records that must be there; none if a filter says which.
    fn named(&self, request: &Request) -> Option<Vec<i64>> {
        match self {
            Self::Each(each) => Some(each.iter().map(|(id, _)| *id).collect()),
            Self::All(_) => request.target.ids.clone(),
        }
    }

    /// Each stored record with its changes, in the order in which they are answered.
    fn pairs<'a>(&'a self, stored: &'a [Row]) -> Vec<(&'a Values, Option<&'a Row>)> {
        match self {
            Self::All(values) => stored.iter().map(|row| (values, Some(row))).collect(),
            Self::Each(each) => {
                let stored: HashMap<i64, &Row> = stored.iter().map(|row| (row.id(), row)).collect();
                each.iter().map(|(id, values)| (values, stored.get(id).copied())).collect()
            }
        }
    }
}

fn changes(checks: &mut Checks<'_>, request: &Request) -> Option<Changes> {
    let body = input::body(request.values.as_deref());
    let (definition, target) = (request.collection, &request.target);
    let limit = checks.core.settings.rows_limit;
    let mut reader =
        Reader::new(&checks.access, &mut checks.faults, limit).pressed(checks.pressed.as_ref());
    if !input::is_array(body) {
        let mut values = reader.update(definition, &checks.grant, body)?;
        checks.set(&mut values);
        return Some(Changes::All(values));
    }
    let each = reader.updates(definition, &checks.grant, body);
    let mut seen = HashSet::new();
    if let Some((id, _)) = each.iter().find(|(id, _)| !seen.insert(*id)) {
        let message = format!("record {id} is named twice");
        checks.faults.invalid.push(Fault::new("duplicate_record", message));
    }
    if target.ids.is_some() || target.filter.is_some() {
        let message = "the records of an array have their own `id`: no `filterByTk`, no `filter`";
        checks.faults.invalid.push(Fault::new("two_targets", message));
    }
    Some(Changes::Each(each))
}

/// Which records the request may change, without its ids.
fn condition(checks: &mut Checks<'_>, request: &Request) -> Result<Condition> {
    let (definition, target) = (request.collection, &request.target);
    let mut all = vec![];
    if let Some(filter) = &target.filter {
        let parsed = filter::parse(definition, filter, &checks.access);
        all.extend(checks.faults.keep(parsed)?);
    }
    let body = input::body(request.values.as_deref());
    if target.filter.is_none() && target.ids.is_none() && !input::is_array(body) {
        let message = "which records? `filterByTk` or `filter` says it";
        checks.faults.invalid.push(Fault::new("no_target", message));
    }
    all.extend(checks.grant.scope(definition, checks.access.user()));
    all.extend(request.through.map(within));
    all.extend(request.only.clone());
    if target.filter.is_some() {
        all.extend(checks.pressed.and_then(|pressed| pressed.when()));
    }
    Ok(Condition::All(all))
}

/// An update that was judged, to be tried until nobody is in between.
struct Update<'a> {
    core: &'a Arc<Core>,
    request: &'a Request,
    checks: Checks<'a>,
    changes: Changes,
    condition: Condition,
    matches: Matches,
    /// What ran before the write.
    report: Report,
    shown: Shown,
}

impl Update<'_> {
    async fn attempt(&mut self) -> Result<Answer> {
        let (core, request) = (self.core, self.request);
        let named = self.changes.named(request);
        let turns = match &named {
            Some(ids) => turns::take(ids.iter().copied()).await,
            None => {
                turns::take(
                    reach::matching(core, request.collection, &self.condition)
                        .await?
                        .iter()
                        .map(Row::id),
                )
                .await
            }
        };
        // They may have changed until it was their turn.
        let stored = match &named {
            Some(ids) => self.stored(ids).await?,
            None => reach::matching(core, request.collection, &self.condition).await?,
        };
        let is_array = match &self.changes {
            Changes::Each(_) => true,
            Changes::All(_) => named.is_none_or(|ids| ids.len() != 1),
        };
        let pairs = self.changes.pairs(&stored);
        let found = self.checks.find(pairs.iter().copied()).await?;
        self.checks.check()?;

        let mut plan = Plan::new(core, &found, request.identity.user_id(), true);
        let mut events = Vec::with_capacity(pairs.len());
        for (values, before) in pairs {
            let Some(before) = before else { continue };
            let row = match self.checks.pressed {
                Some(pressed) if pressed.writes_nothing() => {
                    plan.keep(before);
                    before.clone()
                }
                _ => plan.update(before, values)?,
            };
            let changed = changed(before, &row);
            events.push(Event { row, before: Some(before.clone()), changed });
        }
        let firing = self.checks.act("update").fire(&self.matches, &events, &plan.written).await?;
        let data = data(events.into_iter().map(|event| event.row), is_array);
        let shown = self.shown.clone();
        let (root, report, once) =
            (self.checks.a_root(), self.report.clone(), request.once.clone());
        let commit = Commit { firing, report, root, once, ..Commit::of(plan, data, shown) };
        commit.run(core, turns).await
    }

    /// The records of these ids, every one of them.
    async fn stored(&self, ids: &[i64]) -> Result<Vec<Row>> {
        let definition = self.request.collection;
        let when = self.checks.pressed.and_then(|pressed| pressed.when());
        let condition = when.iter().cloned().fold(self.condition.clone(), Condition::and);
        let stored = reach::of_ids(self.core, definition, ids, &condition).await?;
        let here: HashSet<i64> = stored.iter().map(Row::id).collect();
        let Some(missing) = ids.iter().copied().find(|id| !here.contains(id)) else {
            return Ok(stored);
        };
        match self.checks.pressed {
            Some(pressed)
                if !reach::of_ids(self.core, definition, &[missing], &self.condition)
                    .await?
                    .is_empty() =>
            {
                Err(pressed.is_not_there(missing))
            }
            _ => Err(no_record(definition, missing)),
        }
    }
}

/// The columns, those of the system aside, that differ.
pub(super) fn changed(before: &Row, after: &Row) -> Vec<usize> {
    let pairs = before.values.iter().zip(&after.values).enumerate().skip(Definition::SYSTEM);
    pairs.filter(|(_, (before, after))| before != after).map(|(index, _)| index).collect()
}
