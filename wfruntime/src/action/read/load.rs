//! Loading the records that associations lead to: one query for each association, not each record.
//!
//! A long list reads all of it in one moment; one record reads from the store as it is.

use std::collections::HashMap;

use crate::collection::{AssociationKind, Definition, Loaded, Row};
use crate::error::{Error, Result};
use crate::store::sql::{Condition, Name, Query, Select};
use crate::store::{BoxFuture, Snapshot, Statement, Store, Tx, Values};
use crate::value::{Type, Value};

use super::link;

/// How many ids one statement asks for.
const CHUNK: usize = 1000;

/// Where rows are read from: a view of one moment, a unit, or the store as it is.
pub(crate) trait Source: Send {
    /// The rows of a statement.
    fn query<'a>(&'a mut self, statement: &'a Statement) -> BoxFuture<'a, Result<Vec<Values>>>;
}

impl Source for Snapshot {
    fn query<'a>(&'a mut self, statement: &'a Statement) -> BoxFuture<'a, Result<Vec<Values>>> {
        Box::pin(Self::query(self, statement))
    }
}

impl Source for Tx {
    fn query<'a>(&'a mut self, statement: &'a Statement) -> BoxFuture<'a, Result<Vec<Values>>> {
        Box::pin(Self::query(self, statement))
    }
}

impl Source for &Store {
    fn query<'a>(&'a mut self, statement: &'a Statement) -> BoxFuture<'a, Result<Vec<Values>>> {
        Box::pin(self.read(statement))
    }
}

/// An association to load, and what to load beyond it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Branch {
    /// Its index.
    pub(crate) association: usize,
    /// Indexes of the columns to read.
    pub(super) columns: Vec<usize>,
    /// What must hold for the records it leads to.
    pub(super) filter: Option<Condition>,
    /// What to load beyond it.
    pub(crate) branches: Vec<Branch>,
}

impl Branch {
    /// The branches of paths from `definition`: `[[0], [0, 2]]` loads association 0 and from
    /// there 2, with all columns.
    pub(crate) fn of_paths(definition: &Definition, paths: &[Vec<usize>]) -> Vec<Self> {
        let mut branches = Vec::new();
        for path in paths {
            let (mut level, mut definition) = (&mut branches, definition);
            for association in path {
                definition = definition.associations[*association].target();
                level = &mut Self::at(level, *association, definition).branches;
            }
        }
        branches
    }

    fn at<'b>(level: &'b mut Vec<Self>, association: usize, target: &Definition) -> &'b mut Self {
        let at = level.iter().position(|branch| branch.association == association);
        let at = at.unwrap_or_else(|| {
            let columns = (0..target.columns.len()).collect();
            level.push(Self { association, columns, filter: None, branches: Vec::new() });
            level.len() - 1
        });
        &mut level[at]
    }
}

/// The columns of a select, in the order of the definition.
pub(crate) fn columns(definition: &Definition, only: &[usize]) -> (Vec<usize>, Vec<(Name, Type)>) {
    let indexes: Vec<usize> =
        (0..definition.columns.len()).filter(|index| only.contains(index)).collect();
    let columns = indexes
        .iter()
        .map(|index| (definition.columns[*index].name, definition.columns[*index].kind.ty()))
        .collect();
    (indexes, columns)
}

/// A row from the values of the columns at `indexes`; the others stay null.
pub(crate) fn row(definition: &'static Definition, indexes: &[usize], values: Values) -> Row {
    if values.len() == definition.columns.len() {
        return Row::new(definition, values);
    }
    let mut all = vec![Value::Null; definition.columns.len()];
    for (index, value) in indexes.iter().zip(values) {
        all[*index] = value;
    }
    Row::new(definition, all)
}

