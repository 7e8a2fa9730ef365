//! What a custom action is given: the records that a request names, its values, and who asks.

use std::fmt;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use super::input;
use super::snapshot::{About, Snapshot};
use crate::collection::{Collection, Record};
use crate::error::{Error, Result};
use crate::identity::Actor;

/// What somebody asks for: the argument of every `#[custom_action]` function.
///
/// `A` is what it is about: a collection (one record), [`Many`] of one (all records of the request
/// in one execution), or `()` (none). `V` is the type of the values in the request's body.
#[derive(Debug, Clone)]
pub struct CustomAction<A: Subject, V = ()> {
    /// The record, all records, or nothing, with the associations named in `appends`.
    pub data: A::Data,
    /// The values that the request gave.
    pub values: V,
    /// Who asks; nobody if they have not signed in.
    pub user: Option<Actor>,
    /// In which role they ask.
    pub role: String,
}

impl<A: Subject, V: DeserializeOwned> CustomAction<A, V> {
    /// Gives the values of a snapshot their types.
    ///
    /// # Errors
    /// A stored value does not fit its field, or the request's values do not fit.
    pub fn from_snapshot(snapshot: &Snapshot) -> Result<Self> {
        Ok(Self {
            data: A::of(snapshot)?,
            values: input::read(snapshot.input.as_ref())?,
            user: snapshot.user.clone(),
            role: snapshot.role.clone(),
        })
    }

    /// `data` or `records`, `values`, `user` and `role`, as the bodies of `workflow!` name them.
    pub fn into_parts(self) -> (A::Data, V, Option<Actor>, String) {
        (self.data, self.values, self.user, self.role)
    }
}

/// Several records of a collection, as `CustomAction<Many<Claim>>`.
pub struct Many<T>(PhantomData<fn() -> T>);

impl<T> Clone for Many<T> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

impl<T> fmt::Debug for Many<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Many")
    }
}

/// What a custom action can be about.
#[diagnostic::on_unimplemented(
    message = "a custom action cannot be about `{Self}`",
    label = "expected a collection, `Many` of one, or `()`"
)]
pub trait Subject {
    /// What its function gets.
    type Data;

    /// Takes it out of a snapshot.
    ///
    /// # Errors
    /// A stored value does not fit its field.
    fn of(snapshot: &Snapshot) -> Result<Self::Data>;
}

#[diagnostic::do_not_recommend]
impl<T: Collection> Subject for T {
    type Data = Record<T>;

    fn of(snapshot: &Snapshot) -> Result<Self::Data> {
        Record::from_row(snapshot.record()?.clone())
    }
}

impl<T: Collection> Subject for Many<T> {
    type Data = Vec<Record<T>>;

    fn of(snapshot: &Snapshot) -> Result<Self::Data> {
        match &snapshot.about {
            About::Several(rows) => rows.iter().cloned().map(Record::from_row).collect(),
            About::Nothing | About::One(_) => {
                Err(Error::internal("an execution that is not about several records"))
            }
        }
    }
}

impl Subject for () {
    type Data = ();

    fn of(_: &Snapshot) -> Result<Self::Data> {
        Ok(())
    }
}
