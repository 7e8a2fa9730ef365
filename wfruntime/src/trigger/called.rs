//! The record that a workflow gets whom no action fired: it was called, or is run by hand.

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
    let select = rows::select(definition, rows::with_ids(definition, &[id]));
    let read = core.read_patiently(&select.build()).await?;
    let mut found: Vec<_> = rows::from_values(definition, read).collect();
    if let Some(declared) = core.registry.workflow(workflow.key) {
        let branches = Branch::of_paths(definition, &declared.appends);
        let limit = core.settings.rows_limit;
        read::load(&mut &core.store, &mut found, &branches, limit).await?;
    }
    Ok(found.pop())
}
