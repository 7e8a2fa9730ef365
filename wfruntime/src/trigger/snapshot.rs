//! What a workflow sees: the data as it was at the commit, who did it, and what changed.

use crate::collection::Row;
use crate::identity::Actor;

/// The context of an execution, taken at the commit and stored with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The action: `create`, `update`, or the name of an own one; of an event the kind of change.
    pub action: String,
    /// The record after the action, with the workflow's `appends`; of a pre-action, the values
    /// that were submitted.
    pub data: Row,
    /// The record before the action, if there was one.
    pub before: Option<Row>,
    /// Indexes of the columns that the action changed; on create, of those that were given.
    pub changed: Vec<usize>,
    /// The records that a pre-action is about; of others `data` is the only one.
    pub ids: Vec<i64>,
    /// Who did it.
    pub user: Option<Actor>,
    /// In which role.
    pub role: String,
}
