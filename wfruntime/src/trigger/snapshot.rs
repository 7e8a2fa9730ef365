//! What a workflow sees: the data as it was at the commit, who did it, and what changed.

use crate::collection::Row;
use crate::identity::Actor;

/// The context of an execution, taken at the commit and stored with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The action: `create`, `update`, or the name of an own one.
    pub action: String,
    /// The record after the action, with the workflow's `appends`.
    pub data: Row,
    /// The record before the action, if there was one.
    pub before: Option<Row>,
    /// Indexes of the columns that the action changed; on create, of those that were given.
    pub changed: Vec<usize>,
    /// Who did it.
    pub user: Option<Actor>,
    /// In which role.
    pub role: String,
}
