//! Reads and units of writing: the only module that knows SQL.
//!
//! It refuses to know workflows, requests and roles: it takes [`Statement`]s, made from the
//! queries of [`sql`], and gives back rows of [`Value`]s.

pub mod schema;
pub mod sql;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::error::Result;
use crate::value::{Type, Value};

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One row as the store returns it, in the order of the statement's columns.
pub type Values = Vec<Value>;

/// SQL text of the store's dialect with its bound values.
#[derive(Debug, Clone)]
pub struct Statement {
    pub(crate) sql: Arc<str>,
    pub(crate) params: Vec<Value>,
    /// The types of the columns it returns; empty if it returns none.
    pub(crate) returns: Arc<[Type]>,
    /// How many rows it must change, and what it means if it does not.
    pub(crate) expect: Expect,
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
}
