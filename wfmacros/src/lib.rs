//! The macros of `wfruntime`; their documentation stands on its re-exports.
#![doc(html_no_source)]

mod args;
mod diag;
mod paths;
mod words;
