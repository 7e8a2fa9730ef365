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

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use futures_util::FutureExt as _;
use tokio::sync::{oneshot, watch};

pub(crate) use connection::Connection;
use file::Place;
pub(crate) use reader::Reader;
use reader::Readers;

use super::queue::Queue;
use super::schema::{Plan, TableSpec};
use super::transaction::SnapshotInner;
use super::unit::{Unit, UnitOfWork};
use super::{BoxFuture, Options, Snapshot, Statement, Tx, Values};
use crate::error::{Error, Result};

/// A handle on the writer thread and the readers.
#[derive(Debug, Clone)]
pub struct Sqlite {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    queue: Arc<Queue>,
    readers: Arc<Readers>,
    writer: Mutex<Option<JoinHandle<()>>>,
    changes: watch::Sender<u64>,
}

impl Sqlite {
    pub(super) fn open(path: &str, options: &Options) -> Result<Self> {
        let place = Place::prepare(path, options)?;
        let connection = Connection::writer(place.path(), options)?;
        let queue = Arc::new(Queue::new(options.queue.max(1)));
        let readers = Arc::new(Readers::new(place.path(), options));
        let writer = writer::spawn(connection, place, &queue, &readers, options.group.max(1))?;
        Ok(Self {
            shared: Arc::new(Shared {
                queue,
                readers,
                writer: Mutex::new(Some(writer)),
                changes: watch::Sender::default(),
            }),
        })
    }

    pub(super) async fn read(&self, statement: &Statement) -> Result<Vec<Values>> {
        if !statement.unbounded {
            return self.shared.readers.take()?.query(statement);
        }
        let permit = self.shared.readers.long().await?;
        let readers = Arc::clone(&self.shared.readers);
        let statement = statement.clone();
        off_the_task(move || {
            let rows = readers.take()?.query(&statement);
            drop(permit);
            rows
        })
        .await
    }

    pub(super) fn snapshot(&self) -> Result<Snapshot> {
        let mut reader = self.shared.readers.take()?;
        reader.hold()?;
        Ok(Snapshot { inner: SnapshotInner::Sqlite(reader) })
    }

    pub(super) async fn read_long<T, F>(&self, reads: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'s> FnOnce(&'s mut Snapshot) -> BoxFuture<'s, Result<T>> + Send + 'static,
    {
        let permit = self.shared.readers.long().await?;
        let sqlite = self.clone();
        let result = tokio::task::spawn_blocking(move || {
            let mut snapshot = sqlite.snapshot()?;
            let result = reads(&mut snapshot).now_or_never();
            drop(permit);
            result.unwrap_or_else(|| Err(Error::internal("a read waited for something else")))
        });
        result.await.map_err(|error| Error::internal("a read panicked").with_source(error))?
    }

    /// Queues a unit; `reserved` ones though the queue is full.
    ///
    /// `then` follows the commit, whether anybody waits for the answer or not.
    pub(super) fn submit<T, F, C>(
        &self,
        unit: F,
        reserved: bool,
        then: C,
    ) -> Result<oneshot::Receiver<Result<T>>>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
        C: FnOnce(&T) + Send + 'static,
    {
        let (sender, answered) = oneshot::channel();
        let answer = move |result: Result<T>| {
            if let Ok(result) = &result {
                then(result);
            }
            // A caller that stopped waiting is told nothing; its unit is committed all the same.
            let _ = sender.send(result);
        };
        let unit: Box<dyn Unit> = Box::new(UnitOfWork::new(unit, answer));
        self.shared.queue.push(unit, reserved)?;
        Ok(answered)
    }

    /// A number that changes with each unit that is committed.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changes.subscribe()
    }

    /// `then`, and the word that something was written.
    pub(super) fn telling<T, C: FnOnce(&T) + Send>(
        &self,
        then: C,
    ) -> impl FnOnce(&T) + Send + use<T, C> {
        let changes = self.shared.changes.clone();
        move |done| {
            then(done);
            changes.send_modify(|number| *number = number.wrapping_add(1));
        }
    }

    pub(super) async fn plan(&self, tables: &[TableSpec]) -> Result<Plan> {
        let readers = Arc::clone(&self.shared.readers);
        let tables = tables.to_vec();
        off_the_task(move || readers.take()?.plan(&tables)).await
    }

    /// On a connection of its own: it switches off what the writer relies on.
    pub(super) async fn apply(&self, plan: &Plan) -> Result<()> {
        let readers = Arc::clone(&self.shared.readers);
        let plan = plan.clone();
        off_the_task(move || readers.writer()?.apply(&plan)).await
    }

    #[cfg(feature = "testing")]
    pub(super) fn refuse_writes(&self) {
        self.shared.queue.refuse();
    }

    pub(super) async fn shutdown(&self) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        shared.queue.close();
        off_the_task(move || shared.join()).await
    }
}

/// Runs what may take long on a thread for such work.
async fn off_the_task<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::internal("the store broke down").with_source(error))?
}

impl Shared {
    fn join(&self) -> Result<()> {
        // Held until it has ended, so that whoever shuts down second waits as well.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        match writer.take() {
            // A unit may hold the last handle: the writer does not wait for itself.
            Some(writer) if writer.thread().id() != std::thread::current().id() => {
                writer.join().map_err(|_| Error::internal("the writer broke down"))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.queue.close();
        // The writer logs its own end; there is nobody left to tell.
        let _ = self.join();
    }
}
