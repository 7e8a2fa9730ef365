//! Which Rust types a field may have, and how each is stored.

use std::fmt::Debug;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::coding::{Decoder, Encoder};
use super::meta::{Kind, Shape};
use crate::error::Result;
use crate::value::{Type, Value};

/// The type of a field of a `#[collection]`: a value, a choice, an association, or an `Option`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a field",
    label = "not the type of a field",
    note = "fields hold integers (`i8` to `i64`, `u8` to `u32`), `f32`, `f64`, `bool`, `String`, `Decimal`, `Timestamp`, `Date`, `Time`, `DateTime`, `Json`, `Uuid`, `Vec<u8>`, a `#[choice]`, or an `Option` of these; `BelongsTo<T>`, `HasOne<T>`, `HasMany<T>` or `BelongsToMany<T, Through>`"
)]
pub trait FieldType: Sized + Send + Sync + 'static {
    /// What the type says of the field.
    const SHAPE: Shape;

    /// Takes the field out of a row.
    ///
    /// # Errors
    /// What is stored does not fit the type; the error names record and field.
    fn decode(from: &mut Decoder) -> Result<Self>;

    /// Adds the field to a row.
    fn encode(&self, to: &mut Encoder);

    /// What its column stores; `Null` for a field that has none.
    fn stored(self) -> Value;

    // What the struct derives, through this trait: a type that fits no field is one error.

    /// `Clone`.
    #[must_use]
    fn cloned(&self) -> Self;

    /// `PartialEq`.
    fn same(&self, other: &Self) -> bool;

    /// `Debug`.
    fn debug(&self) -> &dyn Debug;
}

/// `Clone`, `PartialEq` and `Debug` of the type itself, for [`FieldType`].
macro_rules! own_traits {
    () => {
        fn cloned(&self) -> Self {
            self.clone()
        }

        fn same(&self, other: &Self) -> bool {
            self == other
        }

        fn debug(&self) -> &dyn std::fmt::Debug {
            self
        }
    };
}
pub(super) use own_traits;

/// A type whose values stand in one column and are never null.
pub trait Scalar: Sized + Clone + Debug + PartialEq + Send + Sync + 'static {
    /// What the column holds.
    const KIND: Kind;

    /// The value of a stored one.
    ///
    /// # Errors
    /// The stored value, if it does not fit.
    fn from_value(value: Value) -> Result<Self, Value>;

    /// What is stored.
    fn into_value(self) -> Value;
}

#[diagnostic::do_not_recommend]
impl<S: Scalar> FieldType for S {
    const SHAPE: Shape = Shape::Column { kind: S::KIND, nullable: false };

    fn decode(from: &mut Decoder) -> Result<Self> {
        let value = from.value();
        S::from_value(value).map_err(|found| from.unfit(&found, S::KIND))
    }

    fn encode(&self, to: &mut Encoder) {
        to.value(self.clone().into_value());
    }

    fn stored(self) -> Value {
        self.into_value()
    }

    own_traits!();
}

#[diagnostic::do_not_recommend]
impl<S: Scalar> FieldType for Option<S> {
    const SHAPE: Shape = Shape::Column { kind: S::KIND, nullable: true };

    fn decode(from: &mut Decoder) -> Result<Self> {
        match from.value() {
            Value::Null => Ok(None),
            value => match S::from_value(value) {
                Ok(value) => Ok(Some(value)),
                Err(found) => Err(from.unfit(&found, S::KIND)),
            },
        }
    }

    fn encode(&self, to: &mut Encoder) {
        to.value(self.clone().map_or(Value::Null, S::into_value));
    }

    fn stored(self) -> Value {
        self.map_or(Value::Null, S::into_value)
    }

    own_traits!();
}

/// A type with a value for a column: what setters and conditions accept in the end.
pub trait ColumnValue: Sized {
    /// What is stored; `Null` for `None`.
    fn into_column(self) -> Value;
}

