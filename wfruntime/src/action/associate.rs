//! `add`, `remove` and `set` on an association: which stored records belong to a stored one.
//!
//! They are no actions: no post-action follows them. A link is judged as the nested write that
//! would make it.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::again::Tries;
use super::commit::Commit;
use super::faults::Faults;
use super::found::{Finder, Found};
use super::input::{Reader, Values};
use super::keyed::is_taken;
use super::plan::{Guard, Plan, between};
use super::read::{self, no_record};
use super::{Answer, AnswerData, Request, Through, Verb, View, rows, turns};
use crate::auth::Access;
use crate::collection::{Association, AssociationKind, CollectionMeta, Id, Row};
use crate::core::Core;
use crate::error::{Error, Fault, Result};
use crate::spelling::quoted;
use crate::store::Statement;
use crate::store::sql::{Condition, Query as _, Select};
use crate::value::{Type, Value};

/// Carries out an `add`, a `remove` or a `set`; it answers how many links it made or took, a `set`
/// how many there are now.
///
/// # Errors
/// All faults of the request at once, or that a record is not there; nothing was written then.
pub(super) async fn associate(core: &Arc<Core>, request: &Request) -> Result<Answer> {
    let Some(through) = request.through else {
        return Err(Error::internal("an association without the record that has it"));
    };
    let access = Access::of(core, &request.identity);
    let link = Linking::check(core, &access, request, through)?;
    let mut tries = Tries::first();
    loop {
        match link.attempt().await {
            Err(error) if (error.is_overtaken() || is_taken(&error)) && tries.another() => {}
            done => return done,
        }
    }
}

/// A change of links that was judged, to be tried until nobody is in between.
struct Linking<'a> {
    core: &'a Arc<Core>,
    access: &'a Access,
    request: &'a Request,
    through: Through,
    /// The named records.
    ids: Vec<i64>,
    /// What would write the links, nested in the record.
    values: Values,
    /// What must hold for the record.
    condition: Condition,
}

/// What is written, and how many links that makes or takes.
struct Links<'p> {
    plan: Plan<'p>,
    absent: Vec<Statement>,
    count: usize,
}

impl<'a> Linking<'a> {
    fn check(
        core: &'a Arc<Core>,
        access: &'a Access,
        request: &'a Request,
        through: Through,
    ) -> Result<Self> {
        let (source, verb) = (through.collection, request.verb);
        let grant = access.may(Verb::Update, source)?;
        let association = &source.associations[through.association];
        let mut faults = Faults::default();
        if request.triggers.as_deref().is_some_and(|triggers| !triggers.is_empty()) {
            let message = "links are no action: no workflow follows them; leave it out";
            faults.invalid.push(Fault::new("no_effect", message).at("triggerWorkflows"));
        }
        let ids = ids(request, association, &mut faults);
        let limit = core.settings.rows_limit;
        let body = nested(association, &ids, verb);
        let values = Reader::new(access, &mut faults, limit).update(source, &grant, &body);
        faults.check()?;
        let Some(values) = values else { return Err(Error::internal("links without faults")) };
        let condition = grant.scope(source, access.user());
        let condition = Condition::All(condition.into_iter().collect());
        Ok(Self { core, access, request, through, ids, values, condition })
    }

