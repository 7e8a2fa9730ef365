//! `Actions`: post-actions after what any axum handler does.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::answer;
use super::query::Params;
use crate::action::{Answer, AnswerData, Fired, Keyed, Message, OneAction};
use crate::auth;
use crate::collection::{Collection, Id, IntoChanges, IntoDraft, IntoKeys, Record};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::identity::{Actor, Identity};
use crate::workflow::Workflow;

/// Writes records from a handler of the program's own, and fires the workflows that follow.
///
/// It carries who asks, in which role, and the `triggerWorkflows` of the request. What the caller
/// may do is the handler's to decide: no grants are asked for, except those of the workflows that
/// the request names.
///
/// ```no_run
/// use axum::extract::Path;
/// use wfruntime::prelude::*;
///
/// # #[collection]
/// # pub struct Claim { pub project: String }
/// # #[post_action(mode = "local")]
/// # pub async fn claim_review(claim: PostAction<Claim>, cx: Context) -> Result<()> { Ok(()) }
/// async fn rename(Path(id): Path<i64>, actions: Actions) -> Result<Committed<Claim>> {
///     let changes = Claim::changes().project("Berlin");
///     actions.update(Id::new(id), changes).fire::<claim_review>().commit().await
/// }
/// ```
pub struct Actions {
    core: Arc<Core>,
    identity: Identity,
    triggers: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Actions {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let Some(core) = parts.extensions.get::<Arc<Core>>().map(Arc::clone) else {
            return Err(Error::internal(
                "no application behind this route\n\
                 = help: give the routes to `App::merge`, or layer them with `Extension(running.core().clone())`",
            ));
        };
        let identity = auth::identify(&core, parts).await?;
        let triggers = Params::parse(parts.uri.query()).triggers;
        Ok(Self { core, identity, triggers })
    }
}

impl Actions {
    /// Who asks; nobody if they are not signed in.
    #[must_use]
    pub fn user(&self) -> Option<&Actor> {
        self.identity.user.as_ref()
    }

    /// In which role they ask.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.identity.role
    }

    /// A new record, as the action `create`.
    pub fn create<T: Collection>(&self, draft: impl IntoDraft<T>) -> Planned<T> {
        let values = draft.into_draft().into_values();
        self.planned(OneAction::create(&self.core, &self.identity, T::definition(), values))
    }

    /// Changed fields of a record, as the action `update`.
    pub fn update<T: Collection>(
        &self,
        record: impl Into<Id<T>>,
        changes: impl IntoChanges<T>,
    ) -> Planned<T> {
        let (id, columns) = (record.into().get(), changes.into_changes().into_values());
        self.planned(OneAction::update(&self.core, &self.identity, T::definition(), id, columns))
    }

    /// The change of the record that has the same key as the draft, or a new one: the action
    /// `update` or `create`, whichever it is.
    ///
    /// The key is a field of the draft, or several in brackets. Two at once on one key make one
    /// record.
    ///
    /// ```no_run
    /// use wfruntime::prelude::*;
    ///
    /// # #[collection]
    /// # pub struct Rate { pub currency: String, pub value: Decimal }
    /// async fn fix(actions: Actions) -> Result<Committed<Rate>> {
    ///     let rate = Rate::new().currency("EUR").value(dec!(1.08));
    ///     actions.update_or_create(rate, Rate::FIELDS.currency).commit().await
    /// }
    /// ```
    pub fn update_or_create<T, D, K>(&self, draft: D, keys: K) -> Planned<T>
    where
        T: Collection,
        D: IntoDraft<T>,
        K: IntoKeys<T>,
    {
        self.keyed(keys, draft, true)
    }

    /// The record that has the same key as the draft, or a new one: the action `create`, or
    /// nothing, which fires nothing.
    pub fn first_or_create<T, D, K>(&self, draft: D, keys: K) -> Planned<T>
    where
        T: Collection,
        D: IntoDraft<T>,
        K: IntoKeys<T>,
    {
        self.keyed(keys, draft, false)
    }

    fn keyed<T: Collection>(
        &self,
        keys: impl IntoKeys<T>,
        draft: impl IntoDraft<T>,
        updates: bool,
    ) -> Planned<T> {
        let (keys, values) = (keys.into_keys().into_columns(), draft.into_draft().into_values());
        let keyed = Keyed { keys, values, updates };
        self.planned(OneAction::keyed(&self.core, &self.identity, T::definition(), keyed))
    }

    fn planned<T>(&self, action: OneAction) -> Planned<T> {
        let action = action.named(self.triggers.as_deref());
        Planned { action, collection: PhantomData }
    }
}

impl fmt::Debug for Actions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Actions");
        debug.field("identity", &self.identity).field("triggers", &self.triggers);
        debug.finish_non_exhaustive()
    }
}

/// An action that is written when it is committed.
#[must_use = "nothing is written before `commit`"]
pub struct Planned<T> {
    action: OneAction,
    collection: PhantomData<fn() -> T>,
}

impl<T: Collection> Planned<T> {
    /// Fires a local workflow after it, as if the request had named it.
    ///
    /// It is named by its type: `fire::<expense_review>()`.
    pub fn fire<W: Workflow<Collection = T>>(mut self) -> Self {
        self.action.fire(W::META);
        self
    }

    /// Writes the record with the executions of the workflows that follow, in one transaction,
    /// and runs the synchronous ones.
    ///
    /// # Errors
    /// Nothing was written: the record is not there, a value is over a limit of its field, or the
    /// request's `triggerWorkflows` is wrong.
    pub async fn commit(self) -> Result<Committed<T>> {
        let (core, names) = (Arc::clone(self.action.core()), self.action.names());
        let begun = Instant::now();
        let done = self.action.commit().await;
        if let Some(metrics) = &core.metrics {
            metrics.acted(names, answer::status_of(&done).as_u16(), begun.elapsed());
        }
        Committed::new(done?)
    }
}

impl<T> fmt::Debug for Planned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Planned").finish_non_exhaustive()
    }
}

/// What was written, and what became of the workflows after it.
///
/// As an answer it is what the HTTP actions answer, with their statuses.
#[derive(Debug)]
pub struct Committed<T> {
    /// The record after the synchronous workflows.
    pub record: Record<T>,
    answer: Answer,
}

impl<T: Collection> Committed<T> {
    fn new(answer: Answer) -> Result<Self> {
        let AnswerData::One(row) = &answer.data else {
            return Err(Error::internal("an action on one record answered something else"));
        };
        Ok(Self { record: Record::from_row((**row).clone())?, answer })
    }
}

impl<T> Committed<T> {
    /// What became of the synchronous workflows; the record is stored in any case.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if one said no, [`ErrorKind::Internal`] if one broke.
    pub fn outcome(&self) -> Result<(), ErrorKind> {
        self.answer.outcome
    }

    /// What went wrong in the synchronous workflows.
    #[must_use]
    pub fn errors(&self) -> &[Fault] {
        &self.answer.errors
    }

    /// What `respond` nodes said.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.answer.messages
    }

    /// What fired, or was named.
    #[must_use]
    pub fn workflows(&self) -> &[Fired] {
        &self.answer.workflows
    }
}

impl<T> IntoResponse for Committed<T> {
    fn into_response(self) -> Response {
        answer::respond(&self.answer).unwrap_or_else(|error| answer::refuse(&error))
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        answer::refuse(&self)
    }
}
