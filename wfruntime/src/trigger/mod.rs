//! Which workflows an action fires, and with what context.
//!
//! It knows rows and declared workflows; it refuses to know HTTP and how executions run.

mod batch;
mod called;
mod collection_event;
mod custom;
mod custom_action;
mod firing;
mod input;
mod matching;
mod parameter;
mod post_action;
mod pre_action;
mod scheduled;
mod snapshot;
mod webhook;

pub use batch::Batch;
pub use collection_event::CollectionEvent;
pub use custom_action::{CustomAction, Many, Subject};
pub use post_action::{Changed, PostAction};
pub use pre_action::{PreAction, Submitted};
pub(crate) use scheduled::input_of;
pub use scheduled::{Due, Scheduled, is_date};
pub(crate) use snapshot::{About, Share, Snapshot};
pub(crate) use webhook::delivered;
pub use webhook::{Values, Webhook, received, values_of};

pub(crate) use called::{record, records};
pub(crate) use custom::custom;
pub(crate) use firing::{Act, Event, Firing, holds};
pub(crate) use input::read as read_input;
pub(crate) use matching::{Chosen, Matches, Named, before, idle, matches};
