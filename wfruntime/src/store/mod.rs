//! Reads and units of writing: the only module that knows SQL.
//!
//! It refuses to know workflows, requests and roles: it takes [`Statement`]s, made from the
//! queries of [`sql`], and gives back rows of [`Value`]s.

mod folding;
mod names;
mod options;
mod plan;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod queue;
mod render;
pub mod schema;
mod sizes;
pub mod sql;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
mod statement;
mod transaction;
mod unit;
mod writing;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!("wfruntime needs a store: switch on its feature `sqlite` or `postgres`");

pub(crate) use folding::mentions;
pub use options::{Durability, Options};
pub(crate) use sizes::{Load, Sizes};
pub use statement::{Expect, Statement};
pub use transaction::{Snapshot, Tx};

use schema::{Plan, TableSpec};
use writing::Writing;

use crate::error::{Error, ErrorKind, Result};
use crate::value::Value;

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One row as the store returns it, in the order of the statement's columns.
pub type Values = Vec<Value>;

/// The database of a running application; a clone is the same store.
///
/// ```no_run
/// # async fn example() -> wfruntime::Result<()> {
/// use wfruntime::store::{Options, Store};
///
/// let store = Store::open("sqlite://claims.db", Options::default()).await?;
/// store.shutdown().await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Store {
    /// One SQLite file: one writer that commits in groups, and a pool of readers.
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Sqlite),
    /// A database of a PostgreSQL server: one connection that writes, and others that read.
    #[cfg(feature = "postgres")]
    Postgres(postgres::Postgres),
}

