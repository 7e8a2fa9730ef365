//! Associated records, loaded along paths: from what a request wrote, else from the store.
//!
//! A request's answer and its workflows see what it writes before it is written, so that the
//! unit that writes it computes nothing.

use std::collections::HashMap;

use super::rows;
use crate::collection::{AssociationKind, Definition, Loaded, Row};
use crate::error::{Error, Result};
use crate::registry;
use crate::store::sql::{Condition, Name, Query, Select};
use crate::store::{BoxFuture, Store};
use crate::value::{Type, Value};

/// Associations to load, each with what to load of the records it leads to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tree(Vec<(usize, Tree)>);

impl Tree {
    /// Adds a path of association indexes.
    pub(crate) fn add(&mut self, path: &[usize]) {
        if let Some((first, rest)) = path.split_first() {
            self.branch(*first).add(rest);
        }
    }

    /// What to load behind an association.
    pub(crate) fn branch(&mut self, association: usize) -> &mut Self {
        let found = self.0.iter().position(|(index, _)| *index == association);
        let at = found.unwrap_or_else(|| {
            self.0.push((association, Self::default()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

/// What a request writes, by record, as far as something may be loaded through it.
#[derive(Debug, Default)]
pub(crate) struct Written(HashMap<(usize, i64), Entry>);

/// A record as it is after the request.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) row: Row,
    /// Nothing stored refers to it.
    pub(crate) is_new: bool,
    /// The columns that were given.
    pub(crate) given: Vec<usize>,
    /// All records of an association that the request set, by its index.
    pub(crate) sets: Vec<(usize, Vec<i64>)>,
}

fn address(definition: &Definition) -> usize {
    std::ptr::from_ref(definition).addr()
}

impl Written {
    /// Keeps a record.
    pub(crate) fn put(&mut self, entry: Entry) {
        self.0.insert((address(entry.row.definition), entry.row.id()), entry);
    }

    /// The record, if the request wrote it.
    pub(crate) fn get(&self, definition: &Definition, id: i64) -> Option<&Entry> {
        self.0.get(&(address(definition), id))
    }

    /// The record, to change it.
    pub(crate) fn get_mut(&mut self, definition: &Definition, id: i64) -> Option<&mut Entry> {
        self.0.get_mut(&(address(definition), id))
    }

    fn of(&self, definition: &'static Definition) -> impl Iterator<Item = &Row> {
        let address = address(definition);
        self.0.iter().filter(move |(key, _)| key.0 == address).map(|(_, entry)| &entry.row)
    }

    /// The records that a request set for an association, if it is known without asking.
    fn set(&self, row: &Row, association: usize) -> Option<&[i64]> {
        let entry = self.get(row.definition, row.id())?;
        let set = entry.sets.iter().find(|(index, _)| *index == association);
        set.map(|(_, ids)| ids.as_slice()).or(entry.is_new.then_some(&[]))
    }
}

/// Loads the associations of `tree` into rows of one collection.
///
/// # Errors
/// What the store says.
pub(crate) fn load<'a>(
    store: &'a Store,
    written: &'a Written,
    rows: &'a mut [Row],
    tree: &'a Tree,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for (association, subtree) in &tree.0 {
            load_one(store, written, rows, *association, subtree).await?;
        }
        Ok(())
    })
}

async fn load_one(
    store: &Store,
    written: &Written,
    rows: &mut [Row],
    index: usize,
    subtree: &Tree,
) -> Result<()> {
    let Some(definition) = rows.first().map(|row| row.definition) else { return Ok(()) };
    let association = &definition.associations[index];
    let mut pool = Pool::new(store, written, association.target());
    let led = match association.kind {
        AssociationKind::BelongsTo { column } => {
            rows.iter().map(|row| row.values[column].as_int().into_iter().collect()).collect()
        }
        AssociationKind::HasOne { by } | AssociationKind::HasMany { by } => {
            pool.referring(rows, index, by).await?
        }
        AssociationKind::BelongsToMany { through, source, target } => {
            let through = registry::global().declared(through);
            let through = through.ok_or_else(|| Error::internal("unregistered collection"))?;
            let (source, target) = (through.columns[source].name, through.columns[target].name);
            pool.connected(rows, index, (through.table(), source, target)).await?
        }
    };
    let mut targets = pool.take(&led).await?;
    load(store, written, &mut targets, subtree).await?;
    let targets: HashMap<i64, Row> = targets.into_iter().map(|row| (row.id(), row)).collect();
    for (row, ids) in rows.iter_mut().zip(led) {
        let mut found = ids.iter().filter_map(|id| targets.get(id).cloned());
        let loaded = match association.is_to_one() {
            true => Loaded::One(found.next().map(Box::new)),
            false => Loaded::Many(found.collect()),
        };
        row.load(index, loaded);
    }
    Ok(())
}

/// The records at the other end of an association, as far as they are known.
struct Pool<'a> {
    store: &'a Store,
    written: &'a Written,
    target: &'static Definition,
    known: HashMap<i64, Row>,
}

