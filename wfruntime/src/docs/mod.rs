//! What is promised and how to run it, page by page.
//!
//! The pages of the macros stand on the macros themselves.

#[doc = include_str!("access.md")]
pub mod access {}
#[doc = include_str!("guarantees.md")]
pub mod guarantees {}
#[doc = include_str!("http.md")]
pub mod http {}
#[doc = include_str!("page.md")]
pub mod page {}
#[doc = include_str!("running.md")]
pub mod running {}
#[doc = include_str!("triggers.md")]
pub mod triggers {}
#[doc = include_str!("versions.md")]
pub mod versions {}
#[doc = include_str!("watching.md")]
pub mod watching {}
