//! What the test kit does to an engine: kill it at a moment, and wait until it rests.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use jiff::Timestamp;
use tokio::sync::watch;

use super::run::Nudge;
use super::{Engine, lock};
use super::{schedules, timers};
use crate::error::Result;

/// Where an engine is to be killed.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Before the node's unit or code, or after it.
    pub(crate) before: bool,
    /// The key of the workflow.
    pub(crate) workflow: &'static str,
    /// The key of the node's job.
    pub(crate) key: String,
}

impl Place {
    fn is(&self, moment: &str, workflow: &str, key: &str) -> bool {
        let now = self.before == moment.starts_with("before_");
        now && self.workflow == workflow && self.key == key
    }
}

/// What a test has in mind with an engine.
#[derive(Debug, Default)]
pub(super) struct Trial {
    place: Mutex<Option<Place>>,
    crashed: watch::Sender<bool>,
    /// Whether it was a run that a request waits for.
    in_request: AtomicBool,
    /// Whether the pauses between attempts take no time.
    skips_pauses: AtomicBool,
    /// When the last job was written, in microseconds since 1970.
    last_job: AtomicI64,
}

impl Trial {
    /// This moment, or one microsecond after that of the last job.
    pub(super) fn after_the_last(&self, now: Timestamp) -> Timestamp {
        let now = now.as_microsecond();
        let later = |last: i64| Some(now.max(last + 1));
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        let last = match self.last_job.fetch_update(set, fetch, later) {
            Ok(last) | Err(last) => last,
        };
        Timestamp::from_microsecond(now.max(last + 1)).unwrap_or(Timestamp::MAX)
    }
}

impl Engine {
    /// Kills this engine when an execution comes to that place.
    pub(crate) fn crash_at(&self, place: Place) {
        *lock(&self.trial.place) = Some(place);
    }

    /// The place that no execution has come to yet.
    pub(crate) fn crash_ahead(&self) -> Option<Place> {
        lock(&self.trial.place).clone()
    }

    /// Lets the clock go on by itself over the pauses between attempts.
    pub(crate) fn skip_pauses(&self) {
        self.trial.skips_pauses.store(true, Ordering::Relaxed);
    }

    pub(super) fn skip_pause(&self, until: Timestamp) {
        if self.trial.skips_pauses.load(Ordering::Relaxed)
            && let Some(core) = self.core.upgrade()
        {
            core.clock.advance_to(until);
        }
    }

    /// Kills the engine if this is the place.
    pub(super) fn crashes(
        &self,
        moment: &str,
        workflow: &str,
        key: &str,
        in_request: bool,
    ) -> bool {
        let is_here = |place: &mut Place| place.is(moment, workflow, key);
        let hit = lock(&self.trial.place).take_if(is_here).is_some();
        if hit {
            self.trial.in_request.store(in_request, Ordering::SeqCst);
            self.crash();
        }
        hit || *self.trial.crashed.borrow()
    }

    /// Stops as a killed process does: nothing is written from now on, no lease is given back.
    pub(crate) fn crash(&self) {
        if let Some(core) = self.core.upgrade() {
            core.store.refuse_writes();
        }
        self.closed.store(true, Ordering::SeqCst);
        self.close();
        lock(&self.runs).values().for_each(|run| run.nudge(Nudge::Drop));
        lock(&self.tasks).abort_all();
        self.trial.crashed.send_replace(true);
    }

    /// Whether it was killed.
    pub(crate) fn is_crashed(&self) -> bool {
        *self.trial.crashed.borrow()
    }

    /// Whether it was killed by what a request waits for, so that nobody answers that one.
    pub(crate) fn crashed_in_request(&self) -> bool {
        self.trial.in_request.load(Ordering::SeqCst)
    }

    /// Waits until it is killed.
    pub(crate) async fn crashed(&self) {
        // Fails only if the engine is gone, and we are in it.
        let _ = self.trial.crashed.subscribe().wait_for(|crashed| *crashed).await;
    }

    /// Ends the thread that renews the lease of a killed engine.
    pub(crate) async fn bury(&self) {
        let keeper = lock(&self.keeper).take();
        if let Some(keeper) = keeper {
            keeper.stop().await;
        }
    }

    /// Fires what is due until nothing is due, queued or running; when the next timer is due.
    pub(crate) async fn rest(&self) -> Result<Option<Timestamp>> {
        let core = self.core()?;
        loop {
            self.idle().await;
            let timers = timers::fire(&core).await?;
            let schedules = schedules::fire(&core, true).await?;
            if timers.fired + schedules.fired == 0 && self.queue().is_idle() {
                return Ok(timers.next.into_iter().chain(schedules.next).min());
            }
        }
    }
}
