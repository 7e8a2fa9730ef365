//! Looking for a text on SQLite, which knows capitals of ASCII alone.

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Result};

use super::super::folding::{MENTIONS, mentions_folded};

/// Teaches a connection the function that finds a folded text in a stored one.
pub(super) fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function(MENTIONS, 2, flags, |context| {
        let (text, wanted) = (context.get_raw(0), context.get_raw(1));
        let Some(text) = text.as_str_or_null()? else { return Ok(None) };
        Ok(Some(mentions_folded(text, wanted.as_str()?)))
    })
}
