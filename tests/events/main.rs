//! What runs before a write, and what hears of every change of data.

#[path = "../it/described.rs"]
mod described;

mod before;
mod chains;
mod changes;
#[path = "../actions/client.rs"]
mod client;
mod custom;
mod killed;
mod late;
mod model;
mod replayed;
mod turns;
mod undo;
mod users;

use wf_tests as _;
