//! Statements that are written many times a second: their text is made once.

use std::sync::{Arc, OnceLock};

use crate::store::Statement;
use crate::value::Value;

/// The text of a statement, made at its first use.
pub(crate) struct Template(OnceLock<Statement>);

impl Template {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The statement with these values, which stand in the order in which `build` binds its own.
    pub(crate) fn with(&self, build: fn() -> Statement, params: Vec<Value>) -> Statement {
        let template = self.0.get_or_init(build);
        debug_assert_eq!(template.params.len(), params.len(), "{}", template.sql);
        Statement {
            sql: Arc::clone(&template.sql),
            params,
            returns: Arc::clone(&template.returns),
            ..*template
        }
    }
}
