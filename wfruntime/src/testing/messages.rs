//! What users test their own declarations with (feature `testing`): do mistakes read well?
//!
//! It compiles files of the user's package as programs that depend on what the package depends on.
//! It knows nothing of applications: those are tested by starting one.

/// Checks that each file fails to compile, with the message in the `.stderr` file beside it.
///
/// `pattern` is relative to the package under test: `tests/ui/*.rs`. With `TRYBUILD=overwrite` in
/// the environment the messages are written instead of compared: read them, and commit them. They
/// belong to one compiler, so pin it with a `rust-toolchain.toml`. The files are compiled together:
/// one pattern for all of them is faster than several.
///
/// ```toml
/// [dev-dependencies]
/// wfruntime = { version = "0.1", features = ["testing"] }
/// ```
///
/// In `tests/ui.rs`:
///
/// ```no_run
/// # mod ui {
/// #[test]
/// fn wrong_configurations_are_named() {
///     wfruntime::testing::compile_fail("tests/ui/*.rs");
/// }
/// # }
/// ```
///
/// # Panics
/// If a file compiles, or fails with another message, or if no file fits the pattern.
pub fn compile_fail(pattern: &str) {
    assert_some(pattern);
    trybuild::TestCases::new().compile_fail(pattern);
}

/// Checks that each file compiles, runs and ends well.
///
/// ```no_run
/// wfruntime::testing::pass("tests/programs/*.rs");
/// ```
///
/// # Panics
/// If a file does not compile, or its `main` panics, or if no file fits the pattern.
pub fn pass(pattern: &str) {
    assert_some(pattern);
    trybuild::TestCases::new().pass(pattern);
}

/// A pattern with a typo would test nothing, and pass.
fn assert_some(pattern: &str) {
    let found = glob::glob(pattern).is_ok_and(|paths| paths.flatten().next().is_some());
    assert!(found, "no file fits `{pattern}`: it is relative to the folder of Cargo.toml");
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_pattern_that_fits_no_file_is_a_fault() {
        super::assert_some("src/*.rs");
        let typo = std::panic::catch_unwind(|| super::compile_fail("tests/iu/*.rs"));
        let text = typo.expect_err("a panic");
        let text = text.downcast_ref::<String>().expect("a text");
        assert_eq!(
            text,
            "no file fits `tests/iu/*.rs`: it is relative to the folder of Cargo.toml"
        );
    }
}
