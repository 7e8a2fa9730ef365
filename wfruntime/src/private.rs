//! Every name that generated code uses; no part of the public interface.

pub use inventory;
pub use jiff::Timestamp;
pub use serde;
pub use serde_json;

pub use crate::action::{ActionMeta, ActionResult, FromOwnCall, RegisteredAction};
pub use crate::answer::generated::*;
pub use crate::answer::{Answer, AnswerMeta, RegisteredAnswer, assert_value};
pub use crate::auth::{GrantMeta, RegisteredRole, RoleMeta, User};
pub use crate::collection::generated::*;
pub use crate::collection::{
    Account, AssocRef, BelongsTo, Changes, Choice, ChoiceMeta, Collection, CollectionMeta, Decoder,
    DefaultValue, Draft, Encoder, FieldOptions, FieldRef, FieldType, Filter, Follow, Id,
    IntoChanges, IntoDraft, IntoField, IsSet, Location, MemberMeta, Missing, Range, Record,
    RegisteredCollection, Roles, Set, ToMany, ToOne, UnknownName, Variant, follow,
};
pub use crate::context::{CheckContext, Context, Outcome, PreContext, SyncContext};
pub use crate::decimal::decimal;
pub use crate::error::Result;
pub use crate::forms::generated::*;
pub use crate::schedule::{CatchUp, Cron, Plan, Schedule};
pub use crate::store::schema::OnDelete;
pub use crate::trigger::{
    Batch, CollectionEvent, CustomAction, Due, PostAction, PreAction, Scheduled, Subject, Values,
    Webhook, is_date, received, values_of,
};
pub use crate::webhook::{Hook, Sender};
pub use crate::workflow::{
    Callable, Decider, Graph, GraphEdge, GraphNode, Identified, InAppends, Mode, Overlap, Passed,
    Present, Ran, RegisteredWorkflow, Retry, Show, ShownByType, ShownByValue, Timing, Trigger,
    Updated, Workflow, WorkflowMeta, WorkflowResult, loaded, show_in_url,
};

use std::any::TypeId;

use serde::de::DeserializeOwned;

use crate::trigger::Snapshot;

/// The type of a function.
pub fn type_of<F: 'static>(_: &F) -> TypeId {
    TypeId::of::<F>()
}

/// What fired a workflow, as its function takes it.
///
/// # Errors
/// The snapshot does not fit the collection.
pub fn fired<T: Collection>(snapshot: &Snapshot) -> Result<PostAction<T>> {
    PostAction::from_snapshot(snapshot)
}

/// What fired a workflow of all records of an action, as its function takes it.
///
/// # Errors
/// The snapshot does not fit the collection.
pub fn gathered<T: Collection>(snapshot: &Snapshot) -> Result<Batch<T>> {
    Batch::from_snapshot(snapshot)
}

/// What a pre-action is about, as its function takes it.
///
/// # Errors
/// The snapshot does not fit the collection.
pub fn asked<T: Collection>(snapshot: &Snapshot) -> Result<PreAction<T>> {
    PreAction::from_snapshot(snapshot)
}

/// What a collection event is about, as its function takes it.
///
/// # Errors
/// The snapshot does not fit the collection.
pub fn happened<T: Collection>(snapshot: &Snapshot) -> Result<CollectionEvent<T>> {
    CollectionEvent::from_snapshot(snapshot)
}

/// What a custom action is asked for, as its function takes it.
///
/// # Errors
/// The snapshot does not fit the collection or the values.
pub fn acted<A: Subject, V: DeserializeOwned>(snapshot: &Snapshot) -> Result<CustomAction<A, V>> {
    CustomAction::from_snapshot(snapshot)
}

/// Whether values that came with a request fit.
///
/// # Errors
/// What does not, with its place.
pub fn fits<V: DeserializeOwned>(input: &serde_json::Value) -> Result<()> {
    crate::trigger::read_input::<V>(Some(input)).map(drop)
}

/// The moment that came, as the function of a schedule takes it.
///
/// # Errors
/// The snapshot does not fit the collection.
pub fn came<T: Due>(snapshot: &Snapshot) -> Result<Scheduled<T>> {
    Scheduled::from_snapshot(snapshot)
}

/// A variable, or a field of one, in an expression of `workflow!`.
pub struct Place<'a, T>(&'a T);

impl<'a, T: Clone> Place<'a, T> {
    /// The place where this stands.
    pub const fn of(it: &'a T) -> Self {
        Self(it)
    }

    /// What is used in its place, so that it is not moved.
    #[must_use]
    pub fn copy(&self) -> T {
        self.0.clone()
    }
}

/// How the function of a workflow ends after an `end` node.
///
/// # Errors
/// That it has ended.
pub fn ended<Never>(result: Result<Never>) -> Result<()> {
    result.map(drop)
}

/// The traits that `#[collection]` and `#[choice]` derive.
pub mod derive {
    pub use core::clone::Clone;
    pub use core::cmp::{Eq, PartialEq};
    pub use core::default::Default;
    pub use core::fmt::Debug;
    pub use core::hash::Hash;
    pub use core::marker::Copy;
}
