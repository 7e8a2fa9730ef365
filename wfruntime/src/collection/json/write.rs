//! Rows to JSON, straight into the writer.

use std::fmt::Display;

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::collection::{Loaded, Row};
use crate::value::Value;

/// What of a record, and of the records loaded with it, is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// For each column whether it is shown; all if `None`. Hidden ones never are.
    pub columns: Option<Vec<bool>>,
    /// The associations shown, by index, each with what of it; all that were loaded if `None`.
    pub associations: Option<Vec<(usize, Selection)>>,
}

impl Selection {
    /// Everything that is not hidden and was loaded.
    pub const ALL: Self = Self { columns: None, associations: None };

    fn shows(&self, column: usize) -> bool {
        self.columns.as_ref().is_none_or(|shown| shown.get(column).copied().unwrap_or_default())
    }

    fn of(&self, association: usize) -> Option<&Self> {
        match &self.associations {
            None => Some(&Self::ALL),
            Some(shown) => shown.iter().find(|(index, _)| *index == association).map(|(_, of)| of),
        }
    }
}

/// A row that serialises as a JSON object.
#[derive(Debug, Clone, Copy)]
pub struct RowJson<'a> {
    row: &'a Row,
    /// `None` shows hidden fields too.
    selection: Option<&'a Selection>,
}

impl Row {
    /// The record as it is answered: selected fields, hidden ones never.
    #[must_use]
    pub fn json<'a>(&'a self, selection: &'a Selection) -> RowJson<'a> {
        RowJson { row: self, selection: Some(selection) }
    }

    /// The record as it is kept: every field and all that was loaded, hidden ones too.
    ///
    /// [`Row::from_json`] gives the same row back.
    #[must_use]
    pub fn snapshot(&self) -> RowJson<'_> {
        RowJson { row: self, selection: None }
    }
}

impl Serialize for RowJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let definition = self.row.definition;
        let mut map = serializer.serialize_map(None)?;
        for (index, (column, value)) in definition.columns.iter().zip(&self.row.values).enumerate()
        {
            let shown = self
                .selection
                .is_none_or(|selection| !column.options.hidden && selection.shows(index));
            if shown {
                map.serialize_entry(column.json, &ValueJson(value))?;
            }
        }
        for (index, loaded) in self.row.loaded.iter().enumerate() {
            let Some(loaded) = loaded else { continue };
            let selection = match self.selection {
                None => None,
                Some(selection) => match selection.of(index) {
                    None => continue,
                    some => some,
                },
            };
            let json = definition.associations[index].json;
            map.serialize_entry(json, &LoadedJson { loaded, selection })?;
        }
        map.end()
    }
}

struct LoadedJson<'a> {
    loaded: &'a Loaded,
    selection: Option<&'a Selection>,
}

impl Serialize for LoadedJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let selection = self.selection;
        match self.loaded {
            Loaded::One(None) => serializer.serialize_none(),
            Loaded::One(Some(row)) => RowJson { row, selection }.serialize(serializer),
            Loaded::Many(rows) => {
                serializer.collect_seq(rows.iter().map(|row| RowJson { row, selection }))
            }
        }
    }
}

/// A value that serialises as it stands in a record's JSON.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ValueJson<'a>(pub &'a Value);

impl Serialize for ValueJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fn text<S: Serializer>(serializer: S, value: impl Display) -> Result<S::Ok, S::Error> {
            serializer.collect_str(&value)
        }
        match self.0 {
            Value::Null => serializer.serialize_none(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) => serializer.serialize_i64(*value),
            Value::Float(value) => serializer.serialize_f64(*value),
            Value::Text(value) => serializer.serialize_str(value),
            Value::Bytes(value) => text(serializer, Base64Display::new(value, &STANDARD)),
            Value::Decimal(value) => text(serializer, value),
            Value::Timestamp(value) => text(serializer, value),
            Value::Date(value) => text(serializer, value),
            Value::Time(value) => text(serializer, value),
            Value::DateTime(value) => text(serializer, value),
            Value::Uuid(value) => text(serializer, value),
            Value::Json(value) => value.serialize(serializer),
        }
    }
}

/// The JSON of one value.
#[must_use]
pub(crate) fn value_to_json(value: &Value) -> serde_json::Value {
    // Only a map with keys that are no strings could fail, and no value is one.
    serde_json::to_value(ValueJson(value)).unwrap_or_default()
}
