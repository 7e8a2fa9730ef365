//! The records that a workflow gets whom no action fired: it was called, or is run by hand.

use std::collections::HashMap;

use crate::action::read::{self, Branch};
use crate::action::rows;
use crate::collection::{Definition, Row};
use crate::core::Core;
use crate::error::Result;
use crate::store::sql::Query as _;
use crate::workflow::WorkflowMeta;

/// The record of this id, with what the workflow's `appends` lead to.
///
/// # Errors
/// What the store says.
pub(crate) async fn record(
    core: &Core,
    workflow: &WorkflowMeta,
    definition: &'static Definition,
    id: i64,
) -> Result<Option<Row>> {
    Ok(records(core, workflow, definition, &[id]).await?.pop())
}

/// The records of these ids that are there, in this order, with what the workflow's `appends` lead
/// to.
///
/// # Errors
/// What the store says.
pub(crate) async fn records(
    core: &Core,
    workflow: &WorkflowMeta,
    definition: &'static Definition,
    ids: &[i64],
) -> Result<Vec<Row>> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(rows::CHUNK) {
        let select = rows::select(definition, rows::with_ids(definition, chunk));
        let read = core.read_patiently(&select.build()).await?;
        found.extend(rows::from_values(definition, read).map(|row| (row.id(), row)));
    }
    let mut found: Vec<Row> = ids.iter().filter_map(|id| found.remove(id)).collect();
    if let Some(declared) = core.registry.workflow(workflow.key) {
        let branches = Branch::of_paths(definition, &declared.appends);
        let limit = core.settings.rows_limit;
        read::load(&mut &core.store, &mut found, &branches, limit).await?;
    }
    Ok(found)
}
