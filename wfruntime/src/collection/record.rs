//! A record: the values of a collection's struct with its id, times and users.

use std::any::TypeId;
use std::ops::{Deref, DerefMut};

use jiff::Timestamp;

use super::Collection;
use super::association::BelongsTo;
use super::coding::{Decoder, Encoder};
use super::field::FieldType;
use super::id::Id;
use super::row::Row;
use crate::auth::User;
use crate::error::Result;

/// A stored `T` with its system fields; derefs to `T`.
///
/// As JSON it is what the HTTP actions answer: names in camel case, hidden fields left out,
/// associations where they were loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Record<T> {
    /// Its id.
    pub id: Id<T>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Who created it, if a user did.
    pub created_by: Option<BelongsTo<User>>,
    /// Who last changed it, if a user did.
    pub updated_by: Option<BelongsTo<User>>,
    pub(crate) value: T,
}

impl<T> Record<T> {
    /// The declared fields alone.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T: Collection> Record<T> {
    /// The record of a row.
    ///
    /// # Errors
    /// A stored value does not fit its field; the error names record and field.
    pub fn from_row(row: Row) -> Result<Self> {
        let foreign = (row.definition.meta.type_id)() != TypeId::of::<T>();
        let row = if foreign { row.seen_as(T::definition()) } else { row };
        let id = Id::new(row.id());
        let mut from = Decoder::new(row);
        from.value();
        Ok(Self {
            id,
            created_at: Timestamp::decode(&mut from)?,
            updated_at: Timestamp::decode(&mut from)?,
            created_by: FieldType::decode(&mut from)?,
            updated_by: FieldType::decode(&mut from)?,
            value: T::decode(&mut from)?,
        })
    }

    /// The row of the record.
    #[must_use]
    pub fn to_row(&self) -> Row {
        let mut to = Encoder::default();
        to.value(self.id.into());
        self.created_at.encode(&mut to);
        self.updated_at.encode(&mut to);
        self.created_by.encode(&mut to);
        self.updated_by.encode(&mut to);
        self.value.encode(&mut to);
        to.into_row(T::definition())
    }
}

impl<T> Deref for Record<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Record<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}
