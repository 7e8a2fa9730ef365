//! What a unit made of the rows that somebody listens to: of each row once, from first to last.

use std::collections::HashMap;

use crate::collection::{Definition, Row};
use crate::error::{Error, Result};

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Update,
    Delete,
}

impl Operation {
    /// Its word in `on` and in the context of an execution.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// A row before and after a unit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    pub(crate) before: Option<Row>,
    pub(crate) after: Option<Row>,
}

impl Change {
    /// What it comes to; nothing if the row is as it was but for the moment and the user of its
    /// last change, or came and went.
    pub(crate) fn operation(&self) -> Option<Operation> {
        match (&self.before, &self.after) {
            (None, None) => None,
            (None, Some(_)) => Some(Operation::Create),
            (Some(_), None) => Some(Operation::Delete),
            (Some(_), Some(_)) => (!self.changed().is_empty()).then_some(Operation::Update),
        }
    }

    /// The columns, those of the system aside, that differ; of a new row those that hold a value,
    /// of a row that is gone none.
    pub(crate) fn changed(&self) -> Vec<usize> {
        let Some(after) = &self.after else { return Vec::new() };
        let differs = |index: &usize| match &self.before {
            Some(before) => before.values[*index] != after.values[*index],
            None => !after.values[*index].is_null(),
        };
        (Definition::SYSTEM..after.values.len()).filter(differs).collect()
    }
}

/// The rows that a unit changed and somebody listens to, in the order of their first change.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    entries: Vec<Change>,
    at: HashMap<(usize, i64), usize>,
    /// How many rows there may be.
    limit: usize,
}

impl Changes {
    /// None so far, and never more than `limit`.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Notes one write of a row.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Invalid`] if that are too many rows for one unit.
    pub(super) fn put(&mut self, before: Option<Row>, after: Option<Row>) -> Result<()> {
        let Some(row) = after.as_ref().or(before.as_ref()) else { return Ok(()) };
        let key = (std::ptr::from_ref(row.definition).addr(), row.id());
        if let Some(at) = self.at.get(&key) {
            self.entries[*at].after = after;
            return Ok(());
        }
        self.check(1)?;
        self.at.insert(key, self.entries.len());
        self.entries.push(Change { before, after });
        Ok(())
    }

    /// Fails if there would be too many rows with so many more.
    pub(super) fn check(&self, more: usize) -> Result<()> {
        if self.entries.len() + more <= self.limit {
            return Ok(());
        }
        let limit = self.limit;
        let text = format!("more than {limit} rows, of each of which collection events hear");
        Err(Error::invalid("too_many", text))
    }

    /// How many rows there may be.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// Those that came to something.
    pub(crate) fn net(&self) -> impl Iterator<Item = (Operation, &Change)> {
        self.entries.iter().filter_map(|change| Some((change.operation()?, change)))
    }
}