impl<S: Scalar> ColumnValue for S {
    fn into_column(self) -> Value {
        self.into_value()
    }
}

impl<S: Scalar> ColumnValue for Option<S> {
    fn into_column(self) -> Value {
        self.map_or(Value::Null, S::into_value)
    }
}

macro_rules! integers {
    ($($rust:ty),*) => {$(
        impl Scalar for $rust {
            const KIND: Kind = Kind::Int { min: <$rust>::MIN as i64, max: <$rust>::MAX as i64 };

            fn from_value(value: Value) -> Result<Self, Value> {
                value.as_int().and_then(|int| int.try_into().ok()).ok_or(value)
            }

            fn into_value(self) -> Value {
                Value::Int(self.into())
            }
        }
    )*};
}

integers!(i8, i16, i32, i64, u8, u16, u32);

macro_rules! plain {
    ($($rust:ty => $variant:ident, $into:expr);* $(;)?) => {$(
        impl Scalar for $rust {
            const KIND: Kind = Kind::Plain(Type::$variant);

            fn from_value(value: Value) -> Result<Self, Value> {
                match value {
                    Value::$variant(value) => Ok(value),
                    other => Err(other),
                }
            }

            fn into_value(self) -> Value {
                let into: fn(Self) -> Self = $into;
                Value::$variant(into(self))
            }
        }
    )*};
}

plain! {
    bool => Bool, |value| value;
    f64 => Float, |value| value;
    String => Text, |value| value;
    Vec<u8> => Bytes, |value| value;
    // Without trailing zeros, as it comes back from the store.
    Decimal => Decimal, |value| value.normalize();
    Uuid => Uuid, |value| value;
    serde_json::Value => Json, |value| value;
    Date => Date, |value| value;
    // Stored to the microsecond; what is kept in memory equals what comes back.
    Timestamp => Timestamp, micros;
    Time => Time, |value| value.with().nanosecond(0).build().unwrap_or(value);
    DateTime => DateTime, |value| value.with().nanosecond(0).build().unwrap_or(value);
}

/// The moment without what is below a microsecond.
fn micros(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}

impl Scalar for f32 {
    const KIND: Kind = Kind::Plain(Type::Float);

    #[expect(clippy::cast_possible_truncation, reason = "the column was written from an f32")]
    fn from_value(value: Value) -> Result<Self, Value> {
        match value {
            Value::Float(value) => Ok(value as Self),
            other => Err(other),
        }
    }

    fn into_value(self) -> Value {
        Value::Float(self.into())
    }
}

/// JSON: any value as the type of a field, a given type as the argument of an own action.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Json<T = serde_json::Value>(pub T);

impl<T> std::ops::Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl Scalar for Json {
    const KIND: Kind = Kind::Plain(Type::Json);

    fn from_value(value: Value) -> Result<Self, Value> {
        serde_json::Value::from_value(value).map(Self)
    }

    fn into_value(self) -> Value {
        Value::Json(self.0)
    }
}

/// The roles of an account, in order: the first is used where a request names none.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Roles(pub Vec<String>);

impl Roles {
    /// Whether the role is among them.
    #[must_use]
    pub fn has(&self, role: &str) -> bool {
        self.0.iter().any(|held| held == role)
    }
}

impl<R: Into<String>> FromIterator<R> for Roles {
    fn from_iter<I: IntoIterator<Item = R>>(roles: I) -> Self {
        Self(roles.into_iter().map(Into::into).collect())
    }
}

impl Scalar for Roles {
    const KIND: Kind = Kind::Plain(Type::Json);

    fn from_value(value: Value) -> Result<Self, Value> {
        let Value::Json(json) = value else { return Err(value) };
        serde_json::from_value(json.clone()).map_err(|_| Value::Json(json))
    }

    fn into_value(self) -> Value {
        Value::Json(self.0.into())
    }
}
