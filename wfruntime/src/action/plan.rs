//! The statements of a nested write, with every record as it will be.
//!
//! Ids are made here, so a record can be referred to before it is stored; nothing here asks the
//! store. Rows come after the rows they refer to.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::found::Found;
use super::input::{Link, Target, Values};
use super::load::{Entry, Written};
use super::rows;
use crate::auth::Names;
use crate::change::Write;
use crate::collection::{AssociationKind, CollectionMeta, DefaultValue, Definition, Row};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::registry;
use crate::store::Expect;
use crate::store::sql::{Condition, Query, Set, Update};
use crate::value::{Type, Value};

/// Collects what a request writes.
pub(crate) struct Plan<'a> {
    core: &'a Core,
    found: &'a Found,
    user: Option<i64>,
    now: Timestamp,
    /// In the order they have to run.
    pub(crate) statements: Vec<Write>,
    /// The records, for what is loaded through them.
    pub(crate) written: Written,
    /// Whether users are among them.
    pub(crate) users: bool,
    /// The names that users are given.
    pub(crate) names: Names,
    /// Whether something may be loaded through records that nothing is nested in.
    tracks: bool,
}

impl<'a> Plan<'a> {
    /// An empty plan of what `user` does now, with the stored records that it is about; `tracks`
    /// if something may be loaded through what it writes.
    pub(crate) fn new(core: &'a Core, found: &'a Found, user: Option<i64>, tracks: bool) -> Self {
        let (statements, written) = (Vec::new(), Written::default());
        let (now, users, names) = (core.clock.now(), false, Names::default());
        Self { core, found, user, now, statements, written, users, names, tracks }
    }

    /// Plans a new record and what is nested in it; `implied` is what its place sets.
    ///
    /// # Errors
    /// A record between two others cannot be made without more values.
    pub(crate) fn create(&mut self, given: &Values, implied: &[(usize, Value)]) -> Result<Row> {
        let mut columns: Vec<(usize, Value)> = given.columns.clone();
        columns.extend_from_slice(implied);
        for link in &given.links {
            columns.extend(self.reference(given.definition, link)?);
        }
        let changed: Vec<usize> = columns.iter().map(|(index, _)| *index).collect();
        let row = new_row(self.core, self.user, self.now, given.definition, columns);
        if given.links.is_empty() && !self.tracks {
            self.statements.push(Write::insert(self.core.registry, &row));
            self.note(&row, &changed);
            return Ok(row);
        }
        self.insert(&row, &changed);
        self.links(&row, given)?;
        Ok(row)
    }

    /// Plans a record that was made before, with the columns that were given for it.
    pub(crate) fn insert(&mut self, row: &Row, given: &[usize]) {
        self.statements.push(Write::insert(self.core.registry, row));
        self.note(row, given);
        let (row, given) = (row.clone(), given.to_vec());
        self.written.put(Entry { row, is_new: true, given, sets: Vec::new() });
    }

    /// Notes a written record if it is a user.
    fn note(&mut self, row: &Row, given: &[usize]) {
        if row.definition.meta.account {
            self.users = true;
            self.names.add(self.core, row, given);
        }
    }

    /// Plans that a stored record is destroyed.
    pub(crate) fn delete(&mut self, definition: &'static Definition, id: i64) {
        let filter = rows::with_ids(definition, &[id]);
        self.users |= definition.meta.account;
        self.statements.push(Write::delete(self.core.registry, definition, filter, Expect::Row));
    }

