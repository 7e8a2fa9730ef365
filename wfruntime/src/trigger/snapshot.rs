//! What a workflow sees: the data as it was at the commit, who did it, and what changed.

use serde_json::Value;

use crate::collection::Row;
use crate::error::{Error, Result};
use crate::identity::Actor;

/// The context of an execution, taken at the commit and stored with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The action: `create`, `update`, or the name of an own one; of an event the kind of change.
    pub action: String,
    /// What it is about.
    pub about: About,
    /// The record before the action, if there was one.
    pub before: Option<Row>,
    /// Indexes of the columns that the action changed; on create, of those that were given.
    pub changed: Vec<usize>,
    /// What the action did to each record of a batch, in their order.
    pub each: Vec<Share>,
    /// The records that a pre-action is about; of others they stand in `about`.
    pub ids: Vec<i64>,
    /// What it was given that is no record: a custom action's values.
    pub input: Option<Value>,
    /// Who did it.
    pub user: Option<Actor>,
    /// In which role.
    pub role: String,
}

/// What an action did to one record of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The record before the action, if there was one.
    pub before: Option<Row>,
    /// Indexes of the columns that the action changed; on create, of those that were given.
    pub changed: Vec<usize>,
}

/// What an execution is about.
#[derive(Debug, Clone, PartialEq)]
pub enum About {
    /// No record: its workflow has no collection.
    Nothing,
    /// The record after the action, with the workflow's `appends`; of a pre-action, the values
    /// that were submitted.
    One(Row),
    /// Several records together, with the workflow's `appends`.
    Several(Vec<Row>),
}

impl Snapshot {
    /// The record that it is about.
    ///
    /// # Errors
    /// It is about none, or about several.
    pub(crate) fn record(&self) -> Result<&Row> {
        match &self.about {
            About::One(row) => Ok(row),
            About::Nothing | About::Several(_) => {
                Err(Error::internal("an execution that is not about one record"))
            }
        }
    }
}

impl About {
    /// The records, however many.
    pub(crate) fn records(&self) -> &[Row] {
        match self {
            Self::Nothing => &[],
            Self::One(row) => std::slice::from_ref(row),
            Self::Several(rows) => rows,
        }
    }

    /// The only record.
    pub(crate) fn id(&self) -> Option<i64> {
        match self {
            Self::One(row) => Some(row.id()),
            Self::Nothing | Self::Several(_) => None,
        }
    }
}
