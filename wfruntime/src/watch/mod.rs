//! What a program tells of itself while it runs: traces, spans and metrics.
//!
//! It knows names, ids and times; it refuses to see a value of a record or of a request.

mod link;
mod metrics;
mod scrape;
mod span;
mod token;
mod trace;

pub(crate) use link::Link;
pub(crate) use metrics::{Looked, Metrics};
pub(crate) use scrape::Scrape;
pub(crate) use span::{Within, came_to, failed, known, node_span, request_span, run_span, spawn};
pub(crate) use token::Token;
pub(crate) use trace::Trace;
