//! Typed records and associations to and from JSON, as the HTTP actions show them.

use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};

use super::Collection;
use super::association::{BelongsTo, BelongsToMany, HasMany, HasOne};
use super::coding::{Decoder, Encoder};
use super::definition::Definition;
use super::id::Id;
use super::json::{RowSeed, Selection};
use super::record::Record;
use crate::value::Value;

impl<T: Collection> Serialize for Record<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_row().json(&Selection::ALL).serialize(serializer)
    }
}

impl<'de, T: Collection> Deserialize<'de> for Record<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let row = RowSeed::new(T::definition()).deserialize(deserializer)?;
        Self::from_row(row).map_err(D::Error::custom)
    }
}

/// The declared fields, for `Serialize` of the collection's struct.
///
/// # Errors
/// The serializer's.
pub fn serialize<T: Collection, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut to = Encoder::default();
    for _ in 0..Definition::SYSTEM {
        to.value(Value::Null);
    }
    for _ in 0..Definition::SYSTEM_ASSOCIATIONS {
        to.loaded(None);
    }
    value.encode(&mut to);
    let row = to.into_row(T::definition());
    let declared = (0..row.values.len()).map(|column| column >= Definition::SYSTEM).collect();
    row.json(&Selection { columns: Some(declared), associations: None }).serialize(serializer)
}

/// The declared fields, for `Deserialize` of the collection's struct.
///
/// # Errors
/// What is read does not fit.
pub fn deserialize<'de, T: Collection, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let row = RowSeed::declared(T::definition()).deserialize(deserializer)?;
    let mut from = Decoder::new(row);
    for _ in 0..Definition::SYSTEM {
        from.value();
    }
    for _ in 0..Definition::SYSTEM_ASSOCIATIONS {
        from.loaded();
    }
    T::decode(&mut from).map_err(D::Error::custom)
}

/// A reference in JSON: the id alone, or the record.
#[derive(Deserialize)]
#[serde(untagged, bound = "T: Collection")]
enum Reference<T> {
    Id(Id<T>),
    Record(Box<Record<T>>),
}

impl<T: Collection> Serialize for BelongsTo<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.get() {
            Ok(record) => record.serialize(serializer),
            Err(_) => self.id().serialize(serializer),
        }
    }
}

impl<'de, T: Collection> Deserialize<'de> for BelongsTo<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Reference::deserialize(deserializer)? {
            Reference::Id(id) => id.into(),
            Reference::Record(record) => (*record).into(),
        })
    }
}

impl<T: Collection> Serialize for HasOne<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get().ok().flatten().serialize(serializer)
    }
}

impl<'de, T: Collection> Deserialize<'de> for HasOne<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Null stands for what is not there and for what was not loaded: the weaker is meant.
        Ok(Self(Option::<Box<Record<T>>>::deserialize(deserializer)?.map(Some)))
    }
}

impl<T: Collection> Serialize for HasMany<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get().ok().serialize(serializer)
    }
}

impl<'de, T: Collection> Deserialize<'de> for HasMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self)
    }
}

impl<T: Collection, Through: Collection> Serialize for BelongsToMany<T, Through> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get().ok().serialize(serializer)
    }
}

impl<'de, T: Collection, Through> Deserialize<'de> for BelongsToMany<T, Through> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|records| Self(records, PhantomData))
    }
}
