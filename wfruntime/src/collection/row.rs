//! A record without its Rust type: values in column order, and what was loaded with it.

use super::definition::Definition;
use crate::value::Value;

/// A record of any collection.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Whose record it is.
    pub definition: &'static Definition,
    /// One value for each of the definition's columns.
    pub values: Vec<Value>,
    /// For each of the definition's associations what was loaded, if it was; empty if none was.
    pub loaded: Vec<Option<Loaded>>,
}

/// The records an association led to.
#[derive(Debug, Clone, PartialEq)]
pub enum Loaded {
    /// Of a to-one association.
    One(Option<Box<Row>>),
    /// Of a to-many association.
    Many(Vec<Row>),
}

impl Row {
    /// A record with nothing loaded.
    #[must_use]
    pub fn new(definition: &'static Definition, values: Vec<Value>) -> Self {
        Self { definition, values, loaded: Vec::new() }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.values[Definition::ID].as_int().unwrap_or_default()
    }

    /// What the association of this index led to, if it was loaded.
    #[must_use]
    pub fn loaded(&self, association: usize) -> Option<&Loaded> {
        self.loaded.get(association)?.as_ref()
    }

    /// Keeps what the association of this index led to.
    pub fn load(&mut self, association: usize, loaded: Loaded) {
        if self.loaded.is_empty() {
            self.loaded.resize(self.definition.associations.len(), None);
        }
        self.loaded[association] = Some(loaded);
    }

    /// The same record with the columns of another definition, by their JSON names.
    ///
    /// An account of the program's own is seen as the built-in `User` in this way.
    pub(crate) fn seen_as(mut self, definition: &'static Definition) -> Self {
        let values = definition
            .columns
            .iter()
            .map(|column| {
                let (index, _) = self.definition.column(column.json)?;
                self.values.get_mut(index).map(std::mem::take)
            })
            .map(Option::unwrap_or_default)
            .collect();
        Self::new(definition, values)
    }
}
