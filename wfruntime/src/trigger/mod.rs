//! Which workflows an action fires, and with what context.
//!
//! It knows rows and declared workflows; it refuses to know HTTP and how executions run.

mod called;
mod collection_event;
mod firing;
mod matching;
mod parameter;
mod post_action;
mod pre_action;
mod snapshot;

pub use collection_event::CollectionEvent;
pub use post_action::{Changed, PostAction};
pub use pre_action::{PreAction, Submitted};
pub(crate) use snapshot::Snapshot;

pub(crate) use called::record;
pub(crate) use firing::{Act, Event, Firing, holds};
pub(crate) use matching::{Chosen, Matches, Named, before, matches};
