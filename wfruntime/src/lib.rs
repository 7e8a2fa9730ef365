#![doc = include_str!("docs/front.md")]

#[cfg(test)]
use tempfile as _;

extern crate self as wfruntime;

mod action;
#[cfg(feature = "page")]
mod admin;
mod answer;
mod app;
mod auth;
mod change;
mod cli;
mod clock;
pub mod collection;
mod context;
mod core;
mod decimal;
pub mod docs;
mod engine;
mod error;
mod execution;
mod forms;
pub mod http;
mod identity;
mod ids;
#[cfg(feature = "request")]
mod outside;
pub mod prelude;
#[doc(hidden)]
pub mod private;
#[doc(hidden)]
pub mod registry;
mod retention;
mod schedule;
mod spelling;
#[doc(hidden)]
pub mod store;
mod switches;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod transfer;
mod trigger;
mod value;
mod watch;
mod webhook;
pub mod workflow;

pub use action::{Act, ActionResult, FromOwnCall, OwnCall};
pub use answer::Answer;
pub use app::{App, Running};
pub use auth::{User, UserAssociations, UserFields};
pub use clap;
pub use clock::Clock;
pub use context::{
    Answered, Approve, Ask, AwaitSignal, AwaitSignalWithin, Branches, Called, CheckContext,
    Context, Decision, Find, List, Moment, Never, Outcome, PreContext, Racers, Request, Response,
    Signal, SyncContext, Within,
};
pub use core::{Core, Settings};
pub use error::{Error, ErrorKind, Fault, Result};
pub use execution::{JobStatus, Status};
pub use identity::{Actor, Identity};
pub use retention::Retention;
pub use trigger::{
    Batch, Changed, CollectionEvent, CustomAction, Many, PostAction, PreAction, Scheduled,
    Submitted, Webhook,
};
pub use value::{Type, Value};
#[doc = include_str!("docs/action.md")]
pub use wfmacros::action;
#[doc = include_str!("docs/answer.md")]
pub use wfmacros::answer;
#[doc = include_str!("docs/choice.md")]
pub use wfmacros::choice;
#[doc = include_str!("docs/collection.md")]
pub use wfmacros::collection;
#[doc = include_str!("docs/collection_event.md")]
pub use wfmacros::collection_event;
#[doc = include_str!("docs/custom_action.md")]
pub use wfmacros::custom_action;
#[doc = include_str!("docs/forms.md")]
pub use wfmacros::forms;
#[doc = include_str!("docs/post_action.md")]
pub use wfmacros::post_action;
#[doc = include_str!("docs/pre_action.md")]
pub use wfmacros::pre_action;
#[doc = include_str!("docs/role.md")]
pub use wfmacros::role;
#[doc = include_str!("docs/schedule.md")]
pub use wfmacros::schedule;
#[doc = include_str!("docs/webhook.md")]
pub use wfmacros::webhook;
#[doc = include_str!("docs/workflow.md")]
pub use wfmacros::workflow;

pub use workflow::Workflow;

/// Names crates that declare collections and workflows, so that they are linked.
///
/// A crate that no code names is left out of the program, and what it declares with it. So is a
/// package's own `lib.rs`, unless its `main.rs` names it.
///
/// ```
/// wfruntime::modules![wfruntime];
/// ```
#[macro_export]
macro_rules! modules {
    ($($name:ident),+ $(,)?) => {
        $(use $name as _;)+
    };
}
