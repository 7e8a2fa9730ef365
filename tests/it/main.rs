//! The product as its users meet it: over HTTP, on the command line, from a program.

#![expect(unreachable_pub, reason = "declared as programs declare them")]

mod access;
mod command_line;
mod program_under_test;
mod requests;
mod sign_in;
mod system_lists;
