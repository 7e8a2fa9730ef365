//! SQLite's errors in the words of whom they concern; never with SQL text.

use std::path::Path;

use rusqlite::ffi;

use crate::error::{Error, ErrorKind, Fault};

/// What SQLite and [`super::decimal`] say of a sum that its type cannot hold.
const OVERFLOWS: [&str; 2] = ["integer overflow", super::decimal::OVERFLOW];

/// The error of a statement on `table`, for the caller of the store.
pub(super) fn of(error: rusqlite::Error, path: &Path, table: &str) -> Error {
    let (code, message) = match &error {
        rusqlite::Error::SqliteFailure(code, message) => {
            (code.extended_code, message.as_deref().unwrap_or_default())
        }
        rusqlite::Error::SqlInputError { msg, .. } if is_limit(msg) => {
            return Error::invalid("too_complex", "the filter is too complex; make it simpler")
                .with_source(error);
        }
        _ => (ffi::SQLITE_ERROR, ""),
    };
    if code == ffi::SQLITE_ERROR && OVERFLOWS.contains(&message) {
        let text = "a sum is too large for its type";
        return Error::new(ErrorKind::TooLarge, "overflow", text).with_source(error);
    }
    let fault = match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => unique(message),
        // The action of a foreign key that restricts works as a trigger.
        ffi::SQLITE_CONSTRAINT_TRIGGER => {
            Error::new(ErrorKind::Conflict, "restrict", "other records still refer to this one")
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::new(
            ErrorKind::Conflict,
            "reference",
            "a record that it refers to does not exist",
        ),
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            let fault = Fault::new("required", "a value is missing");
            let columns = columns(message);
            Error::faults(
                ErrorKind::Invalid,
                columns.map(|column| fault.clone().at(column)).collect(),
            )
        }
        _ => by_primary_code(code & 0xff, path, table),
    };
    fault.with_source(error)
}

/// The file without its folders: who calls over the network need not know where it lies.
fn name(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
}

/// A condition, though legal, can be larger than SQLite's limits.
fn is_limit(message: &str) -> bool {
    ["Expression tree is too large", "too many SQL variables", "parser stack overflow"]
        .iter()
        .any(|limit| message.contains(limit))
}

fn by_primary_code(code: i32, path: &Path, table: &str) -> Error {
    let file = name(path);
    match code {
        ffi::SQLITE_CONSTRAINT | ffi::SQLITE_MISMATCH => {
            Error::invalid("invalid", "a value cannot be stored in its field")
        }
        ffi::SQLITE_TOOBIG => {
            Error::new(ErrorKind::TooLarge, "too_large", "a value is too large to be stored")
        }
        ffi::SQLITE_FULL => Error::new(
            ErrorKind::Unavailable,
            "disk_full",
            format!("the disk that holds `{file}` is full; free some space and try again"),
        ),
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Error::new(
            ErrorKind::Unavailable,
            "busy",
            format!("another process keeps `{file}` busy; try again"),
        ),
        ffi::SQLITE_READONLY | ffi::SQLITE_PERM => Error::new(
            ErrorKind::Unavailable,
            "read_only",
            format!("`{file}` cannot be written; make the file and its folder writable"),
        ),
        // Once the store is open, a further connection fails for want of file handles.
        ffi::SQLITE_CANTOPEN | ffi::SQLITE_NOMEM => Error::new(
            ErrorKind::Unavailable,
            "busy",
            format!("`{file}` cannot be opened once more: too many files are open, or it is gone"),
        ),
        ffi::SQLITE_IOERR => Error::new(
            ErrorKind::Unavailable,
            "disk_error",
            format!("the disk that holds `{file}` reports an error"),
        ),
        ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => {
            Error::internal(format!("`{file}` is damaged; restore it from a backup"))
        }
        _ => Error::internal(format!("a statement on `{table}` failed in `{file}`")),
    }
}

/// The error of opening `path`, for whom starts the program.
pub(super) fn at_start(error: rusqlite::Error, path: &Path) -> Error {
    let file = path.display();
    let (code, message) = match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => (
            "not_a_database",
            format!("`{file}` is not an SQLite database; name another file or move it away"),
        ),
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => {
            ("damaged", format!("`{file}` is damaged; restore it from a backup"))
        }
        Some(
            rusqlite::ErrorCode::ReadOnly
            | rusqlite::ErrorCode::PermissionDenied
            | rusqlite::ErrorCode::CannotOpen,
        ) => (
            "cannot_open",
            format!("`{file}` cannot be opened; make the file and its folder writable"),
        ),
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            ("busy", format!("another process keeps `{file}` busy; try again when it is done"))
        }
        Some(rusqlite::ErrorCode::DiskFull) => {
            ("disk_full", format!("the disk that holds `{file}` is full; free some space"))
        }
        _ => ("cannot_open", format!("`{file}` cannot be used as a database")),
    };
    Error::new(ErrorKind::Startup, code, message).with_source(error)
}

/// SQLite rolled back a transaction on its own: the disk is full or fails.
pub(super) fn given_up(path: &Path) -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "disk_full",
        format!("`{}` could not be written: its disk is full or failing", name(path)),
    )
}

fn unique(message: &str) -> Error {
    let columns: Vec<&str> = columns(message).collect();
    let words = if columns.len() > 1 {
        "another record has the same values in these fields"
    } else {
        "another record has the same value"
    };
    let fault = Fault::new("unique", words);
    let faults = columns.into_iter().map(|column| fault.clone().at(column)).collect();
    Error::faults(ErrorKind::Conflict, faults)
}

/// `posts.slug` and `posts.lang` of `UNIQUE constraint failed: posts.slug, posts.lang`.
fn columns(message: &str) -> impl Iterator<Item = &str> {
    message.split_once(": ").map_or(message, |(_, names)| names).split(", ")
}
