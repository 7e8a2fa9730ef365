//! The writer thread: takes what waits, commits it as one group, answers.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::super::Tx;
use super::super::queue::{Abandon, Queue, Work};
use super::super::transaction::TxInner;
use super::super::unit::Unit;
use super::connection::{Connection, Mode};
use super::file::Place;
use super::reader::Readers;
use crate::error::{Error, Result};

/// So long after the last group the log is copied into the database file.
const IDLE: Duration = Duration::from_millis(200);

/// A writer that never rests copies the log each time it grew by so many pages (16 MiB).
const LONG_LOG: i64 = 4096;

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
        if let Err(error) = tx.inner.into_sqlite().and_then(Connection::close) {
            tracing::warn!(%error, "the database was not closed cleanly; nothing is lost");
        }
        // Only now: the lock outlives the last connection.
        drop(place);
    })?;
    Ok(thread)
}

fn serve(tx: &mut Tx, queue: &Queue, most: usize) {
    let mut group = Vec::with_capacity(most);
    let mut log = Log::default();
    loop {
        let patience = log.pages.map(|_| IDLE);
        match queue.take(&mut group, most, patience) {
            Work::Units => {
                commit(tx, queue, &mut group);
                if let Ok(connection) = connection(tx) {
                    log.grown(connection);
                }
            }
            Work::Idle => {
                if let Ok(connection) = connection(tx) {
                    connection.checkpoint(Mode::Passive);
                }
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

fn connection(tx: &Tx) -> Result<&Connection> {
    tx.inner.sqlite()
}

/// Runs the units in one transaction, each undone alone if it fails, and answers all of them.
fn commit(tx: &mut Tx, queue: &Queue, group: &mut Vec<Box<dyn Unit>>) {
    let alone = group.len() == 1;
    let mut ran: Vec<Box<dyn Unit>> = Vec::with_capacity(group.len());
    let mut units = group.drain(..);
    loop {
        let begun = Instant::now();
        if let Err(error) = connection(tx).and_then(Connection::begin) {
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
        match done.and_then(|()| connection(tx)?.commit()) {
            Ok(()) => {
                queue.committed(ran.len(), begun.elapsed());
                answer(&mut ran, None);
            }
            // A full disk can also make SQLite give up the transaction in the middle: those that
            // ran are lost, the others have another try.
            Err(error) => {
                if let Ok(connection) = connection(tx) {
                    connection.rollback();
                }
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
        connection(tx)?.savepoint()?;
    }
    tx.broken = false;
    let kept = unit.run(tx);
    let connection = connection(tx)?;
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
