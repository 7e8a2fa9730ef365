//! Workflows as annotated Rust: collections, post-action triggers, durable executions, approvals.

#[cfg(test)]
use tempfile as _;

extern crate self as wfruntime;

pub mod collection;
mod error;
pub mod store;
mod value;

pub use error::{Error, ErrorKind, Fault, Result};
pub use value::{Type, Value};
