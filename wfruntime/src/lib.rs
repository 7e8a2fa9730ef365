//! Workflows as annotated Rust: collections, post-action triggers, durable executions, approvals.

#[cfg(test)]
use tempfile as _;

extern crate self as wfruntime;

pub mod action;
pub mod auth;
mod clock;
pub mod collection;
mod context;
mod core;
mod error;
pub mod http;
mod identity;
mod ids;
#[doc(hidden)]
pub mod private;
pub mod registry;
mod spelling;
pub mod store;
mod switches;
mod text;
pub mod trigger;
mod value;
pub mod workflow;

pub use clock::Clock;
pub use context::{Context, SyncContext};
pub use core::{Core, Settings};
pub use error::{Error, ErrorKind, Fault, Result};
pub use identity::{Actor, Identity};
pub use trigger::{Changed, PostAction};
pub use value::{Type, Value};
pub use wfmacros::post_action;
pub use workflow::Workflow;
