//! A statement beside the program, on whichever store it runs: what it stored, or a change that it
//! did not make.

use std::process::Command;

/// The rows of a statement as lines, their values parted by `|`; of a change, nothing.
///
/// # Panics
/// If it cannot be run.
#[must_use = "it may have changed nothing"]
pub fn sql(url: &str, statement: &str) -> Vec<String> {
    match url.strip_prefix("sqlite://") {
        Some(file) => in_file(file, statement),
        None => on_server(url, statement),
    }
}

fn in_file(file: &str, statement: &str) -> Vec<String> {
    let database = rusqlite::Connection::open(file).expect("the database");
    database.busy_timeout(std::time::Duration::from_secs(10)).expect("it waits");
    let mut statement = database.prepare(statement).expect("a statement");
    let columns = statement.column_count();
    let line = |row: &rusqlite::Row<'_>| {
        let value = |at| match row.get_unwrap(at) {
            rusqlite::types::Value::Null => String::new(),
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Real(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            rusqlite::types::Value::Blob(bytes) => format!("{bytes:02x?}"),
        };
        Ok((0..columns).map(value).collect::<Vec<_>>().join("|"))
    };
    let rows = statement.query_map((), line).expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}

fn on_server(url: &str, statement: &str) -> Vec<String> {
    let psql = wf_pg::programs().expect("a server's programs").join("psql");
    let output = Command::new(psql)
        .args(["--no-psqlrc", "--tuples-only", "--no-align", "--quiet"])
        .args(["--set", "ON_ERROR_STOP=1", "--command", statement, url])
        .output()
        .expect("psql runs");
    assert!(output.status.success(), "{statement}: {output:?}");
    let printed = String::from_utf8(output.stdout).expect("text");
    printed.lines().map(str::to_owned).collect()
}
