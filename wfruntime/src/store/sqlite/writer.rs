//! The writer thread: takes what waits, commits it as one group, answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;
use std::time::Duration;

use super::super::transaction::TxInner;
use super::super::{BoxFuture, Tx};
use super::connection::{Connection, Mode};
use super::file::Place;
use super::queue::{Queue, Work};
use super::reader::Readers;
use crate::error::{Error, Result};

/// So long after the last group the log is copied into the database file.
const IDLE: Duration = Duration::from_millis(200);

/// A writer that never rests copies the log each time it grew by so many pages (16 MiB).
const LONG_LOG: i64 = 4096;

/// A unit of work whose type is forgotten, so that different ones stand in one queue.
pub(super) trait Unit: Send {
    /// Runs it; says whether it may be committed.
    fn run(&mut self, tx: &mut Tx) -> bool;

    /// Tells its caller: its own result, or why its group was not committed.
    fn answer(self: Box<Self>, lost: Option<&Error>);
}

pub(super) struct UnitOfWork<T, F, A> {
    unit: Option<F>,
    result: Option<Result<T>>,
    answer: A,
}

impl<T, F, A> UnitOfWork<T, F, A> {
    /// `answer` is called on the writer's thread, once the unit is committed or undone.
    pub(super) fn new(unit: F, answer: A) -> Self {
        Self { unit: Some(unit), result: None, answer }
    }
}

impl<T, F, A> Unit for UnitOfWork<T, F, A>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    A: FnOnce(Result<T>) + Send + 'static,
{
    fn run(&mut self, tx: &mut Tx) -> bool {
        let Some(unit) = self.unit.take() else { return false };
        // The transaction is rolled back after a panic: nothing half-done is seen by anybody.
        let polled = catch_unwind(AssertUnwindSafe(|| {
            let mut future = unit(tx);
            match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(result) => result,
                Poll::Pending => Err(Error::internal(
                    "a unit of work waited for something else than its transaction",
                )),
            }
        }));
        let result = match polled {
            Ok(Ok(_)) if tx.broken => {
                Err(Error::internal("a unit ended well after one of its statements had failed"))
            }
            Ok(result) => result,
            Err(panic) => Err(Error::internal(format!("a unit panicked: {}", words(&*panic)))),
        };
        self.result.insert(result).is_ok()
    }

    fn answer(self: Box<Self>, lost: Option<&Error>) {
        let result = match (self.result, lost) {
            (Some(Ok(_)) | None, Some(lost)) => Err(again(lost)),
            (Some(result), _) => result,
            (None, None) => Err(super::super::gone()),
        };
        let answer = self.answer;
        // Whatever becomes of the answer, the thread goes on.
        if catch_unwind(AssertUnwindSafe(|| answer(result))).is_err() {
            tracing::error!("what follows a commit panicked");
        }
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// The same error for another caller.
fn again(error: &Error) -> Error {
    Error::faults(error.kind(), error.all().to_vec())
}

/// Starts the thread; it ends when the queue is closed and empty.
pub(super) fn spawn(
    connection: Connection,
    place: Place,
    queue: &Arc<Queue>,
    readers: &Arc<Readers>,
    most: usize,
) -> Result<JoinHandle<()>> {
    let queue = Abandon(Arc::clone(queue));
    let readers = Arc::clone(readers);
    let thread = std::thread::Builder::new().name("wf-writer".into()).spawn(move || {
        let mut tx = Tx { inner: TxInner::Sqlite(connection), broken: false };
        serve(&mut tx, &queue.0, most);
        readers.close();
        let TxInner::Sqlite(connection) = tx.inner;
        if let Err(error) = connection.close() {
            tracing::warn!(%error, "the database was not closed cleanly; nothing is lost");
        }
        // Only now: the lock outlives the last connection.
        drop(place);
    })?;
    Ok(thread)
}

/// However the thread ends, nobody waits for it afterwards.
struct Abandon(Arc<Queue>);

impl Drop for Abandon {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

fn serve(tx: &mut Tx, queue: &Queue, most: usize) {
    let mut group = Vec::with_capacity(most);
    let mut log = Log::default();
    loop {
        let patience = log.pages.map(|_| IDLE);
        match queue.take(&mut group, most, patience) {
            Work::Units => {
                commit(tx, &mut group);
                log.grown(connection(tx));
            }
            Work::Idle => {
                connection(tx).checkpoint(Mode::Passive);
                log = Log::default();
            }
            Work::Closed => return,
        }
    }
}

/// How long the log is, and from where on it is copied though the writer is busy.
#[derive(Default)]
struct Log {
    /// `None` if nothing was written since it was copied.
    pages: Option<i64>,
    copied_at: i64,
}

impl Log {
    fn grown(&mut self, connection: &Connection) {
        let pages = connection.log_pages();
        if self.pages.is_some_and(|before| pages < before) {
            // It was copied to the end, and is written from its start again.
            self.copied_at = 0;
        }
        self.pages = Some(pages);
        // A view of an old moment may keep it from being copied: not tried again at once.
        if pages > self.copied_at + LONG_LOG {
            connection.checkpoint(Mode::Passive);
            self.copied_at = pages;
        }
    }
}

fn connection(tx: &Tx) -> &Connection {
    let TxInner::Sqlite(connection) = &tx.inner;
    connection
}

/// Runs the units in one transaction, each undone alone if it fails, and answers all of them.
fn commit(tx: &mut Tx, group: &mut Vec<Box<dyn Unit>>) {
    let alone = group.len() == 1;
    let mut ran: Vec<Box<dyn Unit>> = Vec::with_capacity(group.len());
    let mut units = group.drain(..);
    loop {
        if let Err(error) = connection(tx).begin() {
            units.for_each(|unit| unit.answer(Some(&error)));
            return;
        }
        let mut done = Ok(());
        for mut unit in units.by_ref() {
            done = run(tx, &mut *unit, alone);
            ran.push(unit);
            if done.is_err() {
                break;
            }
        }
        match done.and_then(|()| connection(tx).commit()) {
            Ok(()) => answer(&mut ran, None),
            // A full disk can also make SQLite give up the transaction in the middle: those that
            // ran are lost, the others have another try.
            Err(error) => {
                connection(tx).rollback();
                tracing::error!(%error, units = ran.len(), "a group was not committed");
                answer(&mut ran, Some(&error));
            }
        }
        if units.len() == 0 {
            return;
        }
    }
}

/// Runs one unit and undoes it if it fails; an error is the end of the whole transaction.
fn run(tx: &mut Tx, unit: &mut dyn Unit, alone: bool) -> Result<()> {
    if !alone {
        connection(tx).savepoint()?;
    }
    tx.broken = false;
    let kept = unit.run(tx);
    let connection = connection(tx);
    connection.still_open()?;
    match (alone, kept) {
        (true, true) => Ok(()),
        // Nothing is left to commit; an empty transaction costs nothing.
        (true, false) => connection.restart(),
        (false, true) => connection.release(),
        (false, false) => connection.undo(),
    }
}

fn answer(ran: &mut Vec<Box<dyn Unit>>, lost: Option<&Error>) {
    for unit in ran.drain(..) {
        unit.answer(lost);
    }
}
