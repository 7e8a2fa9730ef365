//! The store on a server: one connection that commits in groups, and others that read.

mod dialect;
mod encoding;
mod fault;
mod migrate;
mod place;
mod reader;
mod session;
mod sizes;
mod tables;
mod writer;

use std::sync::Arc;

use place::Place;
pub(crate) use reader::Reader;
use reader::Readers;
pub(crate) use session::{Asks, Connection};
use session::{Common, Session};

use super::queue::Queue;
use super::schema::{Plan, TableSpec};
use super::sizes::Sizes;
use super::sql::Name;
use super::transaction::SnapshotInner;
use super::writing::Writing;
use super::{BoxFuture, Options, Snapshot, Statement, Values};
use crate::error::{Error, Result};

/// A handle on the writer thread and the readers.
#[derive(Debug, Clone)]
pub struct Postgres {
    pub(super) writing: Arc<Writing>,
    readers: Arc<Readers>,
}

/// Runs one command on a connection of its own, outside transactions.
#[cfg(feature = "testing")]
pub(crate) async fn command(url: &str, sql: &str) -> Result<()> {
    let place = Place::parse(url, &Options::default())?;
    let session = Session::open(&Arc::new(Common::new(place))).await?;
    let done = session.own(sql).await;
    session.close().await;
    done.map(drop)
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
        Ok(Self { writing: Arc::new(Writing::new(queue, writer)), readers })
    }

    pub(super) fn read<'a>(
        &'a self,
        statement: &'a Statement,
    ) -> BoxFuture<'a, Result<Vec<Values>>> {
        Box::pin(self.rows(statement))
    }

    async fn rows(&self, statement: &Statement) -> Result<Vec<Values>> {
        if !statement.unbounded {
            return self.readers.read(statement).await;
        }
        let permit = self.readers.long().await?;
        let rows = self.readers.read(statement).await;
        drop(permit);
        rows
    }

    pub(super) fn snapshot(&self) -> BoxFuture<'_, Result<Snapshot>> {
        Box::pin(self.held())
    }

    async fn held(&self) -> Result<Snapshot> {
        loop {
            let mut reader = self.readers.take().await?;
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
        let permit = self.readers.long().await?;
        let mut snapshot = self.snapshot().await?;
        let result = tokio::spawn(async move { reads(&mut snapshot).await }).await;
        drop(permit);
        result.map_err(|error| Error::internal("a read panicked").with_source(error))?
    }

    pub(super) fn reading(&self) -> usize {
        self.readers.busy()
    }

    pub(super) fn sizes<'a>(&'a self, tables: &'a [Name]) -> BoxFuture<'a, Result<Sizes>> {
        Box::pin(async move {
            let reader = self.readers.take().await?;
            reader.session()?.sizes(tables).await
        })
    }

    pub(super) fn plan<'a>(&'a self, tables: &'a [TableSpec]) -> BoxFuture<'a, Result<Plan>> {
        Box::pin(async move {
            let reader = self.readers.take().await?;
            reader.session()?.plan(tables).await
        })
    }

    /// On a connection of its own: the writer's does not wait for it.
    pub(super) fn apply<'a>(&'a self, plan: &'a Plan) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let session = Session::open(&self.readers.common).await?;
            let applied = session.apply(plan).await;
            session.common.forget_indexes();
            session.close().await;
            applied
        })
    }
}
