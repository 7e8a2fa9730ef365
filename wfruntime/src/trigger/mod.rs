//! Which workflows an action fires, and with what context.
//!
//! It knows rows and declared workflows; it refuses to know HTTP and how executions run.

mod snapshot;

pub use snapshot::Snapshot;
