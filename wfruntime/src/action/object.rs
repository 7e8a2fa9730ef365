//! Which fields a JSON object of a request gave.

use crate::collection::Definition;

/// A name in an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Column(usize),
    Association(usize),
}

/// Which fields an object gave, and under which name.
pub(super) struct Seen {
    pub(super) columns: Vec<Option<Name>>,
    associations: Vec<Option<Name>>,
}

impl Seen {
    pub(super) fn new(definition: &Definition) -> Self {
        Self {
            columns: vec![None; definition.columns.len()],
            associations: vec![None; definition.associations.len()],
        }
    }

    /// Keeps the name and gives the one under which the same field was given before.
    pub(super) fn mark(
        &mut self,
        column: Option<usize>,
        association: Option<usize>,
        name: Name,
    ) -> Option<Name> {
        let slots = [
            column.map(|column| &mut self.columns[column]),
            association.map(|association| &mut self.associations[association]),
        ];
        let mut earlier = None;
        for slot in slots.into_iter().flatten() {
            earlier = slot.replace(name).or(earlier);
        }
        earlier
    }
}
