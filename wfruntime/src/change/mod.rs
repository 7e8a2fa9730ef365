//! Changes of data: how every write of a collection's rows joins, so that its events hear of it.
//!
//! A unit hands its [`Write`]s to [`write`], which notes what became of each row in [`Changes`] and
//! then writes the executions of those who listen, in the same unit. A collection that nobody
//! listens to has plain statements: nothing is read for it and nothing noted.
//!
//! It knows rows and who listens; it refuses to know who asked for a write.

mod alone;
mod changes;
mod doomed;
mod judge;
mod tell;
mod write;

pub(crate) use alone::{carry_out, judged};
pub(crate) use changes::Changes;
pub(crate) use judge::is_judged;
pub(crate) use tell::{Telling, Told, tell, write};
pub(crate) use write::Write;

#[cfg(test)]
mod tests;
