//! How a typed record is taken out of a row and put into one, field by field in order.

use super::definition::Definition;
use super::meta::Kind;
use super::row::{Loaded, Row};
use crate::error::Error;
use crate::value::Value;

/// Takes the declared fields out of a row, in declaration order.
#[derive(Debug)]
pub struct Decoder {
    row: Row,
    id: i64,
    column: usize,
    association: usize,
}

impl Decoder {
    /// Starts at the column `id` and the association `createdBy`.
    pub(crate) fn new(row: Row) -> Self {
        let id = row.id();
        Self { row, id, column: 0, association: 0 }
    }

    /// The next column's value.
    pub fn value(&mut self) -> Value {
        let value = self.row.values.get_mut(self.column).map(std::mem::take);
        self.column += 1;
        value.unwrap_or_default()
    }

    /// What the next association led to, if it was loaded.
    pub fn loaded(&mut self) -> Option<Loaded> {
        let loaded = self.row.loaded.get_mut(self.association).and_then(Option::take);
        self.association += 1;
        loaded
    }

    /// The error for a value that does not fit the column read last.
    #[must_use]
    pub fn unfit(&self, found: &Value, kind: Kind) -> Error {
        let definition = self.row.definition;
        let column = definition.columns.get(self.column.saturating_sub(1));
        let field = column.map_or("?", |column| column.json);
        let found = match found {
            Value::Text(text) => format!("`{text}`"),
            Value::Null => "nothing".to_owned(),
            other => format!("{other:?}"),
        };
        let expected = match kind {
            Kind::Choice(choice) => format!("one of {}", choice.names()),
            Kind::Int { min, max } => format!("an integer from {min} to {max}"),
            Kind::Reference => "an id".to_owned(),
            Kind::Plain(ty) => format!("{ty:?}"),
        };
        let name = definition.name();
        Error::internal(format!(
            "column `{field}` of record {} of `{name}` holds {found}, expected {expected}",
            self.id
        ))
    }
}

/// Collects the values of a record, in the order of its definition.
#[derive(Debug, Default)]
pub struct Encoder {
    pub(crate) values: Vec<Value>,
    pub(crate) loaded: Vec<Option<Loaded>>,
}

impl Encoder {
    /// Adds the next column's value.
    pub fn value(&mut self, value: Value) {
        self.values.push(value);
    }

    /// Adds what the next association led to, if it was loaded.
    pub fn loaded(&mut self, loaded: Option<Loaded>) {
        self.loaded.push(loaded);
    }

    pub(crate) fn into_row(mut self, definition: &'static Definition) -> Row {
        if self.loaded.iter().all(Option::is_none) {
            self.loaded = Vec::new();
        }
        Row { definition, values: self.values, loaded: self.loaded }
    }
}
