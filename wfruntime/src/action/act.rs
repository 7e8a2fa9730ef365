//! `Act`: what a handler with `#[action]` writes.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::desk::Desk;
use super::own::{FromOwnCall, OwnCall};
use super::rows;
use crate::collection::{
    Collection, Draft, Filter, Id, IntoChanges, IntoDraft, IntoKeys, Keys, Record,
};
use crate::error::{Error, Result};
use crate::identity::Actor;
use crate::store::BoxFuture;
use crate::store::sql::Query;
use crate::workflow::Named;

/// The writes of an own action on a collection `C`, and who asks for it.
///
/// Nothing is written while the handler runs. When it returns `Ok` all of it is stored in one
/// transaction, together with the executions of the workflows that the action fires for the record
/// it returned: the global ones with `on = [name]`, and the local ones that the request names. On
/// `Err` nothing is written and nothing fires.
///
/// ```
/// use wfruntime::prelude::*;
///
/// # #[collection]
/// # pub struct Claim { pub project: String, pub note: Option<String> }
/// /// Puts a note on the claim named by `filterByTk`: `POST /api/claims:annotate?filterByTk=5`.
/// #[action(Claim)]
/// async fn annotate(note: Json<String>, act: Act<Claim>) -> Result<Record<Claim>> {
///     let claim = act.target().ok_or_else(|| Error::invalid("no_target", "which claim?"))?;
///     act.update(claim, Claim::changes().note(note.0)).await
/// }
/// ```
pub struct Act<C> {
    desk: Desk,
    target: Option<i64>,
    collection: PhantomData<fn() -> C>,
}

impl<C: Collection> Act<C> {
    /// Who asks; nobody if they are not signed in.
    #[must_use]
    pub fn user(&self) -> Option<&Actor> {
        self.desk.identity().user.as_ref()
    }

