//! The fields whose values tell a record from others.

use std::fmt;
use std::marker::PhantomData;

use super::definition::Definition;
use super::filter::FieldRef;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::store::sql::Condition;
use crate::value::Value;

/// Fields of `C` by which a record is found; made of a field, or of several in brackets.
pub struct Keys<C> {
    columns: Vec<&'static str>,
    collection: PhantomData<fn() -> C>,
}

impl<C> Keys<C> {
    fn new(columns: Vec<&'static str>) -> Self {
        Self { columns, collection: PhantomData }
    }

    /// The names of their columns.
    pub(crate) fn into_columns(self) -> Vec<&'static str> {
        self.columns
    }
}

impl<C> fmt::Debug for Keys<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keys").field(&self.columns).finish()
    }
}

/// The fields by which a record is found: `Claim::FIELDS.number`, or up to four in brackets.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no key of `{C}`",
    label = "expected a field of the collection, or several in brackets",
    note = "a key is written so: `Claim::FIELDS.number` or `(Claim::FIELDS.year, Claim::FIELDS.number)`"
)]
pub trait IntoKeys<C> {
    /// The fields.
    fn into_keys(self) -> Keys<C>;
}

#[diagnostic::do_not_recommend]
impl<C, F> IntoKeys<C> for FieldRef<C, F> {
    fn into_keys(self) -> Keys<C> {
        Keys::new(vec![self.column()])
    }
}

macro_rules! tuples {
    ($(($($ty:ident $at:tt),*)),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<C, $($ty),*> IntoKeys<C> for ($(FieldRef<C, $ty>,)*) {
            fn into_keys(self) -> Keys<C> {
                Keys::new(vec![$(self.$at.column()),*])
            }
        }
    )*};
}

tuples!((A 0, B 1), (A 0, B 1, D 2), (A 0, B 1, D 2, E 3));

/// Holds for the records whose key is that of `values`, a value for each column of the collection.
///
/// # Errors
/// [`ErrorKind::Invalid`] with every part of the key that has no value: nothing is told apart by
/// what is not there.
pub(crate) fn same_key(
    definition: &Definition,
    keys: &[&str],
    values: &[Option<Value>],
) -> Result<Condition> {
    let (mut all, mut faults) = (Vec::with_capacity(keys.len()), Vec::new());
    for (column, value) in definition.columns.iter().zip(values) {
        if !keys.contains(&column.name) {
            continue;
        }
        match value {
            None | Some(Value::Null) => {
                let message = format!("`{}` is part of the key, and needs a value", column.json);
                faults.push(Fault::new("required", message).at(column.json));
            }
            Some(value) => all.push(Condition::eq(column.name, value.clone())),
        }
    }
    if faults.is_empty() {
        return Ok(Condition::All(all));
    }
    Err(Error::faults(ErrorKind::Invalid, faults))
}
