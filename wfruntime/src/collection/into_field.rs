//! What may be written where a field's value is expected.

use rust_decimal::Decimal;

use super::association::BelongsTo;
use super::field::Scalar;
use super::id::Id;
use super::record::Record;

/// A value that fits a field of type `F`.
///
/// Besides the type itself: `&str` for `String`, integers for `Decimal`, `T` for `Option<T>`,
/// an id or a record for `BelongsTo<T>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit a field of type `{F}`",
    label = "expected `{F}`"
)]
pub trait IntoField<F> {
    /// The field's value.
    fn into_field(self) -> F;
}

#[diagnostic::do_not_recommend]
impl<S: Scalar> IntoField<S> for S {
    fn into_field(self) -> S {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<S: Scalar> IntoField<Option<S>> for S {
    fn into_field(self) -> Option<S> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<S: Scalar> IntoField<Option<S>> for Option<S> {
    fn into_field(self) -> Option<S> {
        self
    }
}

macro_rules! into_field {
    ($([$($bound:ident)?] $from:ty => $field:ty, $into:expr);* $(;)?) => {$(
        #[diagnostic::do_not_recommend]
        impl $(<$bound>)? IntoField<$field> for $from {
            fn into_field(self) -> $field {
                let into: fn(Self) -> $field = $into;
                into(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl $(<$bound>)? IntoField<Option<$field>> for $from {
            fn into_field(self) -> Option<$field> {
                let into: fn(Self) -> $field = $into;
                Some(into(self))
            }
        }
    )*};
}

into_field! {
    [] &str => String, str::to_owned;
    [] &String => String, Clone::clone;
    [] i32 => Decimal, Decimal::from;
    [] i64 => Decimal, Decimal::from;
    [] u32 => Decimal, Decimal::from;
    [T] BelongsTo<T> => BelongsTo<T>, |reference| reference;
    [T] &BelongsTo<T> => BelongsTo<T>, |reference| BelongsTo::from(reference.id());
    [T] Id<T> => BelongsTo<T>, BelongsTo::from;
    [T] Record<T> => BelongsTo<T>, BelongsTo::from;
    [T] &Record<T> => BelongsTo<T>, BelongsTo::from;
}

#[diagnostic::do_not_recommend]
impl<T> IntoField<Self> for Option<BelongsTo<T>> {
    fn into_field(self) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T> IntoField<Self> for Id<T> {
    fn into_field(self) -> Self {
        self
    }
}

macro_rules! into_id {
    ($($from:ty, $into:expr);* $(;)?) => {$(
        #[diagnostic::do_not_recommend]
        impl<T> IntoField<Id<T>> for $from {
            fn into_field(self) -> Id<T> {
                let into: fn(Self) -> Id<T> = $into;
                into(self)
            }
        }
    )*};
}

into_id! {
    Record<T>, |record| record.id;
    &Record<T>, |record| record.id;
    BelongsTo<T>, |reference| reference.id();
    &BelongsTo<T>, |reference| reference.id();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::User;

    fn id(value: impl IntoField<Id<User>>) -> i64 {
        value.into_field().get()
    }

    #[test]
    fn an_id_is_compared_with_whatever_names_the_record() {
        let reference = BelongsTo::<User>::from(Id::new(7));
        assert_eq!([id(Id::new(7)), id(&reference), id(reference)], [7; 3]);
    }
}
