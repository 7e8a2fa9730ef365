//! The connections that read: a stack of idle ones, grown when it is empty.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::super::schema::{Plan, TableSpec};
use super::super::{Options, Statement, Values};
use super::connection::Connection;
use crate::error::Result;

#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    options: Options,
    /// The idle ones; `None` once the store is shut down.
    idle: Mutex<Option<Vec<Connection>>>,
    /// How many long reads run at once.
    long: Arc<Semaphore>,
    /// How many are in use.
    pub(super) busy: AtomicUsize,
}

impl Readers {
    pub(super) fn new(path: &Path, options: &Options) -> Self {
        let options = options.clone();
        let long = Arc::new(Semaphore::new(options.readers.max(1)));
        let (idle, busy) = (Mutex::new(Some(Vec::new())), AtomicUsize::new(0));
        Self { path: path.to_owned(), options, idle, long, busy }
    }

    /// A reader; a new one if all are in use, so that nobody waits for a long read.
    pub(super) fn take(self: &Arc<Self>) -> Result<Reader> {
        let idle = match self.idle().as_mut() {
            Some(idle) => idle.pop(),
            None => return Err(super::super::gone()),
        };
        let connection = match idle {
            Some(connection) => connection,
            None => Connection::reader(&self.path, &self.options)?,
        };
        self.busy.fetch_add(1, Ordering::Relaxed);
        let readers = Arc::clone(self);
        Ok(Reader { connection: Some(connection), readers, holds: false })
    }

    /// A connection that writes, beside the writer's: for changes of the tables.
    pub(super) fn writer(&self) -> Result<Connection> {
        if self.idle().is_none() {
            return Err(super::super::gone());
        }
        Connection::writer(&self.path, &self.options)
    }

    /// The bytes of the file and of its log.
    pub(super) fn bytes(&self) -> u64 {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        let files = [self.path.clone(), log.into()];
        files.iter().filter_map(|file| std::fs::metadata(file).ok()).map(|file| file.len()).sum()
    }

    /// The permission for a long read.
    pub(super) async fn long(&self) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.long).acquire_owned().await.map_err(|_| super::super::gone())
    }

    /// Closes the idle ones, and the others when they come back.
    pub(super) fn close(&self) {
        self.long.close();
        let idle = self.idle().take();
        drop(idle);
    }

    fn give_back(&self, connection: Connection) {
        let surplus = match self.idle().as_mut() {
            Some(idle) if idle.len() < self.options.readers.max(1) => {
                idle.push(connection);
                None
            }
            _ => Some(connection),
        };
        drop(surplus);
    }

    fn idle(&self) -> MutexGuard<'_, Option<Vec<Connection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that goes back to the pool when dropped.
#[derive(Debug)]
pub(crate) struct Reader {
    connection: Option<Connection>,
    readers: Arc<Readers>,
    /// Whether it holds a view of one moment.
    holds: bool,
}

impl Reader {
    pub(crate) fn query(&self, statement: &Statement) -> Result<Vec<Values>> {
        match &self.connection {
            Some(connection) => connection.query(statement),
            None => Err(super::super::gone()),
        }
    }

    pub(super) fn plan(&self, tables: &[TableSpec]) -> Result<Plan> {
        match &self.connection {
            Some(connection) => connection.plan(tables),
            None => Err(super::super::gone()),
        }
    }

    /// From now on it sees this moment.
    pub(super) fn hold(&mut self) -> Result<()> {
        if let Some(connection) = &self.connection {
            connection.begin_view()?;
            self.holds = true;
        }
        Ok(())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            if self.holds {
                connection.rollback();
            }
            self.readers.busy.fetch_sub(1, Ordering::Relaxed);
            self.readers.give_back(connection);
        }
    }
}
