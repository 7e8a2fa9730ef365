//! SQL text with its bound values.

use std::sync::Arc;

use super::sql::Name;
use crate::error::{Error, ErrorKind, Result};
use crate::value::{Type, Value};

/// SQL text of the store's dialect with its bound values.
#[derive(Debug, Clone)]
pub struct Statement {
    pub(crate) sql: Arc<str>,
    pub(crate) params: Vec<Value>,
    /// The types of the columns it returns; empty if it returns none.
    pub(crate) returns: Arc<[Type]>,
    /// How many rows it must change, and what it means if it does not.
    pub(crate) expect: Expect,
    /// The table it is about, for messages.
    pub(crate) table: Name,
    /// Whether it may take long, and so must not hold up the caller's thread.
    pub(crate) unbounded: bool,
}

/// What a statement's number of changed rows has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Expect {
    /// Any number.
    #[default]
    Any,
    /// At least one, or the unit fails with [`crate::ErrorKind::Fenced`].
    Lease,
    /// At least one, or the unit fails with [`crate::ErrorKind::NotFound`].
    Row,
    /// At least one, or the unit fails with [`crate::ErrorKind::Conflict`].
    Unchanged,
}

impl Statement {
    /// The same statement, failing its unit if it changes no row.
    #[must_use]
    pub fn expect(mut self, expect: Expect) -> Self {
        self.expect = expect;
        self
    }

    /// The same statement, read on a thread for long work.
    ///
    /// For reads of any number of rows: a scan of a large table would hold up the tasks that
    /// share the caller's thread.
    #[must_use]
    pub fn unbounded(mut self) -> Self {
        self.unbounded = true;
        self
    }
}

impl Expect {
    /// Fails if `changed` rows are not what was expected.
    pub(crate) fn check(self, changed: u64) -> Result<()> {
        if changed > 0 {
            return Ok(());
        }
        match self {
            Self::Any => Ok(()),
            Self::Lease => {
                Err(Error::new(ErrorKind::Fenced, "fenced", "another process holds the lease"))
            }
            Self::Row => {
                Err(Error::new(ErrorKind::NotFound, "not_found", "the record no longer exists"))
            }
            Self::Unchanged => Err(Error::overtaken("the record was changed meanwhile")),
        }
    }
}
