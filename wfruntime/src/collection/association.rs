//! The types of fields that lead to other records.

use std::marker::PhantomData;

use super::Collection;
use super::coding::{Decoder, Encoder};
use super::field::{ColumnValue, FieldType, own_traits};
use super::id::Id;
use super::meta::{AssociationShape, CollectionMeta, Kind, Shape};
use super::record::Record;
use super::row::{Loaded, Row};
use crate::error::{Error, Result};
use crate::value::Value;

/// A reference to a record of `T`: its id, and the record itself where it was loaded.
///
/// `Option<BelongsTo<T>>` is one that may be empty. The record is loaded where the association
/// is named in `appends`.
#[derive(Clone, Debug, PartialEq)]
pub struct BelongsTo<T> {
    id: Id<T>,
    record: Option<Box<Record<T>>>,
}

impl<T> BelongsTo<T> {
    /// The id of the record it refers to.
    #[must_use]
    pub fn id(&self) -> Id<T> {
        self.id
    }
}

impl<T: Collection> BelongsTo<T> {
    /// The record it refers to.
    ///
    /// # Errors
    /// It was not loaded.
    pub fn get(&self) -> Result<&Record<T>> {
        self.record.as_deref().ok_or_else(|| not_loaded(T::META))
    }

    fn take(id: &Value, loaded: Option<Loaded>, from: &Decoder) -> Result<Self> {
        let Value::Int(id) = *id else { return Err(from.unfit(id, Kind::Reference)) };
        let record = match loaded {
            Some(Loaded::One(Some(row))) => Some(Box::new(Record::from_row(*row)?)),
            _ => None,
        };
        Ok(Self { id: Id::new(id), record })
    }

    fn loaded(&self) -> Option<Loaded> {
        let record = self.record.as_deref()?;
        Some(Loaded::One(Some(Box::new(record.to_row()))))
    }
}

impl<T> From<Id<T>> for BelongsTo<T> {
    fn from(id: Id<T>) -> Self {
        Self { id, record: None }
    }
}

impl<T> From<Record<T>> for BelongsTo<T> {
    fn from(record: Record<T>) -> Self {
        Self { id: record.id, record: Some(Box::new(record)) }
    }
}

