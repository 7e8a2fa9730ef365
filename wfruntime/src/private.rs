//! Every name that generated code uses; no part of the public interface.

pub use inventory;
pub use jiff::Timestamp;
pub use serde;
pub use std::string::String;

pub use crate::action::{ActionMeta, FromOwnCall, RegisteredAction};
pub use crate::auth::{GrantMeta, RegisteredRole, RoleMeta, User};
pub use crate::collection::generated::*;
pub use crate::collection::{
    Account, AssocRef, BelongsTo, Changes, Choice, ChoiceMeta, Collection, CollectionMeta, Decoder,
    DefaultValue, Draft, Encoder, FieldOptions, FieldRef, FieldType, Id, IntoChanges, IntoDraft,
    IntoField, Location, MemberMeta, Range, RegisteredCollection, Roles, ToMany, ToOne,
    UnknownName, Variant, assert_to_one, follow,
};
pub use crate::decimal::decimal;
pub use crate::error::Result;
pub use crate::store::schema::OnDelete;
pub use crate::trigger::PostAction;
pub use crate::workflow::{
    Graph, GraphEdge, GraphNode, Mode, Overlap, RegisteredWorkflow, Retry, Timing, Workflow,
    WorkflowMeta,
};

use std::any::TypeId;

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

/// The traits that `#[collection]` and `#[choice]` derive.
pub mod derive {
    pub use core::clone::Clone;
    pub use core::cmp::{Eq, PartialEq};
    pub use core::default::Default;
    pub use core::fmt::Debug;
    pub use core::hash::Hash;
    pub use core::marker::Copy;
}