    /// Plans the change of a stored record and what is nested in it.
    ///
    /// If it was changed since it was read, the unit fails with
    /// [`crate::ErrorKind::Conflict`], code `changed_meanwhile`.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub(crate) fn update(&mut self, before: &Row, given: &Values) -> Result<Row> {
        let mut columns = given.columns.clone();
        for link in &given.links {
            columns.extend(self.reference(given.definition, link)?);
        }
        let row = self.change(before, columns, Guard::Unchanged);
        self.links(&row, given)?;
        Ok(row)
    }

    /// Plans that a stored record stays as it is until the commit.
    ///
    /// If it was changed since it was read, the unit fails as in [`Self::update`].
    pub(crate) fn keep(&mut self, row: &Row) {
        let id = row.definition.columns[Definition::ID].name;
        let set = vec![(id, Set::To(row.id().into()))];
        let (table, filter) = (row.definition.table(), rows::unchanged(row));
        let update = Update { table, set, filter, returning: Vec::new() };
        // It changes nothing: nobody hears of it.
        self.statements.push(Write::Plain(update.expect(Expect::Unchanged)));
    }

    /// Plans the change of single columns of a stored record.
    pub(crate) fn change(
        &mut self,
        before: &Row,
        columns: Vec<(usize, Value)>,
        guard: Guard,
    ) -> Row {
        let definition = before.definition;
        let mut row = before.clone();
        let given: Vec<usize> = columns.iter().map(|(index, _)| *index).collect();
        for (index, value) in columns {
            row.values[index] = value;
        }
        if definition.meta.account {
            let differs = |index: &usize| row.values[*index] != before.values[*index];
            let renamed: Vec<usize> = given.iter().copied().filter(differs).collect();
            self.note(&row, &renamed);
        }
        row.values[Definition::UPDATED_AT] = self.now.into();
        row.values[Definition::UPDATED_BY] = self.user.into();
        let system = [Definition::UPDATED_AT, Definition::UPDATED_BY];
        let set = given
            .iter()
            .chain(&system)
            .map(|index| (definition.columns[*index].name, Set::To(row.values[*index].clone())));
        let set = set.collect();
        let (filter, expect) = match guard {
            Guard::Unchanged => (rows::unchanged(before), Expect::Unchanged),
            Guard::Exists => (rows::with_ids(definition, &[before.id()]), Expect::Row),
        };
        let update = Update { table: definition.table(), set, filter, returning: Vec::new() };
        self.statements.push(Write::update(self.core.registry, definition, update, expect));
        match self.written.get_mut(definition, row.id()) {
            Some(entry) => {
                entry.row = row.clone();
                entry.given.extend(given);
            }
            None => {
                let row = row.clone();
                self.written.put(Entry { row, is_new: false, given, sets: Vec::new() });
            }
        }
        row
    }

    /// Plans the record between `source` and `target` of a [`AssociationKind::BelongsToMany`].
    ///
    /// # Errors
    /// The collection between has a field that is required.
    pub(crate) fn connect(
        &mut self,
        through: &CollectionMeta,
        source: (usize, i64),
        target: (usize, i64),
    ) -> Result<()> {
        let definition = between(through)?;
        let columns = vec![(source.0, source.1.into()), (target.0, target.1.into())];
        let missing = definition.columns.iter().enumerate().find(|(index, column)| {
            column.is_required() && *index != source.0 && *index != target.0
        });
        if let Some((_, column)) = missing {
            let message = format!(
                "a record of `{}` connects them, and needs `{}`: create it itself",
                definition.name(),
                column.json
            );
            return Err(Error::invalid("required", message));
        }
        let row = new_row(self.core, self.user, self.now, definition, columns);
        self.statements.push(Write::insert(self.core.registry, &row));
        Ok(())
    }

    /// Plans that `source` is no longer connected with these records, by their ids.
    ///
    /// # Errors
    /// The collection between is not registered.
    pub(crate) fn disconnect(
        &mut self,
        through: &CollectionMeta,
        source: (usize, i64),
        target: usize,
        gone: Vec<Value>,
    ) -> Result<()> {
        if gone.is_empty() {
            return Ok(());
        }
        let between = between(through)?;
        let filter = Condition::eq(between.columns[source.0].name, source.1)
            .and(Condition::In(between.columns[target].name, gone));
        self.statements.push(Write::delete(self.core.registry, between, filter, Expect::Any));
        Ok(())
    }

    /// The own column that a given to-one association sets; its record is planned first.
    fn reference(
        &mut self,
        definition: &'static Definition,
        link: &Link,
    ) -> Result<Option<(usize, Value)>> {
        let association = &definition.associations[link.association];
        let AssociationKind::BelongsTo { column } = association.kind else { return Ok(None) };
        let Some(target) = link.targets.first() else { return Ok(None) };
        let id = self.target(association.target(), target, &[])?;
        Ok(Some((column, id.into())))
    }

    /// Plans what was given for one record of an association; its id.
    fn target(
        &mut self,
        definition: &'static Definition,
        target: &Target,
        implied: &[(usize, Value)],
    ) -> Result<i64> {
        match (target.id, &target.values) {
            (Some(id), values) => {
                let mut columns = implied.to_vec();
                if let Some(values) = values {
                    columns.extend_from_slice(&values.columns);
                    for link in &values.links {
                        columns.extend(self.reference(definition, link)?);
                    }
                }
                if columns.is_empty() && values.is_none() {
                    return Ok(id);
                }
                let row = self.current(definition, id)?;
                let row = self.change(&row, columns, Guard::Exists);
                if let Some(values) = values {
                    self.links(&row, values)?;
                }
                Ok(id)
            }
            (None, Some(values)) => Ok(self.create(values, implied)?.id()),
            (None, None) => Err(Error::internal("a target without id and values")),
        }
    }

    /// A stored record as this plan leaves it so far.
    pub(crate) fn current(&self, definition: &'static Definition, id: i64) -> Result<Row> {
        let written = self.written.get(definition, id).map(|entry| &entry.row);
        let row = written.or_else(|| self.found.row(definition, id));
        row.cloned().ok_or_else(|| Error::internal("a linked record was not read"))
    }

    /// Plans the associations whose links stand in other tables.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub(crate) fn links(&mut self, row: &Row, given: &Values) -> Result<()> {
        for link in &given.links {
            let association = &row.definition.associations[link.association];
            match association.kind {
                AssociationKind::BelongsTo { .. } => {}
                AssociationKind::HasOne { by } | AssociationKind::HasMany { by } => {
                    self.refer(row, link, by)?;
                }
                AssociationKind::BelongsToMany { through, source, target } => {
                    self.connections(row, link, (through, source, target))?;
                }
            }
        }
        Ok(())
    }

    /// The given records refer to `row`, and those that it takes no longer do.
    fn refer(&mut self, row: &Row, link: &Link, by: usize) -> Result<()> {
        let target = row.definition.associations[link.association].target();
        let stored = self.found.referring(row, link.association);
        for other in stored.iter().filter(|id| link.takes(**id)) {
            let other = self.current(target, *other)?;
            self.change(&other, vec![(by, Value::Null)], Guard::Unchanged);
        }
        let mut ids = others(link, stored);
        for given in &link.targets {
            let is_there = given.id.is_some_and(|id| stored.contains(&id));
            let implied = [(by, row.id().into())];
            let implied = if is_there { &[][..] } else { &implied[..] };
            ids.push(self.target(target, given, implied)?);
        }
        self.set(row, link.association, ids);
        Ok(())
    }

    /// The given records are connected with `row`, and those that it takes no longer are.
    fn connections(
        &mut self,
        row: &Row,
        link: &Link,
        (through, source, target): (&CollectionMeta, usize, usize),
    ) -> Result<()> {
        let stored = self.found.connected(row, link.association);
        let gone: Vec<Value> =
            stored.iter().filter(|id| link.takes(**id)).map(|id| (*id).into()).collect();
        self.disconnect(through, (source, row.id()), target, gone)?;
        let to = row.definition.associations[link.association].target();
        let mut ids = others(link, stored);
        for given in &link.targets {
            let id = self.target(to, given, &[])?;
            if !stored.contains(&id) && !ids.contains(&id) {
                self.connect(through, (source, row.id()), (target, id))?;
            }
            ids.push(id);
        }
        self.set(row, link.association, ids);
        Ok(())
    }

    fn set(&mut self, row: &Row, association: usize, ids: Vec<i64>) {
        if let Some(entry) = self.written.get_mut(row.definition, row.id()) {
            entry.sets.push((association, ids));
        }
    }
}

