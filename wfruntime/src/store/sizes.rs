//! How large a database is, and how busy: for those who watch it.

use super::sql::{Condition, Count, Name, Query as _};
use super::{BoxFuture, Snapshot, Store};
use crate::error::Result;
use crate::value::Value;

/// How large a database is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// Bytes of all of it; on SQLite those of the file and of the log beside it.
    pub(crate) bytes: u64,
    pub(crate) tables: Vec<TableSize>,
}

/// How large a table is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableSize {
    pub(crate) table: String,
    /// Counted, or estimated where the store does not count.
    pub(crate) rows: i64,
    /// Its bytes, with those of its indexes, where the store knows them.
    pub(crate) bytes: Option<i64>,
}

/// How busy a store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    /// Units that wait for the writer.
    pub(crate) waiting: usize,
    /// Connections that read now.
    pub(crate) reading: usize,
}

impl Store {
    /// How large it is; it may take long.
    ///
    /// # Errors
    ///
    /// As [`Store::read`].
    pub(crate) async fn sizes(&self, tables: Vec<Name>) -> Result<Sizes> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => {
                let bytes = sqlite.bytes();
                Ok(Sizes { bytes, tables: counted(self, tables).await? })
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.sizes(&tables).await,
        }
    }

    pub(crate) fn load(&self) -> Load {
        let reading = match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.reading(),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.reading(),
        };
        Load { waiting: self.writing().waiting(), reading }
    }

    /// Tells of each commit of this process: how many units it had, and how long it took.
    pub(crate) fn on_commit(
        &self,
        tell: impl Fn(usize, std::time::Duration) + Send + Sync + 'static,
    ) {
        self.writing().on_commit(Box::new(tell));
    }
}

/// The rows of each table, in one view.
#[cfg(feature = "sqlite")]
async fn counted(store: &Store, tables: Vec<Name>) -> Result<Vec<TableSize>> {
    fn count(snapshot: &mut Snapshot, tables: Vec<Name>) -> BoxFuture<'_, Result<Vec<TableSize>>> {
        Box::pin(async move {
            let mut sizes = Vec::with_capacity(tables.len());
            for table in tables {
                let count = Count { table, filter: Condition::always() }.build();
                let rows = snapshot.query(&count).await?;
                let rows = rows.first().and_then(|row| row.first()).and_then(Value::as_int);
                let (table, rows) = (table.to_owned(), rows.unwrap_or(0));
                sizes.push(TableSize { table, rows, bytes: None });
            }
            Ok(sizes)
        })
    }
    store.read_long(move |snapshot| count(snapshot, tables)).await
}
