//! What a collection event is given: the record, as it was and as it is.

use super::post_action::Changed;
use super::snapshot::Snapshot;
use crate::collection::{Collection, Record};
use crate::error::Result;

/// What became of a record of `T`: the argument of every `#[collection_event]` function.
///
/// It is the state of the change's commit. Who made it is not known: it may have been a workflow.
#[derive(Debug, Clone)]
pub struct CollectionEvent<T> {
    /// The record after the change, with the associations named in `appends`; of one that was
    /// deleted, as it was.
    pub data: Record<T>,
    /// The record before the change; `None` if it is new.
    pub before: Option<Record<T>>,
    /// Which fields changed; of a new record those that hold something, of a deleted one none.
    pub changed: Changed,
    /// The kind of change: `create`, `update` or `delete`.
    pub action: String,
}

impl<T: Collection> CollectionEvent<T> {
    /// Gives the values of a snapshot their types.
    ///
    /// # Errors
    /// A stored value does not fit its field.
    pub fn from_snapshot(snapshot: &Snapshot) -> Result<Self> {
        Ok(Self {
            data: Record::from_row(snapshot.record()?.clone())?,
            before: snapshot.before.clone().map(Record::from_row).transpose()?,
            changed: Changed::new(snapshot)?,
            action: snapshot.action.clone(),
        })
    }

    /// Whether the record is gone.
    #[must_use]
    pub fn is_delete(&self) -> bool {
        self.action == "delete"
    }

    /// `data`, `before`, `changed` and `action`, as the bodies of `workflow!` name them.
    pub fn into_parts(self) -> (Record<T>, Option<Record<T>>, Changed, String) {
        (self.data, self.before, self.changed, self.action)
    }
}
