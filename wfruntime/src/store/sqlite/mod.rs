//! The embedded store: one SQLite file, one writer that commits in groups.

mod connection;
mod decimal;
mod encoding;
mod fault;
mod file;
mod mentions;
mod migrate;
mod reader;
mod tables;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::FutureExt as _;

pub(crate) use connection::Connection;
use file::Place;
pub(crate) use reader::Reader;
use reader::Readers;

use super::queue::Queue;
use super::schema::{Plan, TableSpec};
use super::transaction::SnapshotInner;
use super::writing::Writing;
use super::{BoxFuture, Options, Snapshot, Statement, Values};
use crate::error::{Error, Result};

/// A handle on the writer thread and the readers.
#[derive(Debug, Clone)]
pub struct Sqlite {
    pub(super) writing: Arc<Writing>,
    readers: Arc<Readers>,
}

impl Sqlite {
    pub(super) fn open(path: &str, options: &Options) -> Result<Self> {
        let place = Place::prepare(path, options)?;
        let connection = Connection::writer(place.path(), options)?;
        let queue = Arc::new(Queue::new(options.queue.max(1)));
        let readers = Arc::new(Readers::new(place.path(), options));
        let writer = writer::spawn(connection, place, &queue, &readers, options.group.max(1))?;
        Ok(Self { writing: Arc::new(Writing::new(queue, writer)), readers })
    }

    pub(super) async fn read(&self, statement: &Statement) -> Result<Vec<Values>> {
        if !statement.unbounded {
            return self.readers.take()?.query(statement);
        }
        let permit = self.readers.long().await?;
        let readers = Arc::clone(&self.readers);
        let statement = statement.clone();
        off_the_task(move || {
            let rows = readers.take()?.query(&statement);
            drop(permit);
            rows
        })
        .await
    }

    pub(super) fn bytes(&self) -> u64 {
        self.readers.bytes()
    }

    pub(super) fn reading(&self) -> usize {
        self.readers.busy.load(Ordering::Relaxed)
    }

    pub(super) fn snapshot(&self) -> Result<Snapshot> {
        let mut reader = self.readers.take()?;
        reader.hold()?;
        Ok(Snapshot { inner: SnapshotInner::Sqlite(reader) })
    }

    pub(super) async fn read_long<T, F>(&self, reads: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'s> FnOnce(&'s mut Snapshot) -> BoxFuture<'s, Result<T>> + Send + 'static,
    {
        let permit = self.readers.long().await?;
        let sqlite = self.clone();
        let result = tokio::task::spawn_blocking(move || {
            let mut snapshot = sqlite.snapshot()?;
            let result = reads(&mut snapshot).now_or_never();
            drop(permit);
            result.unwrap_or_else(|| Err(Error::internal("a read waited for something else")))
        });
        result.await.map_err(|error| Error::internal("a read panicked").with_source(error))?
    }

    pub(super) async fn plan(&self, tables: &[TableSpec]) -> Result<Plan> {
        let readers = Arc::clone(&self.readers);
        let tables = tables.to_vec();
        off_the_task(move || readers.take()?.plan(&tables)).await
    }

    /// On a connection of its own: it switches off what the writer relies on.
    pub(super) async fn apply(&self, plan: &Plan) -> Result<()> {
        let readers = Arc::clone(&self.readers);
        let plan = plan.clone();
        off_the_task(move || readers.writer()?.apply(&plan)).await
    }
}

/// Runs what may take long on a thread for such work.
async fn off_the_task<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::internal("the store broke down").with_source(error))?
}
