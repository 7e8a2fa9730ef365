//! The router: paths, queries and bodies to actions, and what they answer to bytes.
//!
//! It refuses to know what an action does: it asks `action`, and the system resources.

mod path;
mod query;
mod system;
