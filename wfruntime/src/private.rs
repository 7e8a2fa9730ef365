//! Every name that generated code uses; no part of the public interface.

pub use inventory;
pub use jiff::Timestamp;
pub use serde;

pub use crate::action::{ActionMeta, FromOwnCall, RegisteredAction};
pub use crate::auth::{GrantMeta, RegisteredRole, RoleMeta, User};
pub use crate::collection::generated::*;
pub use crate::collection::{
    Account, AssocRef, BelongsTo, Changes, Choice, ChoiceMeta, Collection, CollectionMeta, Decoder,
    DefaultValue, Draft, Encoder, FieldOptions, FieldRef, FieldType, Filter, Follow, Id,
    IntoChanges, IntoDraft, IntoField, Location, MemberMeta, Range, RegisteredCollection, Roles,
    ToMany, ToOne, UnknownName, Variant, assert_to_one, follow,
};
pub use crate::context::{Context, Outcome, SyncContext};
pub use crate::decimal::decimal;
pub use crate::error::Result;
pub use crate::store::schema::OnDelete;
pub use crate::trigger::PostAction;
pub use crate::workflow::{
    Decider, Graph, GraphEdge, GraphNode, Identified, Mode, Overlap, RegisteredWorkflow, Retry,
    Show, Timing, Workflow, WorkflowMeta, loaded, not_appended, not_appended_get,
};

use std::any::TypeId;

use crate::collection::{Record, Row};
use crate::error::Error;

/// The type of a function.
pub fn type_of<F: 'static>(_: &F) -> TypeId {
    TypeId::of::<F>()
}

/// How a function ended, whatever its error.
///
/// # Errors
/// The function's.
pub fn finished<E: Into<Error>>(result: Result<(), E>) -> Result<()> {
    result.map_err(Into::into)
}

/// What a function that a `run` node called gave, whatever its error.
///
/// # Errors
/// The function's.
pub fn outcome<R, E: Into<Error>>(result: Result<R, E>) -> Result<R> {
    result.map_err(Into::into)
}

/// The row of the record that an own action returned.
///
/// # Errors
/// The action's.
pub fn own_record<C: Collection, E: Into<Error>>(result: Result<Record<C>, E>) -> Result<Row> {
    result.map(|record| record.to_row()).map_err(Into::into)
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
