//! Actions of the program's own: what `#[action]` registers, and what its handler is given.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::collection::{CollectionMeta, Json, Location, Row};
use crate::error::{Error, Result};
use crate::identity::Identity;
use crate::store::BoxFuture;

/// An action as `#[action]` declares it.
#[derive(Debug, Clone, Copy)]
pub struct ActionMeta {
    /// Its name in URLs: `submit` of `/api/reimbursements:submit`.
    pub name: &'static str,
    /// For people: the first line of the doc comment, or the name in words.
    pub title: &'static str,
    /// The collection it is an action of.
    pub collection: fn() -> &'static CollectionMeta,
    /// Reads the arguments, calls the function, and gives the record it returned.
    pub handler: fn(OwnCall) -> BoxFuture<'static, Result<Row>>,
    /// Where it is declared.
    pub location: Location,
}

/// An action as `inventory` collects it; nothing but the registry reads it.
#[derive(Clone, Copy)]
pub struct RegisteredAction(pub &'static ActionMeta);

inventory::collect!(RegisteredAction);

/// One call of an own action.
pub struct OwnCall {
    /// Who asks.
    pub identity: Identity,
    /// The body, if there was one.
    pub values: Option<Box<RawValue>>,
}

/// What a function with `#[action(C)]` can take as an argument.
///
/// The order of the arguments is free: each is made from the call by its type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of an action of `{C}`",
    label = "not known to `#[action]`",
    note = "an action takes `Json<T>` (the body), `Act<{C}>` (what it writes) and `Identity`"
)]
pub trait FromOwnCall<C>: Sized {
    /// Makes the argument.
    ///
    /// # Errors
    /// The body does not fit.
    fn from_own_call(call: &OwnCall) -> Result<Self>;
}

fn body<T: DeserializeOwned>(call: &OwnCall) -> Result<T> {
    let text = call.values.as_ref().map_or("null", |values| values.get());
    serde_json::from_str(text)
        .map_err(|error| Error::invalid("body", format!("the body does not fit: {error}")))
}

#[diagnostic::do_not_recommend]
impl<C, T: DeserializeOwned> FromOwnCall<C> for axum::Json<T> {
    fn from_own_call(call: &OwnCall) -> Result<Self> {
        body(call).map(Self)
    }
}

#[diagnostic::do_not_recommend]
impl<C, T: DeserializeOwned> FromOwnCall<C> for Json<T> {
    fn from_own_call(call: &OwnCall) -> Result<Self> {
        body(call).map(Self)
    }
}

#[diagnostic::do_not_recommend]
impl<C> FromOwnCall<C> for Identity {
    fn from_own_call(call: &OwnCall) -> Result<Self> {
        Ok(call.identity.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(body: Option<&str>) -> OwnCall {
        let values = body.map(|body| RawValue::from_string(body.into()).expect("JSON"));
        OwnCall { identity: Identity::anonymous(), values }
    }

    #[test]
    fn a_body_that_does_not_fit_is_the_callers_fault() {
        let read = |body| <axum::Json<Vec<u8>> as FromOwnCall<()>>::from_own_call(&call(body));
        assert_eq!(read(Some("[1, 2]")).map(|json| json.0).ok(), Some(vec![1, 2]));
        let errors = [Some("[1, 300]"), Some("{}"), None].map(|body| read(body).err());
        let kinds = errors.map(|error| error.map(|error| error.kind()));
        assert_eq!(kinds, [Some(crate::ErrorKind::Invalid); 3]);
    }
}
