//! What a program with collections and workflows names: `use wfruntime::prelude::*;`

pub use jiff::Timestamp;
pub use jiff::civil::{Date, DateTime, Time};
pub use rust_decimal::Decimal;
pub use uuid::Uuid;

pub use crate::User;
pub use crate::action::Act;
pub use crate::collection::{
    BelongsTo, BelongsToMany, Choice, Collection, HasMany, HasOne, Id, Json, Record, Roles,
};
pub use crate::http::{Actions, Committed};
pub use crate::{
    App, Context, Error, ErrorKind, Identity, PostAction, Result, SyncContext, action, answer,
    choice, collection, dec, forms, post_action, role, workflow,
};
