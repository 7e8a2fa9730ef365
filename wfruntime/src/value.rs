//! One stored value and its type: what collections, filters and the store have in common.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;
use uuid::Uuid;

/// How a column is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Type {
    /// True or false.
    Bool,
    /// A signed integer of 64 bits.
    Int,
    /// A binary floating-point number of 64 bits; never NaN or infinite.
    Float,
    /// UTF-8 text.
    Text,
    /// Bytes; base64 in JSON.
    Bytes,
    /// An exact decimal number; a string in JSON.
    Decimal,
    /// A moment in UTC, to the microsecond; RFC 3339 in JSON.
    Timestamp,
    /// A calendar date.
    Date,
    /// A time of day, to the microsecond.
    Time,
    /// A date and time of day without a zone, to the microsecond.
    DateTime,
    /// A UUID.
    Uuid,
    /// Any JSON value.
    Json,
}

/// One stored value.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// See [`Type::Bool`].
    Bool(bool),
    /// See [`Type::Int`].
    Int(i64),
    /// See [`Type::Float`].
    Float(f64),
    /// See [`Type::Text`].
    Text(String),
    /// See [`Type::Bytes`].
    Bytes(Vec<u8>),
    /// See [`Type::Decimal`].
    Decimal(Decimal),
    /// See [`Type::Timestamp`].
    Timestamp(Timestamp),
    /// See [`Type::Date`].
    Date(Date),
    /// See [`Type::Time`].
    Time(Time),
    /// See [`Type::DateTime`].
    DateTime(DateTime),
    /// See [`Type::Uuid`].
    Uuid(Uuid),
    /// See [`Type::Json`].
    Json(serde_json::Value),
}

impl Value {
    /// Whether there is no value.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The integer, if it is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(value) => Some(value),
            _ => None,
        }
    }
}

macro_rules! from {
    ($($rust:ty => $variant:ident),* $(,)?) => {$(
        impl From<$rust> for Value {
            fn from(value: $rust) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from! {
    bool => Bool, i64 => Int, i32 => Int, u32 => Int, f64 => Float, &str => Text, String => Text,
    Vec<u8> => Bytes, Decimal => Decimal, Timestamp => Timestamp, Date => Date, Time => Time,
    DateTime => DateTime, Uuid => Uuid, serde_json::Value => Json,
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
