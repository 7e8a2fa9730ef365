//! Every message of the macros, each for one mistake.
//!
//! `TRYBUILD=overwrite cargo test -p wf-tests --test ui` writes the golden files.

use wfruntime::testing;

#[test]
fn mistakes_are_named_where_they_stand() {
    testing::compile_fail("ui/*/*.rs");
}
