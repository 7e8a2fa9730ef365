//! What a schedule is given: the moment that came, and the record whose moment it is.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::{Value, json};

use super::snapshot::Snapshot;
use crate::collection::{Collection, FieldRef, Record};
use crate::error::{Error, Result};

/// The moment that came: the argument of every `#[schedule]` function.
///
/// A schedule that goes by the clock takes `Scheduled`; one that goes by a date of each record
/// takes `Scheduled<Claim>`, with the record as it was when the moment came.
#[derive(Debug, Clone)]
pub struct Scheduled<T: Due = ()> {
    /// The record, with the associations named in `appends`; nothing if it goes by the clock.
    pub data: T::Data,
    /// When it was due; it may have begun later.
    pub at: Timestamp,
}

impl<T: Due> Scheduled<T> {
    /// Gives the values of a snapshot their types.
    ///
    /// # Errors
    /// A stored value does not fit its field.
    pub fn from_snapshot(snapshot: &Snapshot) -> Result<Self> {
        let at = snapshot.input.as_ref().and_then(|input| input["at"].as_str());
        let at = at.and_then(|at| at.parse().ok());
        let at = at.ok_or_else(|| Error::internal("an execution without its moment"))?;
        Ok(Self { data: T::of(snapshot)?, at })
    }

    /// `data` and `at`, as the bodies of `workflow!` name them.
    pub fn into_parts(self) -> (T::Data, Timestamp, (), ()) {
        (self.data, self.at, (), ())
    }
}

/// How a moment stands in a snapshot.
pub(crate) fn input_of(at: Timestamp) -> Value {
    json!({ "at": at })
}

/// What a schedule can be about: a collection, or nothing.
#[diagnostic::on_unimplemented(
    message = "a schedule cannot be about `{Self}`",
    label = "expected a collection"
)]
pub trait Due {
    /// What its function gets.
    type Data;

    /// Takes it out of a snapshot.
    ///
    /// # Errors
    /// A stored value does not fit its field.
    fn of(snapshot: &Snapshot) -> Result<Self::Data>;
}

#[diagnostic::do_not_recommend]
impl<T: Collection> Due for T {
    type Data = Record<T>;

    fn of(snapshot: &Snapshot) -> Result<Self::Data> {
        Record::from_row(snapshot.record()?.clone())
    }
}

impl Due for () {
    type Data = ();

    fn of(_: &Snapshot) -> Result<Self::Data> {
        Ok(())
    }
}

/// The type of a field that a schedule can go by.
#[diagnostic::on_unimplemented(
    message = "a schedule cannot go by a field of type `{Self}`",
    label = "expected a `Date`, a `DateTime` or a `Timestamp`"
)]
pub trait DateField {}

impl DateField for Date {}
impl DateField for DateTime {}
impl DateField for Timestamp {}
#[diagnostic::do_not_recommend]
impl<F: DateField> DateField for Option<F> {}

/// Lets the compiler say that a field is no date.
pub fn is_date<T, F: DateField>(_: FieldRef<T, F>) {}
