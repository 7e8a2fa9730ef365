//! Actions of the program's own: what `#[action]` registers, and what its handler is given.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::again::Tries;
use super::checks::Checks;
use super::desk::{Desk, Done};
use super::keyed::is_taken;
use super::report::Report;
use super::{Answer, Request};
use crate::collection::{Collection, CollectionMeta, Json, Location, Record, Row};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
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
    /// The record that the request names, if it names one.
    pub(super) target: Option<i64>,
    /// What the handler plans to write.
    pub(super) desk: Desk,
}

/// What a function with `#[action(C)]` can take as an argument.
///
/// The order of the arguments is free: each is made from the call by its type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of an action of `{C}`",
    label = "not known to `#[action]`",
    note = "an action takes `Json<T>` (the body, whose `T` is `Deserialize`), `Act<{C}>` (what it writes) and `Identity`"
)]
pub trait FromOwnCall<C>: Sized {
    /// Makes the argument.
    ///
    /// # Errors
    /// The body does not fit.
    fn from_own_call(call: &OwnCall) -> Result<Self>;
}

#[diagnostic::do_not_recommend]
impl<C, T: DeserializeOwned> FromOwnCall<C> for axum::Json<T> {
    fn from_own_call(call: &OwnCall) -> Result<Self> {
        body(call.values.as_deref()).map(Self)
    }
}

#[diagnostic::do_not_recommend]
impl<C, T: DeserializeOwned> FromOwnCall<C> for Json<T> {
    fn from_own_call(call: &OwnCall) -> Result<Self> {
        body(call.values.as_deref()).map(Self)
    }
}

/// What a body says; `null` if there was none.
fn body<T: DeserializeOwned>(values: Option<&RawValue>) -> Result<T> {
    let text = values.map_or("null", RawValue::get);
    serde_json::from_str(text)
        .map_err(|error| Error::invalid("body", format!("the body does not fit: {error}")))
}

#[diagnostic::do_not_recommend]
impl<C> FromOwnCall<C> for Identity {
    fn from_own_call(call: &OwnCall) -> Result<Self> {
        Ok(call.identity.clone())
    }
}

/// What a function with `#[action(C)]` can return: the record that is answered.
///
/// Its error is any that `?` turns into an [`Error`].
#[diagnostic::on_unimplemented(
    message = "an action of `{C}` cannot return `{Self}`",
    label = "expected `Result<Record<{C}>>`"
)]
pub trait ActionResult<C> {
    /// The record's row.
    ///
    /// # Errors
    /// The action's.
    fn into_row(self) -> Result<Row>;
}

#[diagnostic::do_not_recommend]
impl<C, R: RecordOf<C>, E: Into<Error>> ActionResult<C> for Result<R, E> {
    fn into_row(self) -> Result<Row> {
        self.map(|record| record.row()).map_err(Into::into)
    }
}

/// A record of `C`. By itself in [`ActionResult`], it would make the compiler tell of an
/// implementation for another collection.
pub trait RecordOf<C> {
    /// Its row.
    fn row(&self) -> Row;
}

impl<C: Collection> RecordOf<C> for Record<C> {
    fn row(&self) -> Row {
        self.to_row()
    }
}

/// Calls the own action of a request, stores what it planned, and answers the record it returned.
///
/// # Errors
/// All faults of the request at once, before the handler runs; then the handler's own, or what
/// keeps its writes from being stored. Nothing was written then.
pub(super) async fn call(core: &Arc<Core>, request: Request, name: &'static str) -> Result<Answer> {
    let Some(action) = core.registry.action(request.collection, name) else {
        let message = format!("unknown action `{name}` of `{}`", request.collection.name());
        return Err(Error::new(ErrorKind::NotFound, "unknown_action", message));
    };
    let mut checks = Checks::enter(core, &request)?;
    let matches = checks.matches(name, &request).await?;
    for chosen in &matches.before {
        let key = chosen.workflow.meta.key;
        let message = format!(
            "`{key}` runs before `create`, `update`, `updateOrCreate` and `destroy`; what `{name}` writes, its own code decides"
        );
        checks.faults.invalid.push(Fault::new("before_own", message).at("triggerWorkflows"));
    }
    let shown = checks.shown()?;
    let is_own = checks.grant.own;
    drop(checks);
    let Request { identity, values, target, once, .. } = request;
    let target = target.ids.and_then(|ids| ids.first().copied());
    let mut tries = Tries::first();
    loop {
        let desk = Desk::new(core, identity.clone());
        let (identity, values) = (identity.clone(), values.clone());
        let call = OwnCall { identity, values, target, desk: desk.clone() };
        let record = (action.handler)(call).await?;
        let (shown, once) = (shown.clone(), once.clone());
        let report = Report::new(Vec::new());
        let done = Done { record, action: name, matches: &matches, report, shown, is_own, once };
        match desk.commit(&done).await {
            // Somebody else made a record that it made, too: now it finds that one.
            Err(error) if is_taken(&error) && tries.another() => {}
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_does_not_fit_is_the_callers_fault() {
        let read = |text: Option<&str>| {
            let values = text.map(|text| RawValue::from_string(text.into()).expect("JSON"));
            body::<Vec<u8>>(values.as_deref())
        };
        assert_eq!(read(Some("[1, 2]")).ok(), Some(vec![1, 2]));
        let errors = [Some("[1, 300]"), Some("{}"), None].map(|body| read(body).err());
        let kinds = errors.map(|error| error.map(|error| error.kind()));
        assert_eq!(kinds, [Some(ErrorKind::Invalid); 3]);
    }
}
