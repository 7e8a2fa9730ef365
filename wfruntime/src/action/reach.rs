//! The stored records that a request is about, as far as its role reaches them.

use super::rows;
use crate::collection::{Definition, Row};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::store::sql::{Condition, Query as _};

/// The records for which the condition holds.
///
/// # Errors
/// There are more than one action may be about.
pub(super) async fn matching(
    core: &Core,
    definition: &'static Definition,
    condition: &Condition,
) -> Result<Vec<Row>> {
    let limit = core.settings.rows_limit;
    let mut select = rows::select(definition, condition.clone());
    select.limit = u64::try_from(limit).ok().map(|limit| limit + 1);
    let read = core.store.read(&select.build().unbounded()).await?;
    if read.len() > limit {
        let message = format!("the filter finds more than {limit} records: narrow it");
        return Err(Error::invalid("too_many", message));
    }
    Ok(rows::from_values(definition, read).collect())
}

/// The records of these ids for which the condition holds.
///
/// # Errors
/// The store's.
pub(super) async fn of_ids(
    core: &Core,
    definition: &'static Definition,
    ids: &[i64],
    condition: &Condition,
) -> Result<Vec<Row>> {
    let mut stored = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(rows::CHUNK) {
        let filter = rows::with_ids(definition, chunk).and(condition.clone());
        let read = core.store.read(&rows::select(definition, filter).build()).await?;
        stored.extend(rows::from_values(definition, read));
    }
    Ok(stored)
}