/// Those that are linked already and stay so without being named.
fn others(link: &Link, stored: &[i64]) -> Vec<i64> {
    let is_named = |id: &i64| link.targets.iter().any(|target| target.id == Some(*id));
    stored.iter().copied().filter(|id| !link.takes(*id) && !is_named(id)).collect()
}

/// A new record with these columns: the others get what the system or their default says.
pub(crate) fn new_row(
    core: &Core,
    user: Option<i64>,
    now: Timestamp,
    definition: &'static Definition,
    columns: Vec<(usize, Value)>,
) -> Row {
    let mut values: Vec<Option<Value>> = vec![None; definition.columns.len()];
    for (index, value) in columns {
        values[index] = Some(value);
    }
    let values = values.into_iter().enumerate().map(|(index, value)| {
        value.unwrap_or_else(|| match index {
            Definition::ID => core.ids.next(&core.clock).into(),
            Definition::CREATED_AT | Definition::UPDATED_AT => now.into(),
            Definition::CREATED_BY | Definition::UPDATED_BY => user.into(),
            _ => {
                let column = &definition.columns[index];
                column.default().map_or(Value::Null, |it| made(it, now, user, column.kind.ty()))
            }
        })
    });
    Row::new(definition, values.collect())
}

/// A declared value, made for an action of `user` now.
pub(crate) fn made(value: DefaultValue, now: Timestamp, user: Option<i64>, ty: Type) -> Value {
    match value {
        DefaultValue::Now => moment(now, ty),
        DefaultValue::User => user.into(),
        DefaultValue::Value(value) => value(),
    }
}

/// A moment as a column of this type holds it; civil times are those in UTC.
fn moment(now: Timestamp, ty: Type) -> Value {
    let civil = Offset::UTC.to_datetime(now);
    match ty {
        Type::Date => civil.date().into(),
        Type::Time => civil.time().into(),
        Type::DateTime => civil.into(),
        _ => now.into(),
    }
}

/// What must hold for a stored record that a plan changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    /// It is as it was read.
    Unchanged,
    /// It is there.
    Exists,
}

/// The collection between two others.
pub(crate) fn between(meta: &CollectionMeta) -> Result<&'static Definition> {
    let definition = registry::global().declared(meta);
    definition.ok_or_else(|| Error::internal("the collection between is not registered"))
}
