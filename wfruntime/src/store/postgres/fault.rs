//! PostgreSQL's errors in the words of whom they concern; never with SQL text or values.

use tokio_postgres::Error as Said;
use tokio_postgres::error::{DbError, SqlState};

use super::super::Statement;
use crate::error::{Error, ErrorKind, Fault};

/// Whether the connection is of no further use.
pub(super) fn is_cut(error: &Said) -> bool {
    match error.as_db_error().map(DbError::code) {
        Some(code) => is_shutdown(code),
        None => true,
    }
}

fn is_shutdown(code: &SqlState) -> bool {
    let code = code.code();
    code.starts_with("08") || code.starts_with("57P") || code == "25P03"
}

/// The error of a statement; `columns` are those that had to be unique together.
pub(super) fn of(error: Said, statement: &Statement, columns: &[String], name: &str) -> Error {
    let Some(said) = error.as_db_error() else { return away(name).with_source(error) };
    let code = said.code();
    let fault = if *code == SqlState::UNIQUE_VIOLATION {
        unique(said.table().unwrap_or(statement.table), columns)
    } else if code.code() == "23001" || *code == SqlState::FOREIGN_KEY_VIOLATION {
        reference(statement)
    } else if *code == SqlState::NOT_NULL_VIOLATION {
        let fault = Fault::new("required", "a value is missing");
        let at = |column| format!("{}.{column}", said.table().unwrap_or(statement.table));
        Error::faults(
            ErrorKind::Invalid,
            said.column().map(|it| fault.at(at(it))).into_iter().collect(),
        )
    } else {
        by_class(code, statement.table, name)
    };
    fault.with_source(error)
}

fn unique(table: &str, columns: &[String]) -> Error {
    let words = if columns.len() > 1 {
        "another record has the same values in these fields"
    } else {
        "another record has the same value"
    };
    let fault = Fault::new("unique", words);
    let faults = match columns {
        [] => vec![fault],
        _ => columns.iter().map(|it| fault.clone().at(format!("{table}.{it}"))).collect(),
    };
    Error::faults(ErrorKind::Conflict, faults)
}

/// A key that is deleted is referred to; one that is written refers to nothing.
fn reference(statement: &Statement) -> Error {
    if statement.sql.starts_with("DELETE") {
        return Error::new(
            ErrorKind::Conflict,
            "restrict",
            "other records still refer to this one",
        );
    }
    Error::new(ErrorKind::Conflict, "reference", "a record that it refers to does not exist")
}

fn by_class(code: &SqlState, table: &str, name: &str) -> Error {
    let unavailable = |code, text: String| Error::new(ErrorKind::Unavailable, code, text);
    match code.code() {
        "22003" => Error::new(ErrorKind::TooLarge, "overflow", "a sum is too large for its type"),
        "54001" | "54023" => too_complex(),
        "53100" => unavailable(
            "disk_full",
            format!("the disk of `{name}` is full; free some space and try again"),
        ),
        "25006" => unavailable("read_only", format!("`{name}` cannot be written")),
        code if code.starts_with("54") => {
            Error::new(ErrorKind::TooLarge, "too_large", "a value is too large to be stored")
        }
        code if code.starts_with("22") || code.starts_with("23") => {
            Error::invalid("invalid", "a value cannot be stored in its field")
        }
        // A statement, a lock or the server's memory took too long or too much.
        "57014" | "55P03" | "40P01" | "40001" => {
            unavailable("busy", format!("another process keeps `{name}` busy; try again"))
        }
        code if code.starts_with("53") => {
            unavailable("busy", format!("`{name}` has too much to do; try again"))
        }
        code if code.starts_with("08") || code.starts_with("57P") || code == "25P03" => away(name),
        _ => Error::internal(format!("a statement on `{table}` failed in `{name}`")),
    }
}

pub(super) fn too_complex() -> Error {
    Error::invalid("too_complex", "the filter is too complex; make it simpler")
}

/// The server cannot be reached; nothing was written.
pub(super) fn away(name: &str) -> Error {
    let text = format!("`{name}` does not answer; try again");
    Error::new(ErrorKind::Unavailable, "database_away", text)
}

/// The connection was lost while a commit was under way, and the server did not say in time.
pub(super) fn unknown_outcome(name: &str) -> Error {
    let text = format!(
        "`{name}` went away during a commit: whether it was written is not known; look before \
         you try again"
    );
    Error::new(ErrorKind::Internal, "outcome_unknown", text)
}

/// The error of a statement of our own.
pub(super) fn own(error: Said, name: &str) -> Error {
    let fault = match error.as_db_error() {
        Some(said) => by_class(said.code(), "the database", name),
        None => away(name),
    };
    fault.with_source(error)
}

/// The error of connecting, for whom starts the program.
pub(super) fn at_start(error: Said, name: &str) -> Error {
    let code = error.as_db_error().map(|said| said.code().code().to_owned());
    let (code, text) = match code.as_deref() {
        Some("28P01" | "28000") => (
            "not_admitted",
            format!("`{name}` does not let the user in; check user, password and `pg_hba.conf`"),
        ),
        Some("3D000") => {
            ("no_database", format!("there is no `{name}`; create it, for example with `createdb`"))
        }
        Some("53300") => {
            ("busy", format!("`{name}` has no connection left; raise `max_connections`"))
        }
        Some("57P03") => ("cannot_open", format!("`{name}` is starting up; try again")),
        Some(_) => ("cannot_open", format!("`{name}` refuses the connection")),
        None => (
            "cannot_open",
            format!("`{name}` cannot be reached; is the server running, and is the URL right?"),
        ),
    };
    Error::new(ErrorKind::Startup, code, text).with_source(error)
}
