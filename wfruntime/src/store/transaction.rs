//! What a unit of work and a snapshot may do.

#[cfg(feature = "postgres")]
use super::postgres;
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
    #[cfg(feature = "postgres")]
    Postgres(postgres::Connection),
}

impl Tx {
    /// Runs a statement and says how many rows it changed.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Conflict`] for a value that has to be unique (code `unique`), a row
    /// that is still referred to (`restrict`) or a reference to no row (`reference`), and what
    /// the statement's [`super::Expect`] says.
    #[cfg_attr(not(feature = "postgres"), expect(clippy::unused_async, reason = "see `Store`"))]
    pub async fn execute(&mut self, statement: &Statement) -> Result<u64> {
        self.whole()?;
        let result = match &mut self.inner {
            #[cfg(feature = "sqlite")]
            TxInner::Sqlite(connection) => connection.execute(statement),
            #[cfg(feature = "postgres")]
            TxInner::Postgres(connection) => connection.execute(statement).await,
        };
        self.kept(result)
    }

    /// The rows of a statement, seeing what this unit wrote before.
    ///
    /// # Errors
    ///
    /// As [`Tx::execute`]; also if a stored value is not of its column's type.
    #[cfg_attr(not(feature = "postgres"), expect(clippy::unused_async, reason = "see `Store`"))]
    pub async fn query(&mut self, statement: &Statement) -> Result<Vec<Values>> {
        self.whole()?;
        let result = match &mut self.inner {
            #[cfg(feature = "sqlite")]
            TxInner::Sqlite(connection) => connection.query(statement),
            #[cfg(feature = "postgres")]
            TxInner::Postgres(connection) => connection.query(statement).await,
        };
        self.kept(result)
    }

    /// Runs statements that need nothing of each other's results, in their order.
    ///
    /// # Errors
    ///
    /// That of the first statement that fails.
    #[cfg_attr(not(feature = "postgres"), expect(clippy::unused_async, reason = "see `Store`"))]
    pub async fn batch<'s>(
        &mut self,
        statements: impl IntoIterator<Item = &'s Statement>,
    ) -> Result<Vec<u64>> {
        self.whole()?;
        let result = match &mut self.inner {
            #[cfg(feature = "sqlite")]
            TxInner::Sqlite(connection) => {
                statements.into_iter().map(|statement| connection.execute(statement)).collect()
            }
            #[cfg(feature = "postgres")]
            TxInner::Postgres(connection) => {
                connection.batch(statements.into_iter().collect()).await
            }
        };
        self.kept(result)
    }

    #[cfg_attr(not(feature = "postgres"), expect(clippy::unused_async, reason = "see `Store`"))]
    pub(crate) async fn data_version(&mut self) -> Result<i64> {
        self.whole()?;
        let result = match &mut self.inner {
            #[cfg(feature = "sqlite")]
            TxInner::Sqlite(connection) => connection.data_version(),
            #[cfg(feature = "postgres")]
            TxInner::Postgres(connection) => connection.data_version().await,
        };
        self.kept(result)
    }

    /// After a call that failed no other runs.
    fn whole(&self) -> Result<()> {
        if self.broken {
            return Err(Error::internal("a unit went on after one of its statements had failed"));
        }
        Ok(())
    }

    fn kept<T>(&mut self, result: Result<T>) -> Result<T> {
        self.broken = result.is_err();
        result
    }

    /// What is asked of the server at this moment.
    #[cfg(feature = "postgres")]
    pub(super) fn asks(&self) -> postgres::Asks {
        match &self.inner {
            #[cfg(feature = "sqlite")]
            TxInner::Sqlite(_) => postgres::Asks::default(),
            TxInner::Postgres(connection) => connection.asks(),
        }
    }
}

#[cfg(feature = "sqlite")]
impl TxInner {
    pub(crate) fn sqlite(&self) -> Result<&sqlite::Connection> {
        match self {
            Self::Sqlite(connection) => Ok(connection),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => Err(of_another_store()),
        }
    }

    pub(crate) fn into_sqlite(self) -> Result<sqlite::Connection> {
        match self {
            Self::Sqlite(connection) => Ok(connection),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => Err(of_another_store()),
        }
    }
}

#[cfg(all(feature = "sqlite", feature = "postgres"))]
fn of_another_store() -> Error {
    Error::internal("a transaction of another store")
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
    #[cfg(feature = "postgres")]
    Postgres(postgres::Reader),
}

impl Snapshot {
    /// The rows of a statement, as of the snapshot's moment.
    ///
    /// # Errors
    ///
    /// As [`super::Store::read`].
    #[cfg_attr(not(feature = "postgres"), expect(clippy::unused_async, reason = "see `Store`"))]
    pub async fn query(&mut self, statement: &Statement) -> Result<Vec<Values>> {
        match &mut self.inner {
            #[cfg(feature = "sqlite")]
            SnapshotInner::Sqlite(reader) => reader.query(statement),
            #[cfg(feature = "postgres")]
            SnapshotInner::Postgres(reader) => reader.query(statement).await,
        }
    }
}