impl Store {
    /// Opens the database at `url` and creates it if it is missing.
    ///
    /// `sqlite://claims.db` is a file beside the working directory, `sqlite:///var/claims.db` an
    /// absolute one, `sqlite://:memory:` a temporary one that is gone with the store.
    ///
    /// `postgres://user:password@host/claims` (feature `postgres`) is a database of a server; it
    /// has to be there. `?sslmode=require` asks for TLS and a certificate that is trusted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Startup`] if the url, the file or its folder cannot be used, or if another
    /// server holds the file; the message names the file and what to do.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(clippy::unused_async, reason = "a store behind a socket awaits")
    )]
    pub async fn open(url: &str, options: Options) -> Result<Self> {
        let Some((scheme, place)) = url.split_once(':') else {
            return Err(unknown_url(url));
        };
        match scheme {
            #[cfg(feature = "sqlite")]
            "sqlite" => {
                let path = place.strip_prefix("//").unwrap_or(place);
                sqlite::Sqlite::open(path, &options).map(Self::Sqlite)
            }
            #[cfg(feature = "postgres")]
            "postgres" | "postgresql" => {
                postgres::Postgres::open(url, &options).await.map(Self::Postgres)
            }
            _ => Err(unknown_url(url)),
        }
    }

    /// The rows of one statement, from a snapshot of what is committed.
    ///
    /// Runs on the caller's thread, unless the statement is [`Statement::unbounded`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] if a stored value is not of its column's type.
    pub async fn read(&self, statement: &Statement) -> Result<Vec<Values>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.read(statement).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.read(statement).await,
        }
    }

    /// A view of one moment for several reads; others go on writing.
    ///
    /// It keeps what it sees from being tidied away: use it and drop it.
    ///
    /// # Errors
    ///
    /// If no reader can be opened.
    #[cfg_attr(not(feature = "postgres"), expect(clippy::unused_async, reason = "see `open`"))]
    pub async fn snapshot(&self) -> Result<Snapshot> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.snapshot(),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.snapshot().await,
        }
    }

    /// Runs reads that may take long on a thread for long work, all of them from one moment.
    ///
    /// They await nothing but their snapshot.
    ///
    /// # Errors
    ///
    /// The reads' own error, and as [`Store::snapshot`].
    pub async fn read_long<T, F>(&self, reads: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'s> FnOnce(&'s mut Snapshot) -> BoxFuture<'s, Result<T>> + Send + 'static,
    {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.read_long(reads).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.read_long(reads).await,
        }
    }

    /// Applies a unit of work, all of it or nothing, and answers once it is durable.
    ///
    /// The unit awaits nothing but its transaction and runs no user code. If any statement of it
    /// fails, or it returns an error, panics or waits for something else, nothing of it stays and
    /// no other unit notices. It runs even if the caller stops waiting.
    ///
    /// Rows are inserted after the rows they refer to: references are checked at each statement.
    ///
    /// # Errors
    ///
    /// The unit's own error; [`ErrorKind::Unavailable`] at once if the queue is full or the store
    /// shuts down, and if the commit fails: nothing was written then.
    pub async fn write<T, F>(&self, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        self.write_then(unit, |_| ()).await
    }

    /// [`Store::write`], and what follows its commit even if the caller stops waiting.
    ///
    /// `then` is called in the order of the commits, before the caller is answered; not at all if
    /// nothing was committed. It must be short and must not block: other commits wait for it.
    ///
    /// # Errors
    ///
    /// As [`Store::write`].
    pub async fn write_then<T, F, C>(&self, unit: F, then: C) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
        C: FnOnce(&T) + Send + 'static,
    {
        self.writing().write(unit, false, then).await
    }

    /// [`Store::write`] that a full queue does not refuse.
    ///
    /// For callers of which there are few, and whose unit must not be lost because many others
    /// write: what belongs to an execution that has begun.
    ///
    /// # Errors
    ///
    /// As [`Store::write`], except for a full queue.
    pub async fn write_reserved<T, F>(&self, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        self.write_reserved_then(unit, |_| ()).await
    }

    /// [`Store::write_reserved`], and what follows its commit as in [`Store::write_then`].
    ///
    /// # Errors
    ///
    /// As [`Store::write_reserved`].
    pub async fn write_reserved_then<T, F, C>(&self, unit: F, then: C) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
        C: FnOnce(&T) + Send + 'static,
    {
        self.writing().write(unit, true, then).await
    }

    /// [`Store::write_reserved`] for a thread that runs no tasks: to renew a lease.
    ///
    /// # Errors
    ///
    /// As [`Store::write_reserved`].
    ///
    /// # Panics
    ///
    /// If called from within an asynchronous task.
    pub fn write_blocking<T, F>(&self, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        self.writing().write_blocking(unit)
    }

    /// A number that rises with what this process writes, leases left out: to wait for news.
    #[cfg(feature = "page")]
    pub(crate) fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.writing().changes()
    }

    /// A number that changes if another process wrote to the database.
    ///
    /// # Errors
    ///
    /// As [`Store::write_reserved`].
    pub async fn data_version(&self) -> Result<i64> {
        // A look is no change.
        self.writing().data_version().await
    }

    /// What has to change in the database so that it fits `tables`; other tables are not looked at.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub async fn plan(&self, tables: &[TableSpec]) -> Result<Plan> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.plan(tables).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.plan(tables).await,
        }
    }

    /// Applies a plan, all of it or nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Startup`] naming table, column and record if what is stored does not fit: then
    /// nothing was changed.
    pub async fn apply(&self, plan: &Plan) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => sqlite.apply(plan).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.apply(plan).await,
        }
    }

    fn writing(&self) -> &Arc<Writing> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(sqlite) => &sqlite.writing,
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => &postgres.writing,
        }
    }

    /// Refuses further writes from now on; those that are queued are written, and reads go on.
    #[cfg(feature = "testing")]
    pub(crate) fn refuse_writes(&self) {
        self.writing().refuse();
    }

    /// Refuses further writes, finishes those that are queued, and closes the database.
    ///
    /// # Errors
    ///
    /// If the writer is gone.
    pub async fn shutdown(&self) -> Result<()> {
        self.writing().shutdown().await
    }
}

/// How a database of the other store is named, where there is one.
const POSTGRES: &str =
    if cfg!(feature = "postgres") { " or `postgres://user@host/claims`" } else { "" };

fn unknown_url(url: &str) -> Error {
    let scheme = url.split_once(':').map_or(url, |(scheme, _)| scheme);
    Error::new(
        ErrorKind::Startup,
        "unknown_database",
        format!("unknown kind of database `{scheme}`; expected `sqlite://claims.db`{POSTGRES}"),
    )
}

fn gone() -> Error {
    Error::new(ErrorKind::Unavailable, "shutting_down", "the store is shut down")
}
