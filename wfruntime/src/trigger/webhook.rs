//! What a webhook is given: what another system sent.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::input;
use super::snapshot::Snapshot;
use crate::error::{Error, Result};

/// What another system sent: the argument of every `#[webhook]` function.
///
/// `T` is the type of the body; without it, it is any JSON.
#[derive(Debug, Clone)]
pub struct Webhook<T = Value> {
    /// The body.
    pub values: T,
    /// The id that the sender gave the delivery; empty if it gave none, or somebody runs it by
    /// hand.
    pub delivery: String,
    /// The kind of event, if the sender says it: `X-GitHub-Event`, or `type` in the body.
    pub event: Option<String>,
}

impl<T> Webhook<T> {
    /// `values`, `delivery` and `event`, as the bodies of `workflow!` name them.
    pub fn into_parts(self) -> ((), T, String, Option<String>) {
        ((), self.values, self.delivery, self.event)
    }
}

/// How it stands in a snapshot.
pub(crate) fn delivered(values: Value, delivery: &str, event: Option<&str>) -> Value {
    let members = [("values", values), ("delivery", delivery.into()), ("event", event.into())];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What was sent, of a snapshot.
///
/// # Errors
/// The stored body does not fit its type.
pub fn received<T>(snapshot: &Snapshot, values: &Values<T>) -> Result<Webhook<T>> {
    let none = || Error::internal("an execution without what was sent");
    let input = snapshot.input.as_ref().ok_or_else(none)?;
    Ok(Webhook {
        values: (values.read)(&input["values"])?,
        delivery: input["delivery"].as_str().unwrap_or_default().to_owned(),
        event: input["event"].as_str().map(str::to_owned),
    })
}

/// How the body of a webhook is read.
pub struct Values<T> {
    read: fn(&Value) -> Result<T>,
}

/// How a body of this type is read; nothing else asks whether it can be.
#[must_use]
pub const fn values_of<T: Readable>() -> Values<T> {
    Values { read: T::read }
}

impl<T> Values<T> {
    /// Whether a body fits.
    ///
    /// # Errors
    /// What does not, with its place.
    pub fn fit(&self, body: &Value) -> Result<()> {
        (self.read)(body).map(drop)
    }
}

/// What can be read from the body of a call.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the body of a webhook",
    label = "expected a type with `Deserialize`",
    note = "add `#[derive(serde::Deserialize)]` to it"
)]
pub trait Readable: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// What does not fit, with its place.
    fn read(body: &Value) -> Result<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Readable for T {
    fn read(body: &Value) -> Result<Self> {
        input::read(Some(body))
    }
}
