//! Rows back from the JSON they were kept as.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::read::{Token, value};
use crate::collection::{Association, Column, DefaultValue, Definition, Kind, Loaded, Row};
use crate::error::{Error, Result};
use crate::value::{Type, Value};

impl Row {
    /// The row that [`Row::snapshot`] wrote.
    ///
    /// Fields that no longer exist are dropped; new ones are empty or have their default.
    ///
    /// # Errors
    /// It is no JSON, or does not fit the collection.
    pub fn from_json(definition: &'static Definition, json: &str) -> Result<Self> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let row = RowSeed::new(definition).deserialize(&mut reader).and_then(|row| {
            reader.end()?;
            Ok(row)
        });
        row.map_err(|error| {
            let name = definition.name();
            Error::internal(format!("a kept record of `{name}` cannot be read: {error}"))
        })
    }
}

/// Reads a row of this definition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowSeed {
    definition: &'static Definition,
    /// Whether system fields must be there.
    system: bool,
}

impl RowSeed {
    /// Reads a whole row.
    #[must_use]
    pub(crate) fn new(definition: &'static Definition) -> Self {
        Self { definition, system: true }
    }

    /// Reads a row that may lack its system fields.
    pub(crate) fn declared(definition: &'static Definition) -> Self {
        Self { definition, system: false }
    }
}

impl<'de> DeserializeSeed<'de> for RowSeed {
    type Value = Row;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Row, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowSeed {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a record of `{}`", self.definition.name())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
        let definition = self.definition;
        let mut values: Vec<Option<Value>> = vec![None; definition.columns.len()];
        let mut row = Row::new(definition, Vec::new());
        while let Some(key) = map.next_key_seed(KeySeed(definition))? {
            match key {
                Key::Column(index) => {
                    let seed = ColumnSeed(&definition.columns[index]);
                    values[index] = Some(map.next_value_seed(seed)?);
                }
                Key::Association(index) => {
                    let seed = LoadedSeed(&definition.associations[index]);
                    row.load(index, map.next_value_seed(seed)?);
                }
                Key::Gone => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        row.values = Vec::with_capacity(values.len());
        for (column, value) in definition.columns.iter().zip(values) {
            row.values.push(match (value, column.default()) {
                (Some(value), _) => value,
                (None, Some(DefaultValue::Value(default))) => default(),
                (None, _) if column.nullable || (column.system && !self.system) => Value::Null,
                (None, _) => return Err(A::Error::custom(format!("no `{}`", column.json))),
            });
        }
        Ok(row)
    }
}

/// What a key of a row's JSON names.
enum Key {
    Column(usize),
    Association(usize),
    Gone,
}

struct KeySeed(&'static Definition);

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field or an association")
    }

    fn visit_str<E>(self, name: &str) -> Result<Key, E> {
        let column = self.0.column(name).map(|(index, _)| Key::Column(index));
        let key =
            column.or_else(|| self.0.association(name).map(|(index, _)| Key::Association(index)));
        Ok(key.unwrap_or(Key::Gone))
    }
}

struct LoadedSeed(&'static Association);

impl<'de> DeserializeSeed<'de> for LoadedSeed {
    type Value = Loaded;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Loaded, D::Error> {
        if self.0.is_to_one() {
            deserializer.deserialize_option(self)
        } else {
            deserializer.deserialize_seq(self)
        }
    }
}

impl<'de> Visitor<'de> for LoadedSeed {
    type Value = Loaded;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "what the association `{}` led to", self.0.json)
    }

    fn visit_none<E>(self) -> Result<Loaded, E> {
        Ok(Loaded::One(None))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Loaded, D::Error> {
        let row = RowSeed::new(self.0.target()).deserialize(deserializer)?;
        Ok(Loaded::One(Some(Box::new(row))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Loaded, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = seq.next_element_seed(RowSeed::new(self.0.target()))? {
            rows.push(row);
        }
        Ok(Loaded::Many(rows))
    }
}

struct ColumnSeed<'a>(&'a Column);

impl<'de> DeserializeSeed<'de> for ColumnSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        use serde::Deserialize as _;

        if let Kind::Plain(Type::Json) = self.0.kind {
            let json = Option::<serde_json::Value>::deserialize(deserializer)?;
            return Ok(json.map_or(Value::Null, Value::Json));
        }
        deserializer.deserialize_any(self)
    }
}

impl ColumnSeed<'_> {
    fn value<E: serde::de::Error>(&self, token: &Token<'_>) -> Result<Value, E> {
        value(self.0.kind, token)
            .map_err(|_| E::custom(format!("`{}` does not fit: {token:?}", self.0.json)))
    }
}

impl Visitor<'_> for ColumnSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value of `{}`", self.0.json)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.value(&Token::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.value(&Token::Int(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        match value.try_into() {
            Ok(value) => self.value(&Token::Int(value)),
            Err(_) => self.value(&Token::Number(value.to_string().into())),
        }
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.value(&Token::Float(value))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.value(&Token::Text(text.into()))
    }
}
