//! The half of a store that writes: a queue, the thread that empties it, and the word of its work.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{oneshot, watch};

use super::queue::{Queue, Tell};
use super::unit::{Purpose, UnitOfWork};
use super::{BoxFuture, Tx, gone};
use crate::error::{Error, Result};

/// A handle on the writer thread; the last one to go ends it.
#[derive(Debug)]
pub(super) struct Writing {
    queue: Arc<Queue>,
    thread: Mutex<Option<JoinHandle<()>>>,
    changes: watch::Sender<u64>,
}

impl Writing {
    pub(super) fn new(queue: Arc<Queue>, thread: JoinHandle<()>) -> Self {
        Self { queue, thread: Mutex::new(Some(thread)), changes: watch::Sender::default() }
    }

    /// Applies a unit, and tells of it; a `reserved` one though the queue is full.
    pub(super) async fn write<T, F, C>(&self, unit: F, reserved: bool, then: C) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
        C: FnOnce(&T) + Send + 'static,
    {
        let changes = self.changes.clone();
        let told = move |done: &T| {
            then(done);
            changes.send_modify(|number| *number = number.wrapping_add(1));
        };
        self.submit(unit, Purpose::Write, reserved, told)?.await.map_err(|_| gone())?
    }

    /// Applies a unit that is no news, from a thread that runs no tasks.
    pub(super) fn write_blocking<T, F>(&self, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let answered = self.submit(unit, Purpose::Write, true, |_| ())?;
        answered.blocking_recv().map_err(|_| gone())?
    }

    /// What others wrote, seen between two groups of our own.
    pub(super) async fn data_version(&self) -> Result<i64> {
        fn version(tx: &mut Tx) -> BoxFuture<'_, Result<i64>> {
            Box::pin(tx.data_version())
        }
        self.submit(version, Purpose::Look, true, |_| ())?.await.map_err(|_| gone())?
    }

    /// Queues a unit.
    ///
    /// `then` follows the commit, whether anybody waits for the answer or not.
    fn submit<T, F, C>(
        &self,
        unit: F,
        purpose: Purpose,
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
        self.queue.push(Box::new(UnitOfWork::new(unit, purpose, answer)), reserved)?;
        Ok(answered)
    }

    /// A number that changes with each unit that is committed and is news.
    #[cfg(feature = "page")]
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn waiting(&self) -> usize {
        self.queue.waiting()
    }

    pub(super) fn on_commit(&self, tell: Tell) {
        self.queue.on_commit(tell);
    }

    #[cfg(feature = "testing")]
    pub(super) fn refuse(&self) {
        self.queue.refuse();
    }

    /// Refuses further units, and waits until those that are queued are written.
    pub(super) async fn shutdown(self: &Arc<Self>) -> Result<()> {
        self.queue.close();
        let writing = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || writing.join()).await;
        done.map_err(|error| Error::internal("the store broke down").with_source(error))?
    }

    fn join(&self) -> Result<()> {
        // Held until it has ended, so that whoever shuts down second waits as well.
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        match thread.take() {
            // A unit may hold the last handle: the writer does not wait for itself.
            Some(thread) if thread.thread().id() != std::thread::current().id() => {
                thread.join().map_err(|_| Error::internal("the writer broke down"))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.queue.close();
        // The writer logs its own end; there is nobody left to tell.
        let _ = self.join();
    }
}
