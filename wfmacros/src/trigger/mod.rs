//! The arguments of the triggers, the same on a function and inside `workflow!`.
//!
//! `parse` reads their shape, `lower` their meaning, `emit` makes the workflow's declaration.

mod cron;
pub(crate) mod emit;
mod facts;
mod given;
mod kind;
mod lower;
mod on;
mod parse;
mod refused;
mod schedule;
mod webhook;

pub(crate) use given::{BATCH, Count, Given};
pub(crate) use kind::Kind;
pub(crate) use lower::{Trigger, lower};
pub(crate) use parse::parse;
