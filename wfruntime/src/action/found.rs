//! The stored records that a nested write is about, read before it is planned.

use std::collections::{HashMap, HashSet};

use super::Verb;
use super::faults::Faults;
use super::input::{Link, Target, Values};
use super::plan::between;
use super::rows;
use crate::auth::{Access, owner_column};
use crate::collection::{AssociationKind, Definition, Row};
use crate::error::{Fault, Result};
use crate::store::Store;
use crate::store::sql::{Condition, Query, Select};
use crate::value::{Type, Value};

/// Records by their collection's address and id, and what leads to others, by association.
#[derive(Debug, Default)]
pub(crate) struct Found {
    rows: HashMap<(usize, i64), Row>,
    leads: HashMap<(usize, i64, usize), Vec<i64>>,
}

fn address(definition: &Definition) -> usize {
    std::ptr::from_ref(definition).addr()
}

impl Found {
    /// A record that was read.
    pub(crate) fn row(&self, definition: &Definition, id: i64) -> Option<&Row> {
        self.rows.get(&(address(definition), id))
    }

    /// The records that refer to `row`, by an association of it.
    pub(crate) fn referring(&self, row: &Row, association: usize) -> &[i64] {
        let key = (address(row.definition), row.id(), association);
        self.leads.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The records that are connected with `row`, by an association of it.
    pub(crate) fn connected(&self, row: &Row, association: usize) -> &[i64] {
        self.referring(row, association)
    }
}

/// Reads the linked records of several objects, and what their records lead to already.
///
/// What is not there, or may not be seen, becomes a fault of the request.
pub(crate) struct Finder<'a> {
    access: &'a Access,
    /// Linked records: collection, id, which verb must be granted on them, place in the body.
    links: Vec<(&'static Definition, i64, Verb, String)>,
    /// Stored records whose association is set.
    sets: Vec<SetLink<'a>>,
}

/// An association of a stored record that a request sets.
struct SetLink<'a> {
    definition: &'static Definition,
    id: i64,
    link: &'a Link,
}

impl<'a> Finder<'a> {
    /// A finder of what `access` may see.
    pub(crate) fn new(access: &'a Access) -> Self {
        Self { access, links: Vec::new(), sets: Vec::new() }
    }

    /// Whether there is nothing to read.
    pub(crate) fn is_empty(&self) -> bool {
        self.links.is_empty() && self.sets.is_empty()
    }

    /// Notes what an object is about; `stored` is the record it changes.
    pub(crate) fn visit(&mut self, given: &'a Values, stored: Option<i64>) {
        for link in &given.links {
            let association = &given.definition.associations[link.association];
            let is_own = matches!(association.kind, AssociationKind::BelongsTo { .. });
            if let Some(id) = stored.filter(|_| !is_own) {
                self.sets.push(SetLink { definition: given.definition, id, link });
            }
            let moves = matches!(
                association.kind,
                AssociationKind::HasOne { .. } | AssociationKind::HasMany { .. }
            );
            for target in &link.targets {
                self.target(association.target(), target, moves);
            }
        }
    }

