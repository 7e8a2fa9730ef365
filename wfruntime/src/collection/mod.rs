//! Collections, their fields and associations, and records, typed and dynamic.
//!
//! It knows what a collection looks like and how a record turns into JSON and back; it refuses to
//! know requests, workflows and SQL text.

mod association;
mod choice;
mod coding;
mod declared;
mod definition;
mod draft;
mod field;
mod filter;
mod id;
mod into_field;
pub(crate) mod json;
mod keys;
mod marker;
mod meta;
mod numeric;
mod record;
mod row;
mod serde_forms;
mod table;
#[cfg(test)]
mod tests;

use std::fmt::Debug;

pub use association::{BelongsTo, BelongsToMany, HasMany, HasOne};
pub use choice::{Choice, UnknownName};
pub use draft::{Changes, Draft, IntoChanges, IntoDraft};
pub use field::{Json, Roles};
pub use filter::{FieldRef, Filter, Optional, Ordered, Textual};
pub use id::Id;
pub use into_field::IntoField;
pub use keys::{IntoKeys, Keys};
pub use numeric::Numeric;
pub use record::Record;

#[doc(hidden)]
pub use association::Follow;
#[doc(hidden)]
pub use coding::{Decoder, Encoder};
#[doc(hidden)]
pub use declared::{Account, HasLength, HoldsMoment, HoldsUser};
#[doc(hidden)]
pub use definition::{Association, AssociationKind, Column, Definition};
#[doc(hidden)]
pub use draft::{IsSet, Missing, Set};
#[doc(hidden)]
pub use field::{ColumnValue, FieldType, Scalar};
#[doc(hidden)]
pub use marker::{AssocRef, ToMany, ToOne, follow};
#[doc(hidden)]
pub use meta::{
    AssociationShape, ChoiceMeta, CollectionMeta, DefaultValue, FieldOptions, Kind, Location,
    MemberMeta, Range, RegisteredCollection, Shape, Variant,
};
#[doc(hidden)]
pub use row::{Loaded, Row};

pub(crate) use draft::{column_of, same};
pub(crate) use keys::same_key;
/// What only generated code and the registry use.
pub(crate) mod generated {
    pub use super::choice::{choice_from_str, deserialize_choice};
    pub use super::declared::{FieldOf, bounds, field};
    pub use super::draft::{Given, StartChanges, column_named};
    pub use super::serde_forms::{deserialize, serialize};
}

use crate::error::Result;

/// A struct declared with `#[collection]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a collection",
    label = "expected a struct with `#[collection]`"
)]
pub trait Collection: Sized + Clone + Debug + PartialEq + Send + Sync + 'static {
    /// What was declared.
    const META: &'static CollectionMeta;

    /// Its associations, each under its Rust name.
    type Assocs: Copy;
    /// See [`Self::Assocs`].
    const ASSOCS: Self::Assocs;

    /// Its fields, each under its Rust name.
    type Fields: Copy;
    /// See [`Self::Fields`].
    const FIELDS: Self::Fields;

    /// What a form can ask for, each under its Rust name: its fields, and links to many records.
    type Inputs: Copy;
    /// See [`Self::Inputs`].
    const INPUTS: Self::Inputs;

    /// Takes the declared fields out of a row.
    ///
    /// # Errors
    /// A stored value does not fit its field.
    fn decode(from: &mut Decoder) -> Result<Self>;

    /// Adds the declared fields to a row.
    fn encode(&self, to: &mut Encoder);

    /// The collection as the registry resolved it.
    #[must_use]
    fn definition() -> &'static Definition {
        crate::registry::global().collection::<Self>()
    }
}
