//! The arguments of `#[post_action]`, the same on a function and inside `workflow!`.
//!
//! `parse` reads their shape, `lower` their meaning, `emit` makes the workflow's declaration.

pub(crate) mod emit;
mod lower;
mod parse;

pub(crate) use lower::{Trigger, lower};
pub(crate) use parse::parse;
