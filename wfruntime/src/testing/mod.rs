#![doc = include_str!("../docs/testing.md")]

mod answer;
mod app;
mod crash;
mod custom;
mod database;
mod execution;
mod messages;
mod person;
mod records;
mod replay;
mod tasks;
mod timeline;
mod webhook;

pub use answer::{Answer, Fired};
pub use app::TestApp;
pub use database::TestDatabase;
pub use execution::{Execution, Job};
pub use messages::{compile_fail, pass};
pub use person::Person;
pub use records::Writing;
pub use replay::{replay, replay_with};
pub use tasks::{Deciding, Task};
pub use webhook::Delivering;

use std::panic::Location;

/// Ends the test with a text, and the line of the test that it is about.
fn fail(at: &Location<'_>, text: impl std::fmt::Display) -> ! {
    panic!("{text}\n  --> {at}\n")
}
