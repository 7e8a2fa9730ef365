//! One request: authorise, validate, plan, commit, run synchronous workflows, answer.
//!
//! HTTP, the page and the program's own handlers all come through here; it refuses to know how
//! a request arrived.

mod authorise;
pub(crate) mod filter;
mod own;
mod perform;
pub(crate) mod read;
mod request;

pub use own::{ActionMeta, FromOwnCall, OwnCall, RegisteredAction};
pub use perform::perform;
pub use request::{
    Answer, AnswerData, Fired, FiredStatus, Message, Request, Target, Through, Verb, View,
};
