//! One request: authorise, validate, plan, commit, run synchronous workflows, answer.
//!
//! HTTP, the page and the program's own handlers all come through here; it refuses to know how
//! a request arrived.

mod act;
mod again;
mod associate;
pub(crate) mod authorise;
mod before;
mod button;
mod checks;
mod commit;
mod create;
mod desk;
mod destroy;
mod faults;
pub(crate) mod filter;
mod found;
mod history;
mod holders;
mod hook;
mod input;
mod keyed;
mod load;
mod object;
pub(crate) mod once;
mod one;
mod own;
mod perform;
mod plan;
mod reach;
pub(crate) mod read;
mod report;
mod request;
pub(crate) mod rows;
mod trigger;
mod turns;
mod update;
mod whole;

pub use act::Act;
pub(crate) use history::history;
pub(crate) use hook::{Delivered, Delivery, deliver};
pub(crate) use once::{Earlier, Once, UnderWay, WAIT, again};
pub use own::{ActionMeta, ActionResult, FromOwnCall, OwnCall, RegisteredAction};
pub(crate) use perform::{Asked, perform, perform_any};
pub(crate) use request::{
    Alone, Answer, AnswerData, Fired, FiredStatus, Message, Request, Target, Through, Verb, View,
};

pub(crate) use faults::Faults;
pub(crate) use load::{Tree, Written, load};
pub(crate) use one::{Keyed, OneAction};
pub(crate) use plan::new_row;
pub(crate) use whole::{EXPORT, IMPORT, exported, imported};