/// Loads what `branches` lead to into `rows`, all of one collection; at most `limit` records each.
///
/// # Errors
/// Those of the store; [`crate::ErrorKind::Invalid`] if a branch leads to more than `limit`.
pub(crate) fn load<'a>(
    source: &'a mut dyn Source,
    rows: &'a mut [Row],
    branches: &'a [Branch],
    limit: usize,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let Some(definition) = rows.first().map(|row| row.definition) else { return Ok(()) };
        for branch in branches {
            let association = &definition.associations[branch.association];
            let target = association.target();
            match association.kind {
                AssociationKind::BelongsTo { column } => {
                    let ids = distinct(rows.iter().map(|row| &row.values[column]));
                    let found = fetch(source, target, Definition::ID, &ids, branch, limit).await?;
                    let found = by_id(found);
                    for row in rows.iter_mut() {
                        let one = row.values[column].as_int().and_then(|id| found.get(&id));
                        row.load(branch.association, Loaded::One(one.cloned().map(Box::new)));
                    }
                }
                AssociationKind::HasOne { by } | AssociationKind::HasMany { by } => {
                    let ids: Vec<i64> = rows.iter().map(Row::id).collect();
                    let found = fetch(source, target, by, &ids, branch, limit).await?;
                    let mut groups = HashMap::<i64, Vec<Row>>::new();
                    for row in found {
                        if let Some(id) = row.values[by].as_int() {
                            groups.entry(id).or_default().push(row);
                        }
                    }
                    for row in rows.iter_mut() {
                        let many = groups.remove(&row.id()).unwrap_or_default();
                        let loaded = if association.is_to_one() {
                            Loaded::One(many.into_iter().next().map(Box::new))
                        } else {
                            Loaded::Many(many)
                        };
                        row.load(branch.association, loaded);
                    }
                }
                AssociationKind::BelongsToMany { through, source: near, target: far } => {
                    let through = link::through(through);
                    let pairs = pairs(source, through, (near, far), rows, limit).await?;
                    let ids = distinct(pairs.iter().map(|(_, far)| far));
                    let found = fetch(source, target, Definition::ID, &ids, branch, limit).await?;
                    let found = by_id(found);
                    let mut groups = HashMap::<i64, Vec<Row>>::new();
                    for (near, far) in pairs {
                        let far = far.as_int().and_then(|id| found.get(&id));
                        groups.entry(near).or_default().extend(far.cloned());
                    }
                    for row in rows.iter_mut() {
                        let many = groups.remove(&row.id()).unwrap_or_default();
                        row.load(branch.association, Loaded::Many(many));
                    }
                }
            }
        }
        Ok(())
    })
}

/// The records of `definition` whose column is one of `ids`, by id, with all beyond them.
async fn fetch(
    source: &mut dyn Source,
    definition: &'static Definition,
    column: usize,
    ids: &[i64],
    branch: &Branch,
    limit: usize,
) -> Result<Vec<Row>> {
    let (indexes, columns) = self::columns(definition, &branch.columns);
    let mut rows = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let among = among(definition.columns[column].name, chunk);
        let select = Select {
            table: definition.table(),
            columns: columns.clone(),
            filter: branch.filter.iter().cloned().fold(among, Condition::and),
            order: vec![(definition.columns[Definition::ID].name, false)],
            limit: Some(room(limit, rows.len())),
            offset: None,
        };
        let found = source.query(&select.build()).await?;
        rows.extend(found.into_iter().map(|values| row(definition, &indexes, values)));
        check(rows.len(), limit, definition)?;
    }
    load(source, &mut rows, &branch.branches, limit).await?;
    Ok(rows)
}

/// Which near ids are linked with which far ones, in the order in which they were linked.
async fn pairs(
    source: &mut dyn Source,
    through: &'static Definition,
    (near, far): (usize, usize),
    rows: &[Row],
    limit: usize,
) -> Result<Vec<(i64, Value)>> {
    let [near, far] = [near, far].map(|index| through.columns[index].name);
    let ids: Vec<i64> = rows.iter().map(Row::id).collect();
    let mut pairs = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let select = Select {
            table: through.table(),
            columns: vec![(near, Type::Int), (far, Type::Int)],
            filter: among(near, chunk),
            order: vec![(through.columns[Definition::ID].name, false)],
            limit: Some(room(limit, pairs.len())),
            offset: None,
        };
        for values in source.query(&select.build()).await? {
            let mut values = values.into_iter();
            if let (Some(Value::Int(near)), Some(far)) = (values.next(), values.next()) {
                pairs.push((near, far));
            }
        }
        check(pairs.len(), limit, through)?;
    }
    Ok(pairs)
}

fn among(column: Name, ids: &[i64]) -> Condition {
    match ids {
        [one] => Condition::eq(column, *one),
        ids => Condition::In(column, ids.iter().copied().map(Value::Int).collect()),
    }
}

/// One more than may still come, so that what is too much is noticed.
fn room(limit: usize, found: usize) -> u64 {
    u64::try_from(limit.saturating_sub(found).saturating_add(1)).unwrap_or(u64::MAX)
}

fn check(found: usize, limit: usize, definition: &Definition) -> Result<()> {
    if found <= limit {
        return Ok(());
    }
    Err(Error::invalid(
        "too_many_records",
        format!(
            "an association leads to more than {limit} records of `{}`; ask for fewer records",
            definition.name()
        ),
    ))
}

fn distinct<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<i64> {
    let mut ids: Vec<i64> = values.filter_map(Value::as_int).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn by_id(rows: Vec<Row>) -> HashMap<i64, Row> {
    rows.into_iter().map(|row| (row.id(), row)).collect()
}
