//! What a post action is given: the record, who changed it, and how.

use super::snapshot::Snapshot;
use crate::collection::{Collection, Definition, Record};
use crate::error::Result;
use crate::identity::Actor;

/// What happened to a record of `T`: the argument of every `#[post_action]` function.
///
/// It is the state of the action's commit. What synchronous workflows of the same request, or
/// anybody since, changed is not in it; `cx.refresh(&mut claim.data)` reads it.
#[derive(Debug, Clone)]
pub struct PostAction<T> {
    /// The record after the action, with the associations named in `appends`.
    pub data: Record<T>,
    /// The action: `create`, `update`, or the name of one of the program's own.
    pub action: String,
    /// Who did it; nobody if they had not signed in.
    pub user: Option<Actor>,
    /// In which role they did it.
    pub role: String,
    /// Which fields the action changed.
    pub changed: Changed,
    /// The record before the action; `None` on `create`.
    pub before: Option<Record<T>>,
}

impl<T: Collection> PostAction<T> {
    /// Gives the values of a snapshot their types.
    ///
    /// # Errors
    /// A stored value does not fit its field.
    pub fn from_snapshot(snapshot: &Snapshot) -> Result<Self> {
        Ok(Self {
            data: Record::from_row(snapshot.record()?.clone())?,
            action: snapshot.action.clone(),
            user: snapshot.user.clone(),
            role: snapshot.role.clone(),
            changed: Changed::new(snapshot)?,
            before: snapshot.before.clone().map(Record::from_row).transpose()?,
        })
    }

    /// `data`, `before`, `user` and `role`, as the bodies of `workflow!` name them.
    pub fn into_parts(self) -> (Record<T>, Option<Record<T>>, Option<Actor>, String) {
        (self.data, self.before, self.user, self.role)
    }
}

/// Which fields an action changed; on `create`, which ones were given.
#[derive(Debug, Clone)]
pub struct Changed {
    definition: &'static Definition,
    columns: Vec<usize>,
}

impl Changed {
    pub(super) fn new(snapshot: &Snapshot) -> Result<Self> {
        let definition = snapshot.record()?.definition;
        Ok(Self::of(definition, snapshot.changed.clone()))
    }

    pub(super) fn of(definition: &'static Definition, columns: Vec<usize>) -> Self {
        Self { definition, columns }
    }

    /// Whether the field of this name changed: `due_on`, or as in JSON `dueOn`.
    #[must_use]
    pub fn contains(&self, field: &str) -> bool {
        self.columns.iter().any(|column| {
            let column = &self.definition.columns[*column];
            column.rust == field || column.json == field
        })
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }
}