impl<'a> Pool<'a> {
    fn new(store: &'a Store, written: &'a Written, target: &'static Definition) -> Self {
        Self { store, written, target, known: HashMap::new() }
    }

    /// For each row the records whose column `by` refers to it.
    async fn referring(&mut self, rows: &[Row], index: usize, by: usize) -> Result<Vec<Vec<i64>>> {
        let mut led = self.already(rows, index);
        let asked = unknown(rows, &led);
        for chunk in asked.chunks(rows::CHUNK) {
            let filter = Condition::In(self.target.columns[by].name, values(chunk));
            let statement = rows::select(self.target, filter).build().unbounded();
            for row in rows::from_values(self.target, self.store.read(&statement).await?) {
                self.known.insert(row.id(), row);
            }
        }
        for row in self.written.of(self.target) {
            self.known.insert(row.id(), row.clone());
        }
        let mut referring: HashMap<i64, Vec<i64>> = HashMap::new();
        for row in self.known.values() {
            if let Some(to) = row.values[by].as_int() {
                referring.entry(to).or_default().push(row.id());
            }
        }
        for (row, ids) in rows.iter().zip(&mut led) {
            if ids.is_none() {
                let mut found = referring.remove(&row.id()).unwrap_or_default();
                found.sort_unstable();
                *ids = Some(found);
            }
        }
        Ok(led.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// For each row the records that rows of the table between connect it with.
    async fn connected(
        &self,
        rows: &[Row],
        index: usize,
        (table, source, target): (Name, Name, Name),
    ) -> Result<Vec<Vec<i64>>> {
        let mut led = self.already(rows, index);
        let asked = unknown(rows, &led);
        let mut connected: HashMap<i64, Vec<i64>> = HashMap::new();
        for chunk in asked.chunks(rows::CHUNK) {
            let select = Select {
                table,
                columns: vec![(source, Type::Int), (target, Type::Int)],
                filter: Condition::In(source, values(chunk)),
                order: vec![(target, false)],
                limit: None,
                offset: None,
            };
            for pair in self.store.read(&select.build().unbounded()).await? {
                if let [Value::Int(from), Value::Int(to)] = pair.as_slice() {
                    connected.entry(*from).or_default().push(*to);
                }
            }
        }
        for (row, ids) in rows.iter().zip(&mut led) {
            ids.get_or_insert_with(|| connected.remove(&row.id()).unwrap_or_default());
        }
        Ok(led.into_iter().map(Option::unwrap_or_default).collect())
    }

    fn already(&self, rows: &[Row], index: usize) -> Vec<Option<Vec<i64>>> {
        rows.iter().map(|row| self.written.set(row, index).map(<[i64]>::to_vec)).collect()
    }

    /// The records of these ids, each once; those that are not stored are left out.
    async fn take(mut self, led: &[Vec<i64>]) -> Result<Vec<Row>> {
        let mut ids: Vec<i64> = led.iter().flatten().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let mut taken = Vec::with_capacity(ids.len());
        ids.retain(|id| {
            let written = self.written.get(self.target, *id).map(|entry| entry.row.clone());
            let known = written.or_else(|| self.known.remove(id));
            let is_unknown = known.is_none();
            taken.extend(known);
            is_unknown
        });
        for chunk in ids.chunks(rows::CHUNK) {
            let select = rows::select(self.target, rows::with_ids(self.target, chunk));
            let found = self.store.read(&select.build()).await?;
            taken.extend(rows::from_values(self.target, found));
        }
        Ok(taken)
    }
}

/// The ids of the rows whose records are not known yet, each once.
fn unknown(rows: &[Row], led: &[Option<Vec<i64>>]) -> Vec<i64> {
    let rows = rows.iter().zip(led).filter(|(_, ids)| ids.is_none());
    let mut ids: Vec<i64> = rows.map(|(row, _)| row.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn values(ids: &[i64]) -> Vec<Value> {
    ids.iter().map(|id| (*id).into()).collect()
}
