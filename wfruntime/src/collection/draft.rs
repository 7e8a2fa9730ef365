//! The values of a record that is not stored yet, and the changed values of one that is.

use std::fmt;
use std::marker::PhantomData;

use super::Collection;
use super::definition::Definition;
use super::meta::{CollectionMeta, Shape};
use crate::value::Value;

/// The given values of a new record of `T`, made by `T::new()` and its setters.
pub struct Draft<T> {
    given: Given,
    collection: PhantomData<fn() -> T>,
}

/// Changed values of a record of `T`, made by `T::changes()` and its setters.
pub struct Changes<T> {
    given: Given,
    collection: PhantomData<fn() -> T>,
}

/// Values by index of their column; what the generated builders collect.
#[derive(Debug, Clone, Default)]
pub struct Given(Vec<(usize, Value)>);

impl Given {
    /// The same with the value of one more column; the last one given counts.
    #[must_use]
    pub fn set(mut self, column: usize, value: Value) -> Self {
        self.0.retain(|(given, _)| *given != column);
        self.0.push((column, value));
        self
    }
}

/// The index in [`Definition::columns`] of the column of a struct's field.
#[must_use]
pub(crate) const fn column_of(meta: &CollectionMeta, member: usize) -> usize {
    let (mut index, mut column) = (0, Definition::SYSTEM);
    while index < member {
        if has_column(meta.members[index].shape) {
            column += 1;
        }
        index += 1;
    }
    column
}

/// The index in [`Definition::columns`] of the column of the field with this Rust name.
#[must_use]
pub const fn column_named(meta: &CollectionMeta, rust: &str) -> usize {
    let mut index = 0;
    while index < meta.members.len() && !same(meta.members[index].rust, rust) {
        index += 1;
    }
    column_of(meta, index)
}

/// `a == b`, which is not const.
pub(crate) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len()
}

/// Whether a field has a column in its own table.
#[must_use]
pub(super) const fn has_column(shape: Shape) -> bool {
    matches!(
        shape,
        Shape::Column { .. } | Shape::Association(super::meta::AssociationShape::BelongsTo { .. })
    )
}

impl<T: Collection> Draft<T> {
    /// A draft of what a builder collected.
    #[must_use]
    pub fn from_given(given: Given) -> Self {
        Self { given, collection: PhantomData }
    }

    /// One entry for each column of the definition; `None` where nothing was given.
    #[must_use]
    pub fn into_values(self) -> Vec<Option<Value>> {
        let mut values = vec![None; T::definition().columns.len()];
        for (column, value) in self.given.0 {
            values[column] = Some(value);
        }
        values
    }
}

impl<T: Collection> Changes<T> {
    /// The changes that a builder collected.
    #[must_use]
    pub fn from_given(given: Given) -> Self {
        Self { given, collection: PhantomData }
    }

    /// The changed columns by their index in the definition, each once.
    #[must_use]
    pub fn into_values(self) -> Vec<(usize, Value)> {
        self.given.0
    }
}

impl<T: Collection> fmt::Debug for Draft<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(T::META.rust).field("given", &self.given.0).finish()
    }
}

impl<T: Collection> fmt::Debug for Changes<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(T::META.rust).field("changed", &self.given.0).finish()
    }
}

/// A complete draft of a record of `T`: `T::new()` with every required field set.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a new record",
    label = "expected `new()` of a collection and its setters",
    note = "a new record is written so: `cx.create(Claim::new().amount(5)).await?`"
)]
pub trait IntoDraft<T> {
    /// The draft.
    fn into_draft(self) -> Draft<T>;
}

#[diagnostic::do_not_recommend]
impl<T> IntoDraft<T> for Draft<T> {
    fn into_draft(self) -> Self {
        self
    }
}

/// Changed values of a record of `T`: `T::changes()` with the fields to change.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a change of `{T}`",
    label = "expected `{T}::changes()` with the fields to change"
)]
pub trait IntoChanges<T> {
    /// The changes.
    fn into_changes(self) -> Changes<T>;
}

impl<T> IntoChanges<T> for Changes<T> {
    fn into_changes(self) -> Self {
        self
    }
}

/// A collection whose changes can be started from its type.
pub trait StartChanges: Collection {
    /// The builder that `T::changes()` gives.
    type Builder: IntoChanges<Self>;

    /// The same as `T::changes()`.
    fn start_changes() -> Self::Builder;
}

/// Stands in a builder's type for a required field that was given.
#[derive(Debug, Clone, Copy)]
pub enum Set {}

/// Stands in a builder's type for a required field that was not given yet.
#[derive(Debug, Clone, Copy)]
pub enum Missing {}

/// Holds if the required field `F`, a type of the field's name, was given.
#[diagnostic::on_unimplemented(
    message = "missing field `{F}`",
    label = "`{F}` is not set; it is no `Option` and has no default"
)]
pub trait IsSet<F> {}

#[diagnostic::do_not_recommend]
impl<F> IsSet<F> for Set {}
