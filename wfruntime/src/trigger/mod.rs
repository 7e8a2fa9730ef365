//! Which workflows an action fires, and with what context.
//!
//! It knows rows and declared workflows; it refuses to know HTTP and how executions run.

mod called;
mod firing;
mod matching;
mod parameter;
mod post_action;
mod snapshot;

pub use post_action::{Changed, PostAction};
pub(crate) use snapshot::Snapshot;

pub(crate) use called::record;
pub(crate) use firing::{Act, Event, Firing};
pub(crate) use matching::{Matches, Named, matches};
