//! Whole rows of collections as the store's queries.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use crate::collection::{Definition, Row};
use crate::store::sql::{Condition, Insert, OnConflict, Query, Select};
use crate::store::{Statement, Values};

/// How many values one query is asked for at most.
pub(crate) const CHUNK: usize = 500;

/// All columns of the rows that fit, by their ids.
pub(crate) fn select(definition: &'static Definition, filter: Condition) -> Select {
    Select {
        table: definition.table(),
        columns: definition.columns.iter().map(|column| (column.name, column.kind.ty())).collect(),
        filter,
        order: vec![(definition.columns[Definition::ID].name, false)],
        limit: None,
        offset: None,
    }
}

/// The rows that [`select`] gave.
pub(crate) fn from_values(
    definition: &'static Definition,
    values: Vec<Values>,
) -> impl Iterator<Item = Row> {
    values.into_iter().map(move |values| Row::new(definition, values))
}

/// The row as a new one.
pub(crate) fn insert(row: &Row) -> Statement {
    // Every create needs it: its text is made once for each collection.
    static TEXTS: RwLock<BTreeMap<usize, Statement>> = RwLock::new(BTreeMap::new());
    let collection = std::ptr::from_ref(row.definition).addr();
    let texts = TEXTS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(text) = texts.get(&collection) {
        return Statement { params: row.values.clone(), ..text.clone() };
    }
    drop(texts);
    let mut statement = Insert {
        table: row.definition.table(),
        columns: row.definition.columns.iter().map(|column| column.name).collect(),
        rows: vec![row.values.clone()],
        conflict: OnConflict::Fail,
    }
    .build();
    let params = std::mem::take(&mut statement.params);
    let mut texts = TEXTS.write().unwrap_or_else(PoisonError::into_inner);
    texts.insert(collection, statement.clone());
    Statement { params, ..statement }
}

/// Holds for the stored row as long as every column is as it is here.
pub(crate) fn unchanged(row: &Row) -> Condition {
    let columns = row.definition.columns.iter().zip(&row.values);
    Condition::All(
        columns.map(|(column, value)| Condition::eq(column.name, value.clone())).collect(),
    )
}

/// Holds for the rows of these ids.
pub(crate) fn with_ids(definition: &'static Definition, ids: &[i64]) -> Condition {
    let id = definition.columns[Definition::ID].name;
    match ids {
        [one] => Condition::eq(id, *one),
        _ => Condition::In(id, ids.iter().map(|id| (*id).into()).collect()),
    }
}
