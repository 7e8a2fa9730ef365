//! What a workflow may do that runs before a write: read, ask, say and refuse, but write nothing.
//!
//! It is a [`SyncContext`] of which only that is shown.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::request::Method;
use super::totals::Total;
use super::{Context, Find, List, Never, Request, SyncContext};
use crate::collection::{
    Collection, FieldRef, FieldType, Filter, Id, IntoField, Numeric, Ordered, Record,
};
use crate::error::{Error, Result};
use crate::workflow::Retry;

/// What a workflow may do that runs before a write; cheap to clone.
///
/// It reads and asks, and cannot write: the write that it judges may not happen, and what it wrote
/// would stay.
#[derive(Debug, Clone)]
pub struct CheckContext {
    cx: SyncContext,
}

/// What a `#[pre_action]` may do: all of [`CheckContext`], and set values; cheap to clone.
///
/// ```
/// use wfruntime::prelude::*;
///
/// #[collection]
/// pub struct Claim { pub amount: Decimal, pub level: Option<i32> }
///
/// /// Sets how much of a check a claim needs.
/// #[pre_action(mode = "global", on = [create])]
/// async fn grade(claim: PreAction<Claim>, cx: PreContext<Claim>) -> Result<()> {
///     let amount = claim.data.get(Claim::FIELDS.amount).unwrap_or_default();
///     cx.set(Claim::FIELDS.level, if amount > dec!(500) { 2 } else { 1 })
/// }
/// ```
pub struct PreContext<T> {
    check: CheckContext,
    collection: PhantomData<fn() -> T>,
}

impl<T: Collection> PreContext<T> {
    #[doc(hidden)]
    #[must_use]
    pub fn of(cx: Context) -> Self {
        Self { check: CheckContext::of(cx), collection: PhantomData }
    }

    /// Sets the value that is written for a field, given or not; the last one counts.
    ///
    /// It is checked like a submitted one, but not against the fields that the role may write: it
    /// is the program's value.
    ///
    /// # Errors
    ///
    /// The field is one that the runtime sets, or the value is over a limit of the field.
    pub fn set<F: FieldType>(&self, field: FieldRef<T, F>, value: impl IntoField<F>) -> Result<()> {
        let definition = T::definition();
        let is_it = |column: &crate::collection::Column| column.name == field.column();
        let index = definition.columns.iter().position(is_it);
        let index = index.ok_or_else(|| Error::internal("a field without a column"))?;
        let column = &definition.columns[index];
        if column.system {
            let text = format!("`{}` is set by the runtime", column.json);
            return Err(Error::internal(text));
        }
        let value = value.into_field().stored();
        if let Err(fault) = column.check(&value) {
            return Err(Error::faults(crate::ErrorKind::Internal, vec![fault]));
        }
        self.check.cx.run.set(index, value);
        Ok(())
    }
}

impl<T> Clone for PreContext<T> {
    fn clone(&self) -> Self {
        Self { check: self.check.clone(), collection: PhantomData }
    }
}

impl<T> std::fmt::Debug for PreContext<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.check.fmt(f)
    }
}

impl<T> std::ops::Deref for PreContext<T> {
    type Target = CheckContext;

    fn deref(&self) -> &CheckContext {
        &self.check
    }
}

impl CheckContext {
    #[doc(hidden)]
    #[must_use]
    pub fn of(cx: Context) -> Self {
        Self { cx: cx.into_sync() }
    }

    /// The context whose next node has this key, within its scope, and this fingerprint.
    #[doc(hidden)]
    #[must_use]
    pub fn node(&self, key: &'static str, fingerprint: u64) -> Self {
        Self { cx: self.cx.node(key, fingerprint) }
    }

    /// A context whose nodes have keys of their own; as [`Context::scope`].
    #[must_use]
    pub fn scope(&self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { cx: self.cx.scope(name) }
    }

    /// A context for one pass of a loop; as [`Context::pass`].
    #[must_use]
    pub fn pass(&self, name: &'static str, index: u64) -> Self {
        Self { cx: self.cx.pass(name, index) }
    }

    /// The first record that fits; as [`SyncContext::find`].
    pub fn find<T: Collection>(&self, filter: Filter<T>) -> Find<T> {
        self.cx.find(filter)
    }

    /// All records that fit; as [`SyncContext::list`].
    pub fn list<T: Collection>(&self, filter: Filter<T>) -> List<T> {
        self.cx.list(filter)
    }

    /// The record with this id, or nothing if it is gone.
    ///
    /// # Errors
    ///
    /// As [`SyncContext::get`].
    pub async fn get<T: Collection>(&self, id: Id<T>) -> Result<Option<Record<T>>> {
        self.cx.get(id).await
    }

    /// How many records fit.
    ///
    /// # Errors
    ///
    /// As [`SyncContext::count`].
    pub async fn count<T: Collection>(&self, filter: Filter<T>) -> Result<u64> {
        self.cx.count(filter).await
    }