    fn association(&self) -> &'static Association {
        &self.through.collection.associations[self.through.association]
    }

    async fn attempt(&self) -> Result<Answer> {
        let core = self.core;
        let turns = turns::take(self.ids.iter().copied().chain([self.through.id])).await;
        let source = self.source().await?;
        let mut faults = Faults::default();
        let found = self.found(&source, &mut faults).await?;
        let plan = Plan::new(core, &found, self.request.identity.user_id(), true);
        let mut links = Links { plan, absent: Vec::new(), count: 0 };
        match (self.request.verb, self.association().kind) {
            (Verb::Add, AssociationKind::HasMany { by }) => self.refer(&source, by, &mut links)?,
            (Verb::Add, AssociationKind::BelongsToMany { through, source: near, target: far }) => {
                self.connect(through, (near, far), &mut links).await?;
            }
            (Verb::Remove, AssociationKind::HasOne { by } | AssociationKind::HasMany { by }) => {
                self.release(by, &mut links, &mut faults).await?;
            }
            (Verb::Remove, AssociationKind::BelongsToMany { through, source: near, target }) => {
                self.disconnect(through, (near, target), &mut links).await?;
            }
            (Verb::Remove, AssociationKind::BelongsTo { column }) => {
                let now = source.values[column].as_int();
                if now.is_some_and(|now| self.ids.is_empty() || self.ids.contains(&now)) {
                    links.plan.update(&source, &self.values)?;
                    links.count = 1;
                }
            }
            (_, AssociationKind::BelongsTo { .. }) => {
                links.plan.update(&source, &self.values)?;
                links.count = 1;
            }
            _ => {
                links.plan.links(&source, &self.values)?;
                links.count = self.ids.len();
            }
        }
        faults.check()?;
        let count = u64::try_from(links.count).unwrap_or(u64::MAX);
        let data = AnswerData::Count(count);
        let Links { plan, absent, .. } = links;
        if plan.statements.is_empty() {
            let answer = Answer::of(data);
            if let Some(once) = &self.request.once {
                once.keep_alone(core, &answer).await?;
            }
            return Ok(answer);
        }
        let shown = read::resolve(self.request.collection, &View::default(), self.access)?;
        let once = self.request.once.clone();
        // No workflow is about a link: none runs before it, and none fires.
        let commit = Commit { absent, once, ..Commit::of(plan, data, shown) };
        commit.run(core, turns).await
    }

    /// The record whose links change.
    async fn source(&self) -> Result<Row> {
        let Through { collection, id, .. } = self.through;
        let filter = rows::with_ids(collection, &[id]).and(self.condition.clone());
        let read = self.core.store.read(&rows::select(collection, filter).build()).await?;
        let source = rows::from_values(collection, read).next();
        source.ok_or_else(|| no_record(collection, id))
    }

    /// The named records, and for a `set` what is linked already.
    async fn found(&self, source: &Row, faults: &mut Faults) -> Result<Found> {
        if self.request.verb == Verb::Remove {
            return Ok(Found::default());
        }
        let stored = (self.request.verb == Verb::Set).then(|| source.id());
        let mut finder = Finder::new(self.access);
        finder.visit(&self.values, stored);
        let found = finder.read(&self.core.store, faults).await?;
        std::mem::take(faults).check()?;
        Ok(found)
    }

    /// The named records refer to `source`.
    fn refer(&self, source: &Row, by: usize, links: &mut Links<'_>) -> Result<()> {
        for id in &self.ids {
            let row = links.plan.current(self.association().target(), *id)?;
            if row.values[by].as_int() != Some(source.id()) {
                links.plan.change(&row, vec![(by, source.id().into())], Guard::Unchanged);
                links.count += 1;
            }
        }
        Ok(())
    }

    /// The named records that refer to the source no longer do.
    async fn release(&self, by: usize, links: &mut Links<'_>, faults: &mut Faults) -> Result<()> {
        let target = self.association().target();
        let refers = Condition::eq(target.columns[by].name, self.through.id);
        // Of a to-one association, which of them it is need not be said.
        let chunks: Vec<Condition> = match self.ids.as_slice() {
            [] => vec![refers],
            ids => ids
                .chunks(rows::CHUNK)
                .map(|ids| rows::with_ids(target, ids).and(refers.clone()))
                .collect(),
        };
        let finder = Finder::new(self.access);
        for filter in chunks {
            let read = self.core.store.read(&rows::select(target, filter).build()).await?;
            for row in rows::from_values(target, read) {
                finder.leave(&row, by, self.association().json, faults);
                links.plan.change(&row, vec![(by, Value::Null)], Guard::Unchanged);
                links.count += 1;
            }
        }
        Ok(())
    }

    /// The named records that are not connected with the source yet are.
    async fn connect(
        &self,
        through: &'static CollectionMeta,
        columns: (usize, usize),
        links: &mut Links<'_>,
    ) -> Result<()> {
        for ids in self.ids.chunks(rows::CHUNK) {
            let select = self.connections(through, columns, ids)?;
            let there = self.core.store.read(&select).await?;
            let is_there = |id: i64| there.iter().any(|row| row.first() == Some(&Value::Int(id)));
            let new: Vec<i64> = ids.iter().copied().filter(|id| !is_there(*id)).collect();
            for id in &new {
                links.plan.connect(through, (columns.0, self.through.id), (columns.1, *id))?;
            }
            if !new.is_empty() {
                links.absent.push(self.connections(through, columns, &new)?);
            }
            links.count += new.len();
        }
        Ok(())
    }

    /// The named records that are connected with the source no longer are.
    async fn disconnect(
        &self,
        through: &'static CollectionMeta,
        columns: (usize, usize),
        links: &mut Links<'_>,
    ) -> Result<()> {
        for ids in self.ids.chunks(rows::CHUNK) {
            let select = self.connections(through, columns, ids)?;
            let mut there: Vec<Value> =
                self.core.store.read(&select).await?.into_iter().flatten().collect();
            there.sort_by_key(Value::as_int);
            there.dedup();
            links.count += there.len();
            links.plan.disconnect(through, (columns.0, self.through.id), columns.1, there)?;
        }
        Ok(())
    }

    /// Finds which of these records are connected with the source.
    fn connections(
        &self,
        through: &'static CollectionMeta,
        (near, far): (usize, usize),
        ids: &[i64],
    ) -> Result<Statement> {
        let between = between(through)?;
        let far = between.columns[far].name;
        let named = Condition::In(far, ids.iter().map(|id| (*id).into()).collect());
        let select = Select {
            table: between.table(),
            columns: vec![(far, Type::Int)],
            filter: Condition::eq(between.columns[near].name, self.through.id).and(named),
            order: Vec::new(),
            limit: None,
            offset: None,
        };
        Ok(select.build())
    }
}

