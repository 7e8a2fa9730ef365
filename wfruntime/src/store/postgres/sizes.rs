//! How large a database and its tables are, as the server knows it.

use super::session::Session;
use crate::error::{Error, Result};
use crate::store::sizes::{Sizes, TableSize};
use crate::store::sql::Name;

/// Of each table its name, its rows as they were estimated last, and its bytes with its indexes.
const TABLES: &str = "SELECT greatest(c.reltuples, 0)::bigint || ' ' || \
                      pg_total_relation_size(c.oid) || ' ' || c.relname \
                      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                      WHERE n.nspname = current_schema() AND c.relkind = 'r' ORDER BY c.relname";

impl Session {
    /// The sizes of the database and of these tables.
    pub(super) async fn sizes(&self, tables: &[Name]) -> Result<Sizes> {
        let bytes = self.own("SELECT pg_database_size(current_database())").await?;
        let bytes = bytes.first().and_then(|bytes| bytes.parse().ok()).unwrap_or(0);
        let mut sizes = Sizes { bytes, tables: Vec::new() };
        for line in self.own(TABLES).await? {
            let mut words = line.splitn(3, ' ');
            let mut number = || words.next()?.parse::<i64>().ok();
            let (rows, bytes) = (number(), number());
            let (Some(rows), Some(table)) = (rows, words.next()) else {
                return Err(Error::internal("the server tells sizes of no table"));
            };
            if tables.contains(&table) {
                sizes.tables.push(TableSize { table: table.to_owned(), rows, bytes });
            }
        }
        Ok(sizes)
    }
}
