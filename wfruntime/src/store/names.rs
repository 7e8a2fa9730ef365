//! Names in the text of statements that change tables.

/// A name in quotes; those within are doubled.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Several of them, with commas between.
pub(super) fn names<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<String> = names.iter().map(|name| quoted(name.as_ref())).collect();
    names.join(", ")
}
