//! What generated code asks of the fields' types: defaults, limits, accounts.

use jiff::Timestamp;

use super::Collection;
use super::association::BelongsTo;
use super::filter::Textual;
use super::into_field::IntoField;
use super::meta::DefaultValue;

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

#[diagnostic::do_not_recommend]
impl HoldsMoment for Timestamp {}
#[diagnostic::do_not_recommend]
impl HoldsMoment for Option<Timestamp> {}

/// A field that can refer to the user of an action.
#[diagnostic::on_unimplemented(
    message = "`user` does not fit a field of type `{Self}`",
    label = "expected a `BelongsTo<User>`"
)]
pub trait HoldsUser {}

#[diagnostic::do_not_recommend]
impl<T: Account> HoldsUser for BelongsTo<T> {}
#[diagnostic::do_not_recommend]
impl<T: Account> HoldsUser for Option<BelongsTo<T>> {}

/// A field whose values have a length.
#[diagnostic::on_unimplemented(
    message = "a value of type `{Self}` has no length",
    label = "expected a `String` or a `Vec<u8>`"
)]
pub trait HasLength {}

#[diagnostic::do_not_recommend]
impl HasLength for String {}
#[diagnostic::do_not_recommend]
impl HasLength for Option<String> {}
#[diagnostic::do_not_recommend]
impl HasLength for Vec<u8> {}
#[diagnostic::do_not_recommend]
impl HasLength for Option<Vec<u8>> {}

/// A field of type `F`, to ask of the type what an argument of `#[field]` needs.
///
/// Each question is a method, so that rustc answers at the argument's own word.
#[derive(Debug)]
pub struct FieldOf<F>(std::marker::PhantomData<F>);

impl<F> FieldOf<F> {
    /// The one value.
    pub const TYPE: Self = Self(std::marker::PhantomData);

    /// `default = now`.
    #[must_use]
    pub const fn now(&self) -> DefaultValue
    where
        F: HoldsMoment,
    {
        DefaultValue::Now
    }

    /// `default = user`.
    #[must_use]
    pub const fn user(&self) -> DefaultValue
    where
        F: HoldsUser,
    {
        DefaultValue::User
    }

    /// `length = …`.
    pub const fn length(&self)
    where
        F: HasLength,
    {
    }

    /// `pattern = …`.
    pub const fn pattern(&self)
    where
        F: Textual,
    {
    }
}

/// The value of a field of type `F`; a wrong one is told at the expression.
pub fn field<F>(value: impl IntoField<F>) -> F {
    value.into_field()
}

/// Least and greatest value of a field of type `F`; of a wrong type they are one mistake.
pub fn bounds<F, V: IntoField<F>>(min: V, max: V) -> [F; 2] {
    [min.into_field(), max.into_field()]
}
