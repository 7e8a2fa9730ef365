//! What a unit of work and a snapshot may do.

#[cfg(feature = "sqlite")]
use super::sqlite;
use super::{Statement, Values};
use crate::error::{Error, Result};

/// The transaction of one unit of work.
///
/// An error of any of its methods ends the unit: later calls fail too, and nothing of it stays.
#[derive(Debug)]
pub struct Tx {
    pub(crate) inner: TxInner,
    /// Whether a statement failed: both stores then refuse to commit the unit.
    pub(crate) broken: bool,
}

#[derive(Debug)]
pub(crate) enum TxInner {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Connection),
}

impl Tx {
    /// Runs a statement and says how many rows it changed.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Conflict`] for a value that has to be unique (code `unique`), a row
    /// that is still referred to (`restrict`) or a reference to no row (`reference`), and what
    /// the statement's [`super::Expect`] says.
    #[expect(clippy::unused_async, reason = "a store behind a socket awaits here")]
    pub async fn execute(&mut self, statement: &Statement) -> Result<u64> {
        self.guarded(|inner| match inner {
            #[cfg(feature = "sqlite")]
            TxInner::Sqlite(connection) => connection.execute(statement),
        })
    }

    /// The rows of a statement, seeing what this unit wrote before.
    ///
    /// # Errors
    ///
    /// As [`Tx::execute`]; also if a stored value is not of its column's type.
    #[expect(clippy::unused_async, reason = "a store behind a socket awaits here")]
    pub async fn query(&mut self, statement: &Statement) -> Result<Vec<Values>> {
        self.guarded(|inner| match inner {
            #[cfg(feature = "sqlite")]
            TxInner::Sqlite(connection) => connection.query(statement),
        })
    }

    /// Runs statements that need nothing of each other's results, in their order.
    ///
    /// # Errors
    ///
    /// That of the first statement that fails.
    #[expect(clippy::unused_async, reason = "a store behind a socket awaits here")]
    pub async fn batch<'s>(
        &mut self,
        statements: impl IntoIterator<Item = &'s Statement>,
    ) -> Result<Vec<u64>> {
        self.guarded(|inner| match inner {
            #[cfg(feature = "sqlite")]
            TxInner::Sqlite(connection) => {
                statements.into_iter().map(|statement| connection.execute(statement)).collect()
            }
        })
    }

    pub(crate) fn data_version(&mut self) -> Result<i64> {
        self.guarded(|inner| match inner {
            #[cfg(feature = "sqlite")]
            TxInner::Sqlite(connection) => connection.data_version(),
        })
    }

    /// Runs one call; after one that failed no other runs.
    fn guarded<T>(&mut self, call: impl FnOnce(&mut TxInner) -> Result<T>) -> Result<T> {
        if self.broken {
            return Err(Error::internal("a unit went on after one of its statements had failed"));
        }
        let result = call(&mut self.inner);
        self.broken = result.is_err();
        result
    }
}

/// A view of one moment, for several reads.
#[derive(Debug)]
pub struct Snapshot {
    pub(crate) inner: SnapshotInner,
}

#[derive(Debug)]
pub(crate) enum SnapshotInner {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Reader),
}

impl Snapshot {
    /// The rows of a statement, as of the snapshot's moment.
    ///
    /// # Errors
    ///
    /// As [`super::Store::read`].
    #[expect(clippy::unused_async, reason = "a store behind a socket awaits here")]
    pub async fn query(&mut self, statement: &Statement) -> Result<Vec<Values>> {
        match &mut self.inner {
            #[cfg(feature = "sqlite")]
            SnapshotInner::Sqlite(reader) => reader.query(statement),
        }
    }
}