    fn target(&mut self, definition: &'static Definition, target: &'a Target, moves: bool) {
        if let Some(id) = target.id {
            if !moves {
                self.links.push((definition, id, Verb::Get, target.field.clone()));
            }
            if moves || target.values.is_some() {
                self.links.push((definition, id, Verb::Update, target.field.clone()));
            }
        }
        if let Some(values) = &target.values {
            self.visit(values, target.id);
        }
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn read(&self, store: &Store, faults: &mut Faults) -> Result<Found> {
        let mut found = Found::default();
        if self.is_empty() {
            return Ok(found);
        }
        let mut asked: Vec<(&'static Definition, Vec<i64>)> = Vec::new();
        for (definition, id, ..) in &self.links {
            match asked.iter_mut().find(|(asked, _)| asked == definition) {
                Some((_, ids)) => ids.push(*id),
                None => asked.push((definition, vec![*id])),
            }
        }
        for (definition, ids) in asked {
            for chunk in ids.chunks(rows::CHUNK) {
                let select = rows::select(definition, rows::with_ids(definition, chunk));
                found.keep(definition, store.read(&select.build()).await?);
            }
        }
        let mut told = HashSet::new();
        for (definition, id, verb, field) in &self.links {
            let row = found.row(definition, *id);
            if !row.is_some_and(|row| self.reaches(*verb, row)) && told.insert(field) {
                let message = format!("there is no record of `{}` with id {id}", definition.name());
                faults.invalid.push(Fault::new("not_found", message).at(field.clone()));
            }
        }
        for link in &self.sets {
            self.set(store, link, &mut found, faults).await?;
        }
        Ok(found)
    }

    /// Whether the role may use the verb on this record; the verb itself was judged before.
    fn reaches(&self, verb: Verb, row: &Row) -> bool {
        let is_self = row.definition.meta.account && Some(row.id()) == self.access.user();
        if is_self && verb == Verb::Get {
            return true;
        }
        let Some(grant) = self.access.grant(verb, row.definition) else { return true };
        let owner = row.values[owner_column(row.definition)].as_int();
        !grant.own || (owner.is_some() && owner == self.access.user())
    }

    /// Reads what an association of a stored record leads to before the request sets it.
    async fn set(
        &self,
        store: &Store,
        set: &SetLink<'_>,
        found: &mut Found,
        faults: &mut Faults,
    ) -> Result<()> {
        let SetLink { definition, id, link } = *set;
        let association = &definition.associations[link.association];
        let target = association.target();
        let leads = match association.kind {
            AssociationKind::BelongsTo { .. } => return Ok(()),
            AssociationKind::HasOne { by } | AssociationKind::HasMany { by } => {
                let filter = Condition::eq(target.columns[by].name, id);
                let select = rows::select(target, filter).build().unbounded();
                let read: Vec<Row> =
                    rows::from_values(target, store.read(&select).await?).collect();
                let ids: Vec<i64> = read.iter().map(Row::id).collect();
                for row in read {
                    if link.takes(row.id()) {
                        self.leave(&row, by, &link.field, faults);
                    }
                    found.rows.entry((address(target), row.id())).or_insert(row);
                }
                ids
            }
            AssociationKind::BelongsToMany { through, source, target } => {
                let through = between(through)?;
                let select = Select {
                    table: through.table(),
                    columns: vec![(through.columns[target].name, Type::Int)],
                    filter: Condition::eq(through.columns[source].name, id),
                    order: Vec::new(),
                    limit: None,
                    offset: None,
                };
                let read = store.read(&select.build().unbounded()).await?;
                read.iter().filter_map(|values| values.first().and_then(Value::as_int)).collect()
            }
        };
        for target in link.targets.iter().filter(|target| target.stays) {
            if let Some(id) = target.id.filter(|id| !leads.contains(id)) {
                let message = format!("record {id} is not linked, or no longer: leave it out");
                faults.invalid.push(Fault::new("not_linked", message).at(target.field.clone()));
            }
        }
        found.leads.insert((address(definition), id, link.association), leads);
        Ok(())
    }

    /// Judges that a record no longer refers to the one around it.
    pub(super) fn leave(&self, row: &Row, by: usize, field: &str, faults: &mut Faults) {
        let column = &row.definition.columns[by];
        if !column.nullable {
            let message = format!(
                "record {} of `{}` cannot be without `{}`: name it too, or destroy it",
                row.id(),
                row.definition.name(),
                column.json
            );
            faults.invalid.push(Fault::new("required", message).at(field));
        } else if !self.reaches(Verb::Update, row) {
            let message = format!("role `{}` may not remove all of them", self.access.role());
            faults.forbidden.push(Fault::new("forbidden", message).at(field));
        }
    }
}

impl Found {
    /// Keeps a record that was read.
    pub(crate) fn put(&mut self, row: Row) {
        self.rows.insert((address(row.definition), row.id()), row);
    }

    fn keep(&mut self, definition: &'static Definition, values: Vec<crate::store::Values>) {
        for row in rows::from_values(definition, values) {
            self.put(row);
        }
    }
}
