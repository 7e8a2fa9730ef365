//! How a typed record is taken out of a row and put into one, field by field in order.

use super::definition::Definition;
use super::meta::Kind;
use super::row::{Loaded, Row};
use crate::error::Error;
use crate::value::Value;

/// Takes the declared fields out of a row, in declaration order.
#[derive(Debug)]
pub struct Decoder {
    values: Vec<Value>,
    loaded: Vec<Option<Loaded>>,
    origin: Origin,
    column: usize,
    association: usize,
}

/// Whose values they are, for messages.
#[derive(Debug)]
enum Origin {
    Record(&'static Definition, i64),
    Answer(&'static str),
}

impl Decoder {
    /// Starts at the column `id` and the association `createdBy`.
    pub(crate) fn new(row: Row) -> Self {
        let origin = Origin::Record(row.definition, row.id());
        Self { values: row.values, loaded: row.loaded, origin, column: 0, association: 0 }
    }

    /// Starts at the first value of an answer of this name.
    pub(crate) fn of_values(rust: &'static str, values: Vec<Value>) -> Self {
        let origin = Origin::Answer(rust);
        Self { values, loaded: Vec::new(), origin, column: 0, association: 0 }
    }

    /// The next column's value.
    pub fn value(&mut self) -> Value {
        let value = self.values.get_mut(self.column).map(std::mem::take);
        self.column += 1;
        value.unwrap_or_default()
    }

    /// What the next association led to, if it was loaded.
    pub fn loaded(&mut self) -> Option<Loaded> {
        let loaded = self.loaded.get_mut(self.association).and_then(Option::take);
        self.association += 1;
        loaded
    }

    /// The error for a value that does not fit the column read last.
    #[must_use]
    pub fn unfit(&self, found: &Value, kind: Kind) -> Error {
        let place = self.column.saturating_sub(1);
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
        let whose = match self.origin {
            Origin::Record(definition, id) => {
                let column = definition.columns.get(place).map_or("?", |column| column.json);
                format!("column `{column}` of record {id} of `{}`", definition.name())
            }
            Origin::Answer(rust) => format!("value {place} of `{rust}`"),
        };
        Error::internal(format!("{whose} holds {found}, expected {expected}"))
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
