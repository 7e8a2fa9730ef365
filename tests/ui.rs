//! Every message of the macros, each for one mistake; and odd but legal input.
//!
//! `TRYBUILD=overwrite cargo test -p wf-tests --test ui` writes the golden files.

use wfruntime::testing;

#[test]
fn mistakes_are_named_where_they_stand() {
    testing::compile_fail("ui/*/*.rs");
}

#[test]
fn odd_but_legal_programs_run() {
    testing::pass("ui_pass/*/*.rs");
}
