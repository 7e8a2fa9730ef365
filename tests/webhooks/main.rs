//! Webhooks: signed calls of other systems, each of which runs once.

mod calls;
#[path = "../child.rs"]
#[expect(dead_code, reason = "other packages use the rest of it")]
mod child;
#[path = "../it/described.rs"]
mod described;
mod killed;
mod model;
mod refused;
mod shown;

use wf_tests as _;