    /// Reads a record again; as [`SyncContext::refresh`].
    ///
    /// # Errors
    ///
    /// As [`SyncContext::refresh`].
    pub async fn refresh<T: Collection>(&self, record: &mut Record<T>) -> Result<()> {
        self.cx.refresh(record).await
    }

    /// The sum of a field; as [`SyncContext::sum`].
    pub fn sum<T, F>(&self, field: FieldRef<T, F>, of: Filter<T>) -> Total<'_, F::Sum>
    where
        T: Collection,
        F: Numeric,
    {
        self.cx.sum(field, of)
    }

    /// The average of a field; as [`SyncContext::average`].
    pub fn average<T, F>(&self, field: FieldRef<T, F>, of: Filter<T>) -> Total<'_, F::Average>
    where
        T: Collection,
        F: Numeric,
    {
        self.cx.average(field, of)
    }

    /// The least value of a field; as [`SyncContext::min`].
    pub fn min<T, F>(&self, field: FieldRef<T, F>, of: Filter<T>) -> Total<'_, F::Value>
    where
        T: Collection,
        F: Ordered,
    {
        self.cx.min(field, of)
    }

    /// The greatest value of a field; as [`SyncContext::max`].
    pub fn max<T, F>(&self, field: FieldRef<T, F>, of: Filter<T>) -> Total<'_, F::Value>
    where
        T: Collection,
        F: Ordered,
    {
        self.cx.max(field, of)
    }

    /// Runs own code; as [`SyncContext::run`].
    ///
    /// # Errors
    ///
    /// As [`SyncContext::run`].
    pub async fn run<R, F, C>(&self, name: &str, code: C) -> Result<R>
    where
        R: Serialize + DeserializeOwned,
        F: Future<Output = Result<R>>,
        C: Fn() -> F,
    {
        self.cx.run(name, code).await
    }

    /// Runs own code with other attempts; as [`SyncContext::run_with`].
    ///
    /// # Errors
    ///
    /// As [`SyncContext::run_with`].
    pub async fn run_with<R, F, C>(&self, name: &str, retry: Retry, code: C) -> Result<R>
    where
        R: Serialize + DeserializeOwned,
        F: Future<Output = Result<R>>,
        C: Fn() -> F,
    {
        self.cx.run_with(name, retry, code).await
    }

    /// [`Self::run_with`] with what the code was given; as [`SyncContext::run_given`].
    #[doc(hidden)]
    pub async fn run_given<R, F, C, G>(
        &self,
        name: &str,
        retry: Option<Retry>,
        code: C,
        given: G,
    ) -> Result<R>
    where
        R: Serialize + DeserializeOwned,
        F: Future<Output = Result<R>>,
        C: Fn() -> F,
        G: FnOnce() -> Vec<(&'static str, serde_json::Value)>,
    {
        self.cx.run_given(name, retry, code, given).await
    }

    /// Asks another service over HTTP; as [`SyncContext::request`].
    pub fn request(&self, method: impl Method, url: impl Into<String>) -> Request {
        self.cx.request(method, url)
    }

    /// Says something to the one who asks; messages are answered in order.
    ///
    /// # Errors
    ///
    /// None today.
    pub async fn respond(&self, message: impl Into<String>) -> Result<()> {
        self.cx.respond(message).await
    }

    /// Ends the workflow. A pre-action that ends so refuses the write without an error: the answer
    /// has its messages and no data.
    ///
    /// # Errors
    ///
    /// Always, so that `?` leaves the function.
    pub fn end(&self) -> Result<Never> {
        self.cx.end()
    }

    /// Ends the workflow as `failed`, which refuses the write, with a message for the one who asks.
    ///
    /// # Errors
    ///
    /// Always, so that `?` leaves the function.
    pub fn end_failed(&self, message: impl Into<String>) -> Result<Never> {
        self.cx.end_failed(message)
    }

    /// Goes on only if the condition holds; else the write is refused.
    ///
    /// # Errors
    ///
    /// If it does not hold, so that `?` leaves the function.
    pub fn require(&self, condition: bool, message: impl Into<String>) -> Result<()> {
        self.cx.require(condition, message)
    }

    /// A text that is the same in each attempt of this execution; as
    /// [`SyncContext::idempotency_key`].
    #[must_use]
    pub fn idempotency_key(&self, name: &str) -> String {
        self.cx.idempotency_key(name)
    }

    /// What the program put into the application with `App::state`.
    ///
    /// # Errors
    ///
    /// It put no `X` there.
    pub fn state<X: Send + Sync + 'static>(&self) -> Result<Arc<X>> {
        self.cx.state()
    }

    /// The id of the execution.
    #[must_use]
    pub fn execution(&self) -> i64 {
        self.cx.execution()
    }
}
