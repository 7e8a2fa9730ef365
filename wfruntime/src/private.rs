//! Every name that generated code uses; no part of the public interface.

pub use inventory;

pub use crate::action::{ActionMeta, FromOwnCall, RegisteredAction};
pub use crate::auth::{GrantMeta, RegisteredRole, RoleMeta};
pub use crate::collection::{Collection, Location, follow};
pub use crate::trigger::PostAction;
pub use crate::workflow::{
    Graph, GraphEdge, GraphNode, Mode, Overlap, RegisteredWorkflow, Retry, Timing, Workflow,
    WorkflowMeta,
};

use std::any::TypeId;

use crate::error::{Error, Result};

/// The type of a function.
pub fn type_of<F: 'static>(_: &F) -> TypeId {
    TypeId::of::<F>()
}

/// How a function ended, whatever its error.
///
/// # Errors
/// The function's.
pub fn finished<E: Into<Error>>(result: Result<(), E>) -> Result<()> {
    result.map_err(Into::into)
}
