//! `create`: one new record or several, with all that is nested in them.

use std::sync::Arc;

use super::again::Tries;
use super::before::{Asked, Stage};
use super::checks::Checks;
use super::commit::Commit;
use super::found::Found;
use super::input::{self, Given, Reader, Values};
use super::plan::{Guard, Plan};
use super::read::Shown;
use super::report::Report;
use super::turns::Turns;
use super::{Answer, AnswerData, Request, Through, keyed};
use crate::collection::{AssociationKind, Row};
use crate::core::Core;
use crate::error::{Fault, Result};
use crate::trigger::{Event, Matches};
use crate::value::Value;

/// Creates what the request's body says.
///
/// # Errors
/// All faults of the request at once; nothing was written then.
pub(super) async fn create(core: &Arc<Core>, request: &Request) -> Result<Answer> {
    let mut checks = Checks::enter(core, request)?;
    let body = input::body(request.values.as_deref());
    let implied = request.through.and_then(implied);
    let column = implied.as_ref().map(|(column, _)| *column);
    if column.is_some_and(|column| checks.pressed.is_some_and(|pressed| pressed.sets(column))) {
        let message = "the button sets the association that the path goes through";
        checks.faults.invalid.push(Fault::new("implied", message).at("button"));
    }
    let limit = core.settings.rows_limit;
    let given = Reader::new(&checks.access, &mut checks.faults, limit)
        .pressed(checks.pressed.as_ref())
        .create(request.collection, &checks.grant, body, column);
    let is_array = matches!(given, Given::Many(_));
    let mut given: Vec<Values> = match given {
        Given::One(values) => values.into_iter().collect(),
        Given::Many(values) => values,
    };
    given.iter_mut().for_each(|values| checks.set(values));
    let matches = checks.matches("create", request).await?;
    let found = checks.find(given.iter().map(|values| (values, None))).await?;
    let shown = checks.shown()?;
    let parent = checks.parent(request).await?;
    let asked = given.iter().map(|values| Asked { ids: Vec::new(), columns: values.submitted() });
    let stage = checks.before(request, "create").run(&matches.before, asked.collect()).await?;
    let report = match stage {
        Stage::Refused(answer) => return Ok(*answer),
        Stage::Goes(report, sets) => {
            given.iter_mut().zip(sets).for_each(|(values, sets)| values.take_over(sets));
            report
        }
    };

    let mut create =
        Create { core, request, checks, given, is_array, implied, matches, report, shown };
    let (mut found, mut parent) = (found, parent);
    let mut tries = Tries::first();
    loop {
        match create.attempt(&found, parent.as_ref()).await {
            // That it is there by now is for those to judge who asked for one that is not.
            Err(error) if error.is_overtaken() && request.only.is_none() && tries.another() => {
                (found, parent) = create.read_again().await?;
            }
            done => return done,
        }
    }
}

/// A create that was judged, to be tried until nobody is in between.
struct Create<'a> {
    core: &'a Arc<Core>,
    request: &'a Request,
    checks: Checks<'a>,
    given: Vec<Values>,
    is_array: bool,
    implied: Option<(usize, Value)>,
    matches: Matches,
    /// What ran before the write.
    report: Report,
    shown: Shown,
}

impl Create<'_> {
    async fn attempt(&mut self, found: &Found, parent: Option<&Row>) -> Result<Answer> {
        let (core, request) = (self.core, self.request);
        let user = request.identity.user_id();
        let mut plan = Plan::new(core, found, user, self.matches.load());
        let mut events = Vec::with_capacity(self.given.len());
        for values in &self.given {
            let row = plan.create(values, self.implied.as_slice())?;
            if let (Some(through), Some(parent)) = (request.through, parent) {
                attach(&mut plan, through, parent, &row)?;
            }
            let implied = self.implied.iter().map(|(column, _)| *column);
            let changed = values.given().into_iter().chain(implied).collect();
            events.push(Event { row, before: None, changed });
        }
        let firing = self.checks.act("create").fire(&self.matches, &events, &plan.written).await?;
        let data = data(events.into_iter().map(|event| event.row), self.is_array);
        let shown = self.shown.clone();
        let (root, report, once) =
            (self.checks.a_root(), self.report.clone(), request.once.clone());
        let absent = request.only.iter().map(|only| keyed::any(request.collection, only)).collect();
        let commit = Commit { absent, firing, report, root, once, ..Commit::of(plan, data, shown) };
        commit.run(core, Turns::default()).await
    }

    /// The stored records that it is about, as they are now.
    async fn read_again(&mut self) -> Result<(Found, Option<Row>)> {
        let found = self.checks.find(self.given.iter().map(|values| (values, None))).await?;
        self.checks.check()?;
        Ok((found, self.checks.parent(self.request).await?))
    }
}

/// The column of a new record that the record around it sets, with its value.
fn implied(through: Through) -> Option<(usize, Value)> {
    match through.collection.associations[through.association].kind {
        AssociationKind::HasOne { by } | AssociationKind::HasMany { by } => {
            Some((by, through.id.into()))
        }
        AssociationKind::BelongsTo { .. } | AssociationKind::BelongsToMany { .. } => None,
    }
}

/// Links a new record with the one it was created through, where its own column does not.
fn attach(plan: &mut Plan<'_>, through: Through, parent: &Row, row: &Row) -> Result<()> {
    match through.collection.associations[through.association].kind {
        AssociationKind::BelongsTo { column } => {
            plan.change(parent, vec![(column, row.id().into())], Guard::Exists);
            Ok(())
        }
        AssociationKind::BelongsToMany { through, source, target } => {
            plan.connect(through, (source, parent.id()), (target, row.id()))
        }
        AssociationKind::HasOne { .. } | AssociationKind::HasMany { .. } => Ok(()),
    }
}

/// Rows as they are answered: one, or an array.
pub(super) fn data(mut rows: impl Iterator<Item = Row>, is_array: bool) -> AnswerData {
    match (is_array, rows.next()) {
        (false, Some(row)) => AnswerData::One(Box::new(row)),
        (_, first) => AnswerData::Many(first.into_iter().chain(rows).collect()),
    }
}
