//! What a program tells of itself while it runs: traces and spans.
//!
//! It knows names, ids and times; it refuses to see a value of a record or of a request.

mod span;
mod trace;

pub(crate) use span::{Within, came_to, failed, known, node_span, request_span, run_span, spawn};
pub(crate) use trace::Trace;