    /// In which role they ask.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.desk.identity().role
    }

    /// The record that the request names by `filterByTk`, if it names one.
    #[must_use]
    pub fn target(&self) -> Option<Id<C>> {
        self.target.map(Id::new)
    }

    /// What the program put into the application with `App::state`.
    ///
    /// # Errors
    /// It put no such thing into it.
    pub fn state<X: Send + Sync + 'static>(&self) -> Result<Arc<X>> {
        self.desk.core().states.get().ok_or_else(|| {
            let name = std::any::type_name::<X>();
            Error::internal(format!(
                "the application has no state `{name}`: `App::state` puts it in"
            ))
        })
    }

    /// Plans a new record, of this collection or of another, and gives it with its id.
    ///
    /// # Errors
    /// A value is over a limit of its field.
    pub fn create<T: Collection>(&self, draft: impl IntoDraft<T>) -> Result<Record<T>> {
        let values = draft.into_draft().into_values();
        Record::from_row(self.desk.create(T::definition(), values)?)
    }

    /// Plans the change of a record, and gives it as it will be.
    ///
    /// Only the named fields are written. What others write until the commit stays, and is what
    /// workflows see as `before`.
    ///
    /// # Errors
    /// The record is not there, or a value is over a limit of its field.
    pub async fn update<T: Collection>(
        &self,
        record: impl Into<Id<T>>,
        changes: impl IntoChanges<T>,
    ) -> Result<Record<T>> {
        let (id, columns) = (record.into().get(), changes.into_changes().into_values());
        Record::from_row(self.desk.update(T::definition(), id, columns).await?)
    }

    /// Plans the change of the record that has the same key as the draft, or a new one.
    ///
    /// The key is a field of the draft, or several in brackets. If somebody else makes the record
    /// before the commit, nothing is written and the handler is called again.
    ///
    /// ```
    /// use wfruntime::prelude::*;
    ///
    /// # #[collection]
    /// # pub struct Rate { pub currency: String, pub value: Decimal }
    /// /// Sets the rate of a currency: `POST /api/rates:fix`.
    /// #[action(Rate)]
    /// async fn fix(rate: Json<(String, Decimal)>, act: Act<Rate>) -> Result<Record<Rate>> {
    ///     let (currency, value) = rate.0;
    ///     let rate = Rate::new().currency(currency).value(value);
    ///     act.update_or_create(rate, Rate::FIELDS.currency).await
    /// }
    /// ```
    ///
    /// # Errors
    /// A value is over a limit of its field, or the draft has no value for a part of the key.
    pub fn update_or_create<T, D, K>(&self, draft: D, keys: K) -> BoxFuture<'_, Result<Record<T>>>
    where
        T: Collection,
        D: IntoDraft<T>,
        K: IntoKeys<T>,
    {
        self.keyed(keys.into_keys(), draft.into_draft(), true)
    }

    /// The record that has the same key as the draft, or a new one, which is planned.
    ///
    /// If somebody else makes the record before the commit, nothing is written and the handler is
    /// called again: then it finds it.
    ///
    /// # Errors
    /// As [`Self::update_or_create`].
    pub fn first_or_create<T, D, K>(&self, draft: D, keys: K) -> BoxFuture<'_, Result<Record<T>>>
    where
        T: Collection,
        D: IntoDraft<T>,
        K: IntoKeys<T>,
    {
        self.keyed(keys.into_keys(), draft.into_draft(), false)
    }

    // No `async fn`: its future would name the types of key and draft, and a wrong one would be
    // told at the call and at the `await` as well.
    fn keyed<T: Collection>(
        &self,
        keys: Keys<T>,
        draft: Draft<T>,
        updates: bool,
    ) -> BoxFuture<'_, Result<Record<T>>> {
        let (keys, values) = (keys.into_columns(), draft.into_values());
        Box::pin(async move {
            Record::from_row(self.desk.keyed(T::definition(), &keys, values, updates).await?)
        })
    }

    /// Plans that a record is destroyed; the commit fails if it is not there by then.
    pub fn delete<T: Collection>(&self, record: impl Into<Id<T>>) {
        self.desk.delete(T::definition(), record.into().get());
    }

    /// Plans a signal to every execution of a workflow for a record that is not at its end.
    ///
    /// It is sent in the transaction of what else is planned. An execution that waits for a signal
    /// of this name goes on; another keeps it until it does. If none is open by then, nothing is
    /// written: the action fails with 404.
    ///
    /// ```
    /// use wfruntime::prelude::*;
    ///
    /// # #[collection]
    /// # pub struct Claim { pub project: String, pub paid: bool }
    /// #[post_action(mode = "global", on = [create])]
    /// async fn settle(claim: PostAction<Claim>, cx: Context) -> Result<()> {
    ///     let paid = cx.signal("paid").await?;
    ///     cx.run("thank", async || Ok(println!("{} paid", paid.payload))).await
    /// }
    ///
    /// /// Somebody paid: `POST /api/claims:pay?filterByTk=5`.
    /// #[action(Claim)]
    /// async fn pay(who: Json<String>, act: Act<Claim>) -> Result<Record<Claim>> {
    ///     let claim = act.target().ok_or_else(|| Error::invalid("no_target", "which claim?"))?;
    ///     act.signal(settle, claim, "paid", who.0)?;
    ///     act.update(claim, Claim::changes().paid(true)).await
    /// }
    /// ```
    ///
    /// # Errors
    /// The signal has no name, its payload cannot be written as JSON or is over the limit, or the
    /// function is no workflow.
    #[expect(clippy::needless_pass_by_value, reason = "a workflow is named by its path")]
    pub fn signal<T: Collection, M>(
        &self,
        workflow: impl Named<M>,
        record: impl Into<Id<T>>,
        name: &str,
        payload: impl serde::Serialize,
    ) -> Result<()> {
        let meta = workflow.meta().ok_or_else(|| {
            Error::internal("`signal` takes a function with `#[post_action]` or of `workflow!`")
        })?;
        let payload = serde_json::to_value(payload)?;
        self.desk.signal(meta.key, record.into().get(), name, &payload)
    }

    /// A record as it will be after what was planned so far.
    ///
    /// # Errors
    /// It is not there.
    pub async fn get<T: Collection>(&self, record: impl Into<Id<T>>) -> Result<Record<T>> {
        Record::from_row(self.desk.get(T::definition(), record.into().get()).await?)
    }

    /// The first stored record for which the filter holds; what is only planned is not found.
    ///
    /// # Errors
    /// What is stored does not fit the collection.
    pub async fn find<T: Collection>(&self, filter: Filter<T>) -> Result<Option<Record<T>>> {
        let mut select = rows::select(T::definition(), filter.into_condition());
        select.limit = Some(1);
        let read = self.desk.core().store.read(&select.build().unbounded()).await?;
        rows::from_values(T::definition(), read).next().map(Record::from_row).transpose()
    }

    /// The stored records for which the filter holds, by their ids.
    ///
    /// # Errors
    /// What is stored does not fit the collection.
    pub async fn list<T: Collection>(&self, filter: Filter<T>) -> Result<Vec<Record<T>>> {
        let select = rows::select(T::definition(), filter.into_condition());
        let read = self.desk.core().store.read(&select.build().unbounded()).await?;
        rows::from_values(T::definition(), read).map(Record::from_row).collect()
    }
}

impl<C> fmt::Debug for Act<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Act").field("identity", self.desk.identity()).finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl<C: Collection> FromOwnCall<C> for Act<C> {
    fn from_own_call(call: &OwnCall) -> Result<Self> {
        let (desk, target) = (call.desk.clone(), call.target);
        Ok(Self { desk, target, collection: PhantomData })
    }
}
