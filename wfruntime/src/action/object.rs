//! A JSON object of a request: its entries as they stand, and which fields they gave.
//!
//! Values stay text until their column is known, and a repeated name is kept to be told.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::collection::Definition;

/// The entries of a JSON object in their order, repeated names included.
pub(super) struct Entries<'b>(pub(super) Vec<(Cow<'b, str>, &'b RawValue)>);

impl<'b> Deserialize<'b> for Entries<'b> {
    fn deserialize<D: Deserializer<'b>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'b> Visitor<'b> for Object {
            type Value = Entries<'b>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'b>>(self, mut map: A) -> Result<Entries<'b>, A::Error> {
                let mut entries = Vec::new();
                while let Some((Text(name), value)) = map.next_entry()? {
                    entries.push((name, value));
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A name, borrowed where it has no escapes.
struct Text<'b>(Cow<'b, str>);

impl<'b> Deserialize<'b> for Text<'b> {
    fn deserialize<D: Deserializer<'b>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl<'b> Visitor<'b> for Name {
            type Value = Text<'b>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E: serde::de::Error>(self, name: &'b str) -> Result<Text<'b>, E> {
                Ok(Text(Cow::Borrowed(name)))
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Text<'b>, E> {
                Ok(Text(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Name)
    }
}

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
