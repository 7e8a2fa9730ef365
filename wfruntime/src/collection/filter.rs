//! Typed conditions on the records of a collection.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::association::BelongsTo;
use super::field::{ColumnValue, Scalar};
use super::id::Id;
use super::into_field::IntoField;
use crate::store::sql::{Condition, Op, Place};
use crate::value::Value;

/// A field of `C` of type `F`, by name: the start of a condition.
#[derive(Debug)]
pub struct FieldRef<C, F> {
    column: &'static str,
    ends: PhantomData<fn() -> (C, F)>,
}

impl<C, F> Clone for FieldRef<C, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, F> Copy for FieldRef<C, F> {}

/// A condition on records of `C`.
pub struct Filter<C> {
    condition: Condition,
    collection: PhantomData<fn() -> C>,
}

impl<C> Filter<C> {
    /// A condition on the columns of the collection's table.
    #[must_use]
    pub fn new(condition: Condition) -> Self {
        Self { condition, collection: PhantomData }
    }

    /// Holds for every record.
    #[must_use]
    pub fn all() -> Self {
        Self::new(Condition::always())
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::new(self.condition.and(other.condition))
    }

    /// At least one of them holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::new(match self.condition {
            Condition::Any(mut any) => {
                any.push(other.condition);
                Condition::Any(any)
            }
            this => Condition::Any(vec![this, other.condition]),
        })
    }

    /// The condition, for the store.
    #[must_use]
    pub fn into_condition(self) -> Condition {
        self.condition
    }
}

impl<C> std::ops::Not for Filter<C> {
    type Output = Self;

    /// It does not hold.
    fn not(self) -> Self {
        Self::new(Condition::Not(Box::new(self.condition)))
    }
}

impl<C> Clone for Filter<C> {
    fn clone(&self) -> Self {
        Self::new(self.condition.clone())
    }
}

impl<C> fmt::Debug for Filter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt(f)
    }
}

/// A field whose values have an order.
#[diagnostic::on_unimplemented(message = "`{Self}` has no order", label = "cannot be compared so")]
pub trait Ordered {
    /// The type of its values, without `Option`.
    type Value: Serialize + DeserializeOwned + Send + 'static;

    /// The value of a stored one.
    ///
    /// # Errors
    /// The stored value, if it does not fit.
    fn value(stored: Value) -> Result<Self::Value, Value>;
}

/// A field that may be empty.
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` is never empty",
    label = "expected a field whose type is an `Option`"
)]
pub trait Optional {}

/// A field that holds text.
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` holds no text",
    label = "expected a `String`"
)]
pub trait Textual {}

macro_rules! ordered {
    ($($rust:ty),* $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl Ordered for $rust {
            type Value = $rust;

            fn value(stored: Value) -> Result<$rust, Value> {
                <$rust>::from_value(stored)
            }
        }

        #[diagnostic::do_not_recommend]
        impl Ordered for Option<$rust> {
            type Value = $rust;

            fn value(stored: Value) -> Result<$rust, Value> {
                <$rust>::from_value(stored)
            }
        }
    )*};
}

ordered!(
    i8,
    i16,
    i32,
    i64,
    u8,
    u16,
    u32,
    f32,
    f64,
    String,
    rust_decimal::Decimal,
    jiff::Timestamp,
    jiff::civil::Date,
    jiff::civil::Time,
    jiff::civil::DateTime,
);

#[diagnostic::do_not_recommend]
impl<T: 'static> Ordered for Id<T> {
    type Value = Self;

    fn value(stored: Value) -> Result<Self, Value> {
        stored.as_int().map(Self::new).ok_or(stored)
    }
}

#[diagnostic::do_not_recommend]
impl<S: Scalar> Optional for Option<S> {}
#[diagnostic::do_not_recommend]
impl<T> Optional for Option<BelongsTo<T>> {}
#[diagnostic::do_not_recommend]
impl Textual for String {}
#[diagnostic::do_not_recommend]
impl Textual for Option<String> {}

impl<C, F> FieldRef<C, F> {
    /// The field with this column.
    #[must_use]
    pub const fn new(column: &'static str) -> Self {
        Self { column, ends: PhantomData }
    }

    /// The name of its column.
    #[must_use]
    pub const fn column(self) -> &'static str {
        self.column
    }

    fn fields(self, op: Op, other: Self) -> Filter<C> {
        Filter::new(Condition::Columns(self.column, op, other.column))
    }

    /// The field equals another one.
    #[must_use]
    pub fn eq_field(self, other: Self) -> Filter<C> {
        self.fields(Op::Eq, other)
    }

    /// The field differs from another one.
    #[must_use]
    pub fn ne_field(self, other: Self) -> Filter<C> {
        self.fields(Op::Ne, other)
    }
}

