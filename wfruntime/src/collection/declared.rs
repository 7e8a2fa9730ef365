//! What generated code asks of the fields' types: defaults, limits, accounts.

use jiff::Timestamp;

use super::Collection;
use super::association::BelongsTo;
use super::field::ColumnValue;
use super::filter::Textual;
use super::into_field::IntoField;
use super::meta::DefaultValue;
use crate::value::Value;

/// A collection whose records are the users who sign in.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the account collection",
    label = "expected `User`, or a collection with `#[collection(account)]`"
)]
pub trait Account: Collection {}

/// A field that can hold the moment of an action.
#[diagnostic::on_unimplemented(
    message = "`now` does not fit a field of type `{Self}`",
    label = "expected a `Timestamp`"
)]
pub trait HoldsMoment {}

impl HoldsMoment for Timestamp {}
impl HoldsMoment for Option<Timestamp> {}

/// A field that can refer to the user of an action.
#[diagnostic::on_unimplemented(
    message = "`user` does not fit a field of type `{Self}`",
    label = "expected a `BelongsTo<User>`"
)]
pub trait HoldsUser {}

impl<T: Account> HoldsUser for BelongsTo<T> {}
impl<T: Account> HoldsUser for Option<BelongsTo<T>> {}

/// A field whose values have a length.
#[diagnostic::on_unimplemented(
    message = "a value of type `{Self}` has no length",
    label = "expected a `String` or a `Vec<u8>`"
)]
pub trait HasLength {}

impl HasLength for String {}
impl HasLength for Option<String> {}
impl HasLength for Vec<u8> {}
impl HasLength for Option<Vec<u8>> {}

/// The default of a field with `default = now`.
#[must_use]
pub const fn default_now<F: HoldsMoment>() -> DefaultValue {
    DefaultValue::Now
}

/// The default of a field with `default = user`.
#[must_use]
pub const fn default_user<F: HoldsUser>() -> DefaultValue {
    DefaultValue::User
}

/// Compiles only for fields whose values have a length.
pub const fn assert_length<F: HasLength>() {}

/// Compiles only for fields that hold text.
pub const fn assert_text<F: Textual>() {}

/// What is stored of an expression for a field of type `F`.
pub fn value<F: ColumnValue>(value: impl IntoField<F>) -> Value {
    value.into_field().into_column()
}

/// Stands for the type `F` in a constant, so that rustc compares it with the expected one.
#[derive(Debug)]
pub struct TypeIs<F>(std::marker::PhantomData<F>);

/// The type of a field.
#[must_use]
pub const fn type_is<F>() -> TypeIs<F> {
    TypeIs(std::marker::PhantomData)
}
