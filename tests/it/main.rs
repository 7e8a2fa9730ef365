//! The product as its users meet it: over HTTP, on the command line, from a program.

#![expect(unreachable_pub, reason = "declared as programs declare them")]

mod access;
mod attempts;
#[path = "../child.rs"]
#[expect(dead_code, reason = "other packages use the rest of it")]
mod child;
mod command_line;
mod described;
mod files;
mod forms;
mod full_disk;
mod kit;
mod metrics;
mod nonsense;
mod openapi;
mod page;
mod program_under_test;
mod recorded;
mod requests;
mod restarts;
mod sign_in;
mod signals;
mod slow_clients;
mod system_lists;
mod tasks;
mod watching;