impl<C, F: ColumnValue> FieldRef<C, F> {
    fn compare(self, op: Op, value: impl IntoField<F>) -> Filter<C> {
        Filter::new(match (op, value.into_field().into_column()) {
            (Op::Eq, Value::Null) => Condition::Null(self.column),
            (Op::Ne, Value::Null) => Condition::Not(Box::new(Condition::Null(self.column))),
            // Nothing is greater or less than nothing.
            (_, Value::Null) => Condition::Any(Vec::new()),
            (op, value) => Condition::Compare(self.column, op, value),
        })
    }

    /// The field equals the value.
    #[must_use]
    pub fn eq(self, value: impl IntoField<F>) -> Filter<C> {
        self.compare(Op::Eq, value)
    }

    /// The field differs from the value, or is empty.
    #[must_use]
    pub fn ne(self, value: impl IntoField<F>) -> Filter<C> {
        self.compare(Op::Ne, value)
    }

    /// The field is one of the values.
    #[must_use]
    pub fn one_of<V: IntoField<F>>(self, values: impl IntoIterator<Item = V>) -> Filter<C> {
        let values = values.into_iter().map(|value| value.into_field().into_column());
        let (empty, values): (Vec<_>, Vec<_>) = values.partition(Value::is_null);
        let among = Filter::new(Condition::In(self.column, values));
        if empty.is_empty() {
            return among;
        }
        among.or(Filter::new(Condition::Null(self.column)))
    }

    /// The field is empty.
    #[must_use]
    pub fn is_none(self) -> Filter<C>
    where
        F: Optional,
    {
        Filter::new(Condition::Null(self.column))
    }

    /// The field is not empty.
    #[must_use]
    pub fn is_some(self) -> Filter<C>
    where
        F: Optional,
    {
        !self.is_none()
    }
}

impl<C, F: ColumnValue> FieldRef<C, F> {
    // Bounds stand on the methods: there a wrong type is told in the words of the trait.

    /// The field is greater than the value.
    #[must_use]
    pub fn gt(self, value: impl IntoField<F>) -> Filter<C>
    where
        F: Ordered,
    {
        self.compare(Op::Gt, value)
    }

    /// The field is greater than another one.
    #[must_use]
    pub fn gt_field(self, other: Self) -> Filter<C>
    where
        F: Ordered,
    {
        self.fields(Op::Gt, other)
    }

    /// The field is greater than or equal to the value.
    #[must_use]
    pub fn gte(self, value: impl IntoField<F>) -> Filter<C>
    where
        F: Ordered,
    {
        self.compare(Op::Gte, value)
    }

    /// The field is greater than or equal to another one.
    #[must_use]
    pub fn gte_field(self, other: Self) -> Filter<C>
    where
        F: Ordered,
    {
        self.fields(Op::Gte, other)
    }

    /// The field is less than the value.
    #[must_use]
    pub fn lt(self, value: impl IntoField<F>) -> Filter<C>
    where
        F: Ordered,
    {
        self.compare(Op::Lt, value)
    }

    /// The field is less than another one.
    #[must_use]
    pub fn lt_field(self, other: Self) -> Filter<C>
    where
        F: Ordered,
    {
        self.fields(Op::Lt, other)
    }

    /// The field is less than or equal to the value.
    #[must_use]
    pub fn lte(self, value: impl IntoField<F>) -> Filter<C>
    where
        F: Ordered,
    {
        self.compare(Op::Lte, value)
    }

    /// The field is less than or equal to another one.
    #[must_use]
    pub fn lte_field(self, other: Self) -> Filter<C>
    where
        F: Ordered,
    {
        self.fields(Op::Lte, other)
    }
}

impl<C, F> FieldRef<C, F> {
    fn text(self, place: Place, text: &str) -> Filter<C> {
        Filter::new(Condition::Text(self.column, place, text.to_owned()))
    }

    /// The field contains the text.
    #[must_use]
    pub fn contains(self, text: impl AsRef<str>) -> Filter<C>
    where
        F: Textual,
    {
        self.text(Place::Anywhere, text.as_ref())
    }

    /// The field starts with the text.
    #[must_use]
    pub fn starts_with(self, text: impl AsRef<str>) -> Filter<C>
    where
        F: Textual,
    {
        self.text(Place::Start, text.as_ref())
    }

    /// The field ends with the text.
    #[must_use]
    pub fn ends_with(self, text: impl AsRef<str>) -> Filter<C>
    where
        F: Textual,
    {
        self.text(Place::End, text.as_ref())
    }
}
