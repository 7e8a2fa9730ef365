//! The connections that read: a stack of idle ones, grown when it is empty.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::super::{BoxFuture, Options, Statement, Values};
use super::session::{Common, Session};
use crate::error::{Error, ErrorKind, Result};

#[derive(Debug)]
pub(super) struct Readers {
    pub(super) common: Arc<Common>,
    /// The idle ones; `None` once the store is shut down.
    idle: Mutex<Option<Vec<Session>>>,
    kept: usize,
    /// How many there are at most, and the permission for each.
    most: usize,
    all: Arc<Semaphore>,
    /// How many long reads run at once.
    long: Arc<Semaphore>,
    patience: Duration,
}

impl Readers {
    pub(super) fn new(common: Arc<Common>, options: &Options) -> Self {
        let kept = options.readers.max(1);
        Self {
            common,
            idle: Mutex::new(Some(Vec::new())),
            kept,
            most: options.connections.max(2),
            all: Arc::new(Semaphore::new(options.connections.max(2))),
            long: Arc::new(Semaphore::new(kept)),
            patience: options.busy,
        }
    }

    /// A reader; a new one if all are in use, as far as the server's connections may be used.
    pub(super) async fn take(self: &Arc<Self>) -> Result<Reader> {
        let permit = Arc::clone(&self.all).acquire_owned();
        let permit = match tokio::time::timeout(self.patience, permit).await {
            Ok(Ok(permit)) => permit,
            Ok(Err(_)) => return Err(super::super::gone()),
            Err(_) => {
                let text = "too many reads are waiting; try again";
                return Err(Error::new(ErrorKind::Unavailable, "busy", text));
            }
        };
        let idle = match self.idle().as_mut() {
            Some(idle) => std::iter::from_fn(|| idle.pop()).find(|idle| !idle.is_closed()),
            None => return Err(super::super::gone()),
        };
        let fresh = idle.is_none();
        let session = match idle {
            Some(session) => session,
            None => Session::open(&self.common).await.map_err(|error| self.while_running(error))?,
        };
        let readers = Arc::clone(self);
        Ok(Reader { session: Some(session), readers, fresh, holds: false, _permit: permit })
    }

    /// A server that does not let us in again is away, whatever it says.
    pub(super) fn while_running(&self, error: Error) -> Error {
        super::fault::away(self.common.place.name()).with_source(error)
    }

    /// The rows of one statement; asked once more if an idle connection had broken off.
    pub(super) async fn read(self: &Arc<Self>, statement: &Statement) -> Result<Vec<Values>> {
        loop {
            let reader = self.take().await?;
            match reader.query(statement).await {
                Err(error)
                    if !reader.fresh && error.all().iter().any(|it| it.code == "database_away") => {
                }
                result => return result,
            }
        }
    }

    /// How many are in use.
    pub(super) fn busy(&self) -> usize {
        self.most.saturating_sub(self.all.available_permits())
    }

    /// The permission for a long read.
    pub(super) async fn long(&self) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.long).acquire_owned().await.map_err(|_| super::super::gone())
    }

    /// Closes the idle ones, and the others when they come back.
    pub(super) fn close(&self) {
        self.long.close();
        self.all.close();
        let idle = self.idle().take();
        drop(idle);
    }

    fn give_back(&self, session: Session) {
        let surplus = match self.idle().as_mut() {
            Some(idle) if idle.len() < self.kept && !session.is_closed() => {
                idle.push(session);
                None
            }
            _ => Some(session),
        };
        drop(surplus);
    }

    fn idle(&self) -> MutexGuard<'_, Option<Vec<Session>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that reads; given back when dropped.
#[derive(Debug)]
pub(crate) struct Reader {
    session: Option<Session>,
    readers: Arc<Readers>,
    /// Whether nobody used it before.
    fresh: bool,
    /// Whether it holds a view of one moment.
    holds: bool,
    _permit: OwnedSemaphorePermit,
}

impl Reader {
    pub(crate) fn query<'a>(
        &'a self,
        statement: &'a Statement,
    ) -> BoxFuture<'a, Result<Vec<Values>>> {
        Box::pin(async move { self.session()?.query(statement).await })
    }

    pub(super) fn session(&self) -> Result<&Session> {
        self.session.as_ref().ok_or_else(super::super::gone)
    }

    /// From now on it sees this moment.
    pub(super) async fn hold(&mut self) -> Result<()> {
        // The view begins with the first read, not with BEGIN.
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1";
        self.holds = true;
        self.session()?.own(begin).await?;
        Ok(())
    }

    pub(super) fn is_fresh(&self) -> bool {
        self.fresh
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else { return };
        if !self.holds {
            self.readers.give_back(session);
        } else if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let readers = Arc::clone(&self.readers);
            runtime.spawn(async move {
                // One that cannot end its view is not used again.
                if session.own("ROLLBACK").await.is_ok() {
                    readers.give_back(session);
                }
            });
        }
    }
}
