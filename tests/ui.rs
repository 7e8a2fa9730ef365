//! Every message of the macros, each for one mistake; and odd but legal input.
//!
//! `TRYBUILD=overwrite cargo test -p wf-tests --test ui` writes the golden files.

use std::path::Path;

use wfruntime as _;

#[test]
fn mistakes_are_named_where_they_stand() {
    let cases = trybuild::TestCases::new();
    for folder in folders("ui") {
        cases.compile_fail(format!("{folder}/*.rs"));
    }
    for folder in folders("ui_pass") {
        cases.pass(format!("{folder}/*.rs"));
    }
}

/// The folders in `kind` that hold cases, one for each attribute.
fn folders(kind: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(kind);
    let mut found: Vec<String> = std::fs::read_dir(root)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .map(|name| format!("{kind}/{name}"))
        .collect();
    found.sort();
    found
}
