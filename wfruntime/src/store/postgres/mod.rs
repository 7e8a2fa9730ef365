//! The store on a server: one connection that commits in groups, and others that read.

mod dialect;
mod encoding;
mod fault;
mod migrate;
mod place;
mod reader;
mod session;
mod tables;
mod writer;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{oneshot, watch};

use place::Place;
pub(crate) use reader::Reader;
use reader::Readers;
pub(crate) use session::{Asks, Connection};
use session::{Common, Session};

use super::queue::Queue;
use super::schema::{Plan, TableSpec};
use super::transaction::SnapshotInner;
use super::unit::{Unit, UnitOfWork};
use super::{BoxFuture, Options, Snapshot, Statement, Tx, Values};
use crate::error::{Error, Result};

/// A handle on the writer thread and the readers.
#[derive(Debug, Clone)]
pub struct Postgres {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    queue: Arc<Queue>,
    readers: Arc<Readers>,
    writer: Mutex<Option<JoinHandle<()>>>,
    changes: watch::Sender<u64>,
}

impl Postgres {
    pub(super) fn open<'a>(url: &'a str, options: &'a Options) -> BoxFuture<'a, Result<Self>> {
        Box::pin(Self::opened(url, options))
    }

    async fn opened(url: &str, options: &Options) -> Result<Self> {
        let place = Place::parse(url, options)?;
        let readers = Arc::new(Readers::new(Arc::new(Common::new(place)), options));
        let queue = Arc::new(Queue::new(options.queue.max(1)));
        let writer = writer::spawn(&readers, &queue, options).await?;
        let (writer, changes) = (Mutex::new(Some(writer)), watch::Sender::default());
        Ok(Self { shared: Arc::new(Shared { queue, readers, writer, changes }) })
    }

    pub(super) fn read<'a>(
        &'a self,
        statement: &'a Statement,
    ) -> BoxFuture<'a, Result<Vec<Values>>> {
        Box::pin(self.rows(statement))
    }

    async fn rows(&self, statement: &Statement) -> Result<Vec<Values>> {
        if !statement.unbounded {
            return self.shared.readers.read(statement).await;
        }
        let permit = self.shared.readers.long().await?;
        let rows = self.shared.readers.read(statement).await;
        drop(permit);
        rows
    }

    pub(super) fn snapshot(&self) -> BoxFuture<'_, Result<Snapshot>> {
        Box::pin(self.held())
    }

    async fn held(&self) -> Result<Snapshot> {
        loop {
            let mut reader = self.shared.readers.take().await?;
            match reader.hold().await {
                // An idle connection may have broken off.
                Err(_) if !reader.is_fresh() => {}
                Err(error) => return Err(error),
                Ok(()) => return Ok(Snapshot { inner: SnapshotInner::Postgres(reader) }),
            }
        }
    }

    pub(super) async fn read_long<T, F>(&self, reads: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'s> FnOnce(&'s mut Snapshot) -> BoxFuture<'s, Result<T>> + Send + 'static,
    {
        let permit = self.shared.readers.long().await?;
        let mut snapshot = self.snapshot().await?;
        let result = tokio::spawn(async move { reads(&mut snapshot).await }).await;
        drop(permit);
        result.map_err(|error| Error::internal("a read panicked").with_source(error))?
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
        self.push(UnitOfWork::new(unit, answer), reserved)?;
        Ok(answered)
    }

    /// What others wrote, seen between two groups of our own.
    pub(super) fn look(&self) -> Result<oneshot::Receiver<Result<i64>>> {
        let (sender, answered) = oneshot::channel();
        let answer = move |result: Result<i64>| {
            // A caller that stopped waiting is told nothing.
            let _ = sender.send(result);
        };
        self.push(UnitOfWork::look(version, answer), true)?;
        Ok(answered)
    }

    fn push(&self, unit: impl Unit + 'static, reserved: bool) -> Result<()> {
        self.shared.queue.push(Box::new(unit), reserved)
    }

    /// A number that changes with each unit that is committed.
    #[cfg(feature = "page")]
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

    pub(super) fn plan<'a>(&'a self, tables: &'a [TableSpec]) -> BoxFuture<'a, Result<Plan>> {
        Box::pin(async move {
            let reader = self.shared.readers.take().await?;
            reader.session()?.plan(tables).await
        })
    }

    /// On a connection of its own: the writer's does not wait for it.
    pub(super) fn apply<'a>(&'a self, plan: &'a Plan) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let session = Session::open(&self.shared.readers.common).await?;
            let applied = session.apply(plan).await;
            session.common.forget_indexes();
            session.close().await;
            applied
        })
    }

    #[cfg(feature = "testing")]
    pub(super) fn refuse_writes(&self) {
        self.shared.queue.refuse();
    }

    pub(super) async fn shutdown(&self) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        shared.queue.close();
        let done = tokio::task::spawn_blocking(move || shared.join()).await;
        done.map_err(|error| Error::internal("the store broke down").with_source(error))?
    }
}

fn version(tx: &mut Tx) -> BoxFuture<'_, Result<i64>> {
    Box::pin(tx.data_version())
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
