//! What the actions of a program promise: what they write, refuse, fire and answer.

mod client;
#[path = "../it/described.rs"]
mod described;
mod model;

mod associate;
mod batch;
mod create;
mod destroy;
mod keyed;
mod nested;
mod nodes;
mod once;
mod own;
mod races;
mod triggers;
mod update;

use wf_tests as _;