impl<T> From<&Record<T>> for BelongsTo<T> {
    fn from(record: &Record<T>) -> Self {
        Self { id: record.id, record: None }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Collection> FieldType for BelongsTo<T> {
    const SHAPE: Shape =
        Shape::Association(AssociationShape::BelongsTo { target: || T::META, nullable: false });

    fn decode(from: &mut Decoder) -> Result<Self> {
        let (id, loaded) = (from.value(), from.loaded());
        Self::take(&id, loaded, from)
    }

    fn encode(&self, to: &mut Encoder) {
        to.value(self.id.into());
        to.loaded(self.loaded());
    }

    fn stored(self) -> Value {
        ColumnValue::into_column(self)
    }

    own_traits!();
}

#[diagnostic::do_not_recommend]
impl<T: Collection> FieldType for Option<BelongsTo<T>> {
    const SHAPE: Shape =
        Shape::Association(AssociationShape::BelongsTo { target: || T::META, nullable: true });

    fn decode(from: &mut Decoder) -> Result<Self> {
        match (from.value(), from.loaded()) {
            (Value::Null, _) => Ok(None),
            (id, loaded) => BelongsTo::take(&id, loaded, from).map(Some),
        }
    }

    fn encode(&self, to: &mut Encoder) {
        to.value(self.as_ref().map_or(Value::Null, |reference| reference.id.into()));
        to.loaded(self.as_ref().and_then(BelongsTo::loaded));
    }

    fn stored(self) -> Value {
        ColumnValue::into_column(self)
    }

    own_traits!();
}

impl<T: Collection> ColumnValue for BelongsTo<T> {
    fn into_column(self) -> Value {
        self.id.into()
    }
}

impl<T: Collection> ColumnValue for Option<BelongsTo<T>> {
    fn into_column(self) -> Value {
        self.map_or(Value::Null, |reference| reference.id.into())
    }
}

/// The one record of `T` that refers to this one, where it was loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct HasOne<T>(pub(super) Option<Option<Box<Record<T>>>>);

impl<T> Default for HasOne<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Collection> HasOne<T> {
    /// The record that refers to this one; `None` if there is none.
    ///
    /// # Errors
    /// It was not loaded.
    pub fn get(&self) -> Result<Option<&Record<T>>> {
        self.0.as_ref().map(Option::as_deref).ok_or_else(|| not_loaded(T::META))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Collection> FieldType for HasOne<T> {
    const SHAPE: Shape = Shape::Association(AssociationShape::HasOne { target: || T::META });

    fn decode(from: &mut Decoder) -> Result<Self> {
        Ok(Self(match from.loaded() {
            Some(Loaded::One(row)) => {
                Some(row.map(|row| Record::from_row(*row).map(Box::new)).transpose()?)
            }
            _ => None,
        }))
    }

    fn encode(&self, to: &mut Encoder) {
        let row = |record: &Record<T>| Box::new(record.to_row());
        to.loaded(self.0.as_ref().map(|record| Loaded::One(record.as_deref().map(row))));
    }

    fn stored(self) -> Value {
        Value::Null
    }

    own_traits!();
}

/// The records of `T` that refer to this one, where they were loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct HasMany<T>(pub(super) Option<Vec<Record<T>>>);

impl<T> Default for HasMany<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Collection> HasMany<T> {
    /// The records that refer to this one.
    ///
    /// # Errors
    /// They were not loaded.
    pub fn get(&self) -> Result<&[Record<T>]> {
        self.0.as_deref().ok_or_else(|| not_loaded(T::META))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Collection> FieldType for HasMany<T> {
    const SHAPE: Shape = Shape::Association(AssociationShape::HasMany { target: || T::META });

    fn decode(from: &mut Decoder) -> Result<Self> {
        many(from).map(Self)
    }

    fn encode(&self, to: &mut Encoder) {
        to.loaded(rows(self.0.as_deref()));
    }

    fn stored(self) -> Value {
        Value::Null
    }

    own_traits!();
}

/// The records of `T` that records of `Through` connect with this one, where they were loaded.
#[derive(Clone, Debug)]
pub struct BelongsToMany<T, Through>(
    pub(super) Option<Vec<Record<T>>>,
    pub(super) PhantomData<fn() -> Through>,
);

impl<T, Through> Default for BelongsToMany<T, Through> {
    fn default() -> Self {
        Self(None, PhantomData)
    }
}

impl<T: PartialEq, Through> PartialEq for BelongsToMany<T, Through> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Collection, Through> BelongsToMany<T, Through> {
    /// The records connected with this one.
    ///
    /// # Errors
    /// They were not loaded.
    pub fn get(&self) -> Result<&[Record<T>]> {
        self.0.as_deref().ok_or_else(|| not_loaded(T::META))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Collection, Through: Collection> FieldType for BelongsToMany<T, Through> {
    const SHAPE: Shape = Shape::Association(AssociationShape::BelongsToMany {
        target: || T::META,
        through: || Through::META,
    });

    fn decode(from: &mut Decoder) -> Result<Self> {
        many(from).map(|records| Self(records, PhantomData))
    }

    fn encode(&self, to: &mut Encoder) {
        to.loaded(rows(self.0.as_deref()));
    }

    fn stored(self) -> Value {
        Value::Null
    }

    own_traits!();
}

/// An association to at most one record, whatever its kind.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not lead to one record",
    label = "expected a `BelongsTo`, an `Option<BelongsTo>` or a `HasOne`"
)]
pub trait Follow {
    /// The collection at its other end.
    type Target: Collection;

    /// The record it leads to; `None` if it is empty.
    ///
    /// # Errors
    /// It was not loaded.
    fn follow(&self) -> Result<Option<&Record<Self::Target>>>;
}

impl<T: Collection> Follow for BelongsTo<T> {
    type Target = T;

    fn follow(&self) -> Result<Option<&Record<T>>> {
        self.get().map(Some)
    }
}

impl<T: Collection> Follow for Option<BelongsTo<T>> {
    type Target = T;

    fn follow(&self) -> Result<Option<&Record<T>>> {
        self.as_ref().map(BelongsTo::get).transpose()
    }
}

impl<T: Collection> Follow for HasOne<T> {
    type Target = T;

    fn follow(&self) -> Result<Option<&Record<T>>> {
        self.get()
    }
}

fn many<T: Collection>(from: &mut Decoder) -> Result<Option<Vec<Record<T>>>> {
    match from.loaded() {
        Some(Loaded::Many(rows)) => {
            rows.into_iter().map(Record::from_row).collect::<Result<_>>().map(Some)
        }
        _ => Ok(None),
    }
}

fn rows<T: Collection>(records: Option<&[Record<T>]>) -> Option<Loaded> {
    Some(Loaded::Many(records?.iter().map(Record::to_row).collect::<Vec<Row>>()))
}

fn not_loaded(target: &CollectionMeta) -> Error {
    Error::internal(format!(
        "the associated `{}` was not loaded: name the association in `appends`",
        target.rust
    ))
}
