//! What needs a feature that is off is named: this crate has only those that are on by default.

#[test]
fn a_feature_that_is_off_is_named() {
    wf::testing::compile_fail("ui/*.rs");
}