/// The ids that a request names, each once.
fn ids(request: &Request, association: &Association, faults: &mut Faults) -> Vec<i64> {
    let mut tell = |code, message: String| faults.invalid.push(Fault::new(code, message));
    if request.target.filter.is_some() {
        tell("no_effect", "which records? their ids say it: leave out `filter`".to_owned());
    }
    // Some clients send an empty object where there is nothing to send.
    let body = request.values.as_deref().filter(|body| !matches!(body.get(), "null" | "{}"));
    let in_body = body.map(in_body);
    let ids = match (&request.target.ids, in_body) {
        (Some(_), Some(_)) => {
            let message = "the ids stand in the body or in `filterByTk`, not in both";
            tell("two_targets", message.to_owned());
            return Vec::new();
        }
        (Some(ids), None) => Some(ids.clone()),
        (None, Some(Ok(ids))) => Some(ids),
        (None, Some(Err(found))) => {
            tell("wrong_type", format!("expected an id, or an array of ids, found {found}"));
            return Vec::new();
        }
        (None, None) => None,
    };
    let mut ids = match (ids, request.verb) {
        (Some(ids), _) => ids,
        (None, Verb::Remove) if association.is_to_one() => Vec::new(),
        (None, _) => {
            let message = "which records? their ids stand in the body or in `filterByTk`";
            tell("no_target", message.to_owned());
            return Vec::new();
        }
    };
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    if association.is_to_one() && request.verb == Verb::Set && ids.len() != 1 {
        let message = format!("`{}` leads to one record: expected one id", association.json);
        tell("wrong_type", message);
    }
    ids
}

/// The ids in a body: one, or an array; alone, as `{"id": 5}`, or in `{"values": …}`.
fn in_body(body: &RawValue) -> Result<Vec<i64>, String> {
    let found = || quoted(body.get());
    let mut body: serde_json::Value = serde_json::from_str(body.get()).map_err(|_| found())?;
    if let Some(values) = body.as_object_mut().and_then(|body| body.remove("values")) {
        body = values;
    }
    let all = match body {
        serde_json::Value::Array(all) => all,
        one => vec![one],
    };
    let ids = all.iter().map(|one| {
        let id = match one.as_object() {
            Some(object) if object.len() == 1 => object.get("id")?,
            _ => one,
        };
        id.as_i64().filter(|id| (1..=Id::<()>::MAX).contains(id))
    });
    ids.collect::<Option<_>>().ok_or_else(found)
}

/// The body of the update of the record that would write these links.
fn nested(association: &Association, ids: &[i64], verb: Verb) -> String {
    let value = match ids {
        [id] if association.is_to_one() && verb == Verb::Set => id.to_string(),
        _ if association.is_to_one() => "null".to_owned(),
        _ => serde_json::Value::from(ids).to_string(),
    };
    format!("{{{}:{value}}}", serde_json::Value::from(association.json))
}
