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
    App, Batch, CheckContext, CollectionEvent, Context, CustomAction, Error, ErrorKind, Identity,
    Many, PostAction, PreAction, PreContext, Result, Scheduled, SyncContext, Webhook, action,
    answer, choice, collection, collection_event, custom_action, dec, forms, post_action,
    pre_action, role, schedule, webhook, workflow,
};
