//! The units that wait for the writer: bounded, many callers, one taker.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::unit::Unit;
use crate::error::{Error, ErrorKind, Result};

pub(super) struct Queue {
    state: Mutex<State>,
    /// Wakes the writer.
    filled: Condvar,
    limit: usize,
    /// Who is told of commits.
    told: OnceLock<Tell>,
}

/// Is told of a commit: how many units it had, and how long it took.
pub(super) type Tell = Box<dyn Fn(usize, Duration) + Send + Sync>;

#[derive(Default)]
struct State {
    units: VecDeque<Box<dyn Unit>>,
    closed: bool,
    /// Nothing more is taken, though what reads goes on.
    #[cfg(feature = "testing")]
    refuses: bool,
    /// Whether the writer sleeps: else waking it would be a system call for nothing.
    sleeping: bool,
}

/// What the writer finds when it asks for work.
pub(super) enum Work {
    /// Units were moved to its group.
    Units,
    /// Nothing came for as long as it was ready to wait.
    Idle,
    /// Nothing is left, and nothing will come.
    Closed,
}

impl Queue {
    pub(super) fn new(limit: usize) -> Self {
        let (state, told) = (Mutex::default(), OnceLock::new());
        Self { state, filled: Condvar::new(), limit, told }
    }

    /// Adds a unit, or refuses it at once; one with a place of its own though the queue is full.
    pub(super) fn push(&self, unit: Box<dyn Unit>, reserved: bool) -> Result<()> {
        let mut state = self.lock();
        #[cfg(feature = "testing")]
        if state.refuses {
            return Err(super::gone());
        }
        if state.closed {
            return Err(super::gone());
        }
        if !reserved && state.units.len() >= self.limit {
            return Err(Error::new(
                ErrorKind::Unavailable,
                "busy",
                "too many writes are waiting; try again",
            ));
        }
        state.units.push_back(unit);
        let wake = std::mem::take(&mut state.sleeping);
        drop(state);
        if wake {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Moves at most `most` units to `group`; waits for the first for `patience`, or for ever.
    pub(super) fn take(
        &self,
        group: &mut Vec<Box<dyn Unit>>,
        most: usize,
        patience: Option<Duration>,
    ) -> Work {
        let mut state = self.lock();
        while state.units.is_empty() {
            if state.closed {
                return Work::Closed;
            }
            state.sleeping = true;
            match patience {
                None => {
                    state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                Some(patience) => {
                    let waited = self.filled.wait_timeout(state, patience);
                    let (woken, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
                    state = woken;
                    if timeout.timed_out() && state.units.is_empty() && !state.closed {
                        state.sleeping = false;
                        return Work::Idle;
                    }
                }
            }
        }
        state.sleeping = false;
        let count = most.min(state.units.len());
        group.extend(state.units.drain(..count));
        Work::Units
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.lock().units.len()
    }

    /// Tells of each commit from now on; the first to ask is told.
    pub(super) fn on_commit(&self, tell: Tell) {
        let _ = self.told.set(tell);
    }

    /// A commit of so many units was made.
    pub(super) fn committed(&self, units: usize, took: Duration) {
        if let Some(tell) = self.told.get() {
            tell(units, took);
        }
    }

    /// Refuses what comes from now on, without an end of the writer.
    #[cfg(feature = "testing")]
    pub(super) fn refuse(&self) {
        self.lock().refuses = true;
    }

    /// Refuses what comes from now on.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_one();
    }

    /// Drops what waits: its callers learn that nothing was written.
    pub(super) fn abandon(&self) {
        let units = {
            let mut state = self.lock();
            state.closed = true;
            std::mem::take(&mut state.units)
        };
        drop(units);
    }

    /// Nothing can panic while it is held but the allocator: its state is always whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// However the writer's thread ends, nobody waits for it afterwards.
pub(super) struct Abandon(pub(super) Arc<Queue>);

impl Drop for Abandon {
    fn drop(&mut self) {
        self.0.abandon();
    }
}
