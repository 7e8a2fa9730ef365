//! When and where executions run: queue, lease, replay, timers, tasks.
//!
//! It knows rows, workflows and the store; it refuses to know requests, roles' rights and HTTP.

pub(crate) mod around;
pub(crate) mod before;
pub(crate) mod control;
#[cfg(feature = "testing")]
pub(crate) mod crash;
mod drive;
pub(crate) mod ending;
mod failpoint;
mod housekeeping;
pub(crate) mod journal;
pub(crate) mod lease;
mod look;
mod queue;
#[cfg(feature = "testing")]
pub(crate) mod rehearse;
pub(crate) mod restart;
mod revisions;
pub(crate) mod run;
mod runner;
pub(crate) mod schedules;
pub(crate) mod settle;
pub(crate) mod signals;
mod sync;
pub(crate) mod tasks;
#[cfg(test)]
mod tests;
mod timers;
mod unheard;
mod wake;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

pub(crate) use failpoint::failpoint;
use lease::{Keeper, Membership};
use queue::{Entry, Queue};
use run::{Nudge, Run};
pub(crate) use sync::SyncOutcome;

use crate::core::Core;
use crate::error::{Error, Result};
use crate::execution::{NewExecution, NewStatus};
use crate::workflow::WorkflowMeta;
pub(crate) use look::look;

/// How many executions are kept in memory before they start.
const IN_MEMORY: usize = 4096;

/// Runs the executions of one process; reached as `core.engine`.
pub(crate) struct Engine {
    core: Weak<Core>,
    membership: Membership,
    queue: Mutex<Queue>,
    /// The runs of this process, by execution.
    runs: Mutex<HashMap<i64, Arc<Run>>>,
    /// Something may start.
    work: Notify,
    /// Nothing is queued or running.
    idle: Notify,
    /// A run came to its end.
    left: Notify,
    timers: timers::Timers,
    schedules: schedules::Schedules,
    /// True from the beginning of the shutdown.
    closing: watch::Sender<bool>,
    closed: AtomicBool,
    tasks: Mutex<JoinSet<()>>,
    keeper: Mutex<Option<Keeper>>,
    #[cfg(feature = "testing")]
    trial: crash::Trial,
}

impl Engine {
    pub(crate) fn new(core: Weak<Core>, membership: Membership, parallel: usize) -> Self {
        Self {
            core,
            membership,
            queue: Mutex::new(Queue::new(parallel, IN_MEMORY)),
            runs: Mutex::default(),
            work: Notify::new(),
            idle: Notify::new(),
            left: Notify::new(),
            timers: timers::Timers::default(),
            schedules: schedules::Schedules::default(),
            closing: watch::Sender::new(false),
            closed: AtomicBool::new(false),
            tasks: Mutex::default(),
            keeper: Mutex::default(),
            #[cfg(feature = "testing")]
            trial: crash::Trial::default(),
        }
    }

    /// Begins to run executions: takes over what dead processes held, then whatever is queued.
    ///
    /// With [`crate::Settings::parallel`] zero, executions are held back and only timers run.
    ///
    /// # Errors
    ///
    /// The store cannot be written.
    pub(crate) async fn start(&self) -> Result<()> {
        let core = self.core()?;
        let taken = lease::take_over(&core, true).await?;
        if taken > 0 {
            tracing::info!(executions = taken, "took over from a process that is gone");
        }
        revisions::review(&core).await?;
        schedules::review(&core).await?;
        let engine = Weak::clone(&self.core);
        let keeper = Keeper::start(&core, move || {
            tracing::error!("another process has the number of this one: executions stop here");
            if let Some(core) = engine.upgrade() {
                core.engine.close();
            }
        })?;
        *lock(&self.keeper) = Some(keeper);
        self.queue().look();
        let mut tasks = lock(&self.tasks);
        tasks.spawn(runner::dispatch(Arc::clone(&core)));
        tasks.spawn(timers::watch(Arc::clone(&core)));
        tasks.spawn(housekeeping::keep(core));
        Ok(())
    }

    /// Hands over what an action has committed, as it wrote it.
    ///
    /// Those that wait in line start at once, without being read again; synchronous ones are for
    /// [`Self::run_sync`] and are left alone.
    pub(crate) fn committed(&self, executions: Vec<NewExecution>) {
        failpoint("after_commit");
        let mut queue = self.queue();
        for execution in executions {
            let (key, line) = (execution.workflow.key, execution.line());
            if execution.workflow.overlap == crate::workflow::Overlap::CancelPrevious {
                self.drop_earlier(key, execution.record, execution.id);
            }
            if matches!(execution.status, NewStatus::Error(_)) {
                self.count(key, execution.status());
            }
            if execution.status == NewStatus::Queued {
                queue.add(Entry {
                    id: execution.id,
                    workflow: execution.workflow,
                    record: line,
                    resumed: false,
                    snapshot: Some(execution.snapshot),
                });
            }
        }
        let wanted = queue.has_work();
        drop(queue);
        // Where all places are taken, whoever leaves one looks again.
        if wanted {
            self.work.notify_one();
        }
    }

    /// Hands over executions that can go on, after the unit that woke them.
    pub(crate) fn woken(&self, id: i64, key: &str, record: i64) {
        let Some((workflow, _)) = self.core.upgrade().and_then(|core| core.workflows.get(key))
        else {
            return;
        };
        self.queue().add(Entry { id, workflow, record, resumed: true, snapshot: None });
        self.work.notify_one();
    }

    /// Looks into the table for what other processes wrote.
    pub(crate) fn look(&self) {
        self.queue().look();
        self.work.notify_one();
    }

    /// A timer was written that is due then.
    pub(crate) fn timer_set(&self, due: Timestamp) {
        self.timers.set(due);
    }

    /// Drops the run of an execution that was ended or taken by somebody else.
    pub(crate) fn drop_run(&self, id: i64) {
        if let Some(run) = lock(&self.runs).get(&id) {
            run.nudge(Nudge::Drop);
        }
    }

    fn drop_earlier(&self, key: &str, record: Option<i64>, id: i64) {
        for (other, run) in &*lock(&self.runs) {
            let is_of_line = record.is_none_or(|record| run.record == record);
            if *other != id && run.workflow.key == key && is_of_line {
                run.nudge(Nudge::Drop);
            }
        }
    }

    /// The place of this process among those on the database.
    #[must_use]
    pub(crate) fn membership(&self) -> &Membership {
        &self.membership
    }

    /// Under which this process holds executions.
    #[must_use]
    pub(crate) fn owner(&self) -> i64 {
        self.membership.owner()
    }

    /// Waits until nothing is queued or running in this process; waiting ones do not count.
    pub(crate) async fn idle(&self) {
        loop {
            let mut idle = std::pin::pin!(self.idle.notified());
            idle.as_mut().enable();
            if self.queue().is_idle() {
                return;
            }
            idle.await;
        }
    }

    /// Stops: nothing more starts, nodes in flight come to their end within `grace`, what is
    /// unfinished stays ready for the next process.
    ///
    /// # Errors
    ///
    /// The store cannot be written; then the next process takes over once the lease has expired.
    pub(crate) async fn shutdown(&self, grace: Duration) -> Result<()> {
        let core = self.core()?;
        self.close();
        let runs = || lock(&self.runs).values().cloned().collect::<Vec<_>>();
        runs().iter().for_each(|run| run.nudge(Nudge::Leave));
        if tokio::time::timeout(grace, self.at_rest()).await.is_err() {
            runs().iter().for_each(|run| run.nudge(Nudge::Drop));
            let more = grace.min(Duration::from_secs(1));
            if tokio::time::timeout(more, self.at_rest()).await.is_err() {
                tracing::warn!("some executions block their thread and are left behind");
                lock(&self.tasks).abort_all();
            }
        }
        self.closed.store(true, Ordering::SeqCst);
        lease::let_go(&core).await?;
        let keeper = lock(&self.keeper).take();
        if let Some(keeper) = keeper {
            keeper.stop().await;
        }
        lease::leave(&core.store, &self.membership).await
    }

    /// Waits for the end of every task, those too that begin meanwhile, and of the runs that
    /// requests wait for.
    async fn at_rest(&self) {
        loop {
            let mut left = std::pin::pin!(self.left.notified());
            left.as_mut().enable();
            let next = |cx: &mut std::task::Context<'_>| lock(&self.tasks).poll_join_next(cx);
            while std::future::poll_fn(next).await.is_some() {}
            if lock(&self.runs).is_empty() {
                return;
            }
            left.await;
        }
    }

    fn close(&self) {
        self.closing.send_replace(true);
        self.work.notify_one();
    }

    /// Whether the shutdown has begun.
    pub(crate) fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Waits for the beginning of the shutdown.
    pub(crate) async fn closing(&self) {
        // Fails only if the engine is gone, and we are in it.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }

    /// A run rests: another may take its place meanwhile. Whether it gave it up.
    pub(crate) fn pause(&self) -> bool {
        let paused = self.queue().pause();
        self.work.notify_one();
        paused
    }

    /// A run that gave up its place goes on.
    pub(crate) fn resume(&self) {
        self.queue().resume();
    }

    /// When a job was written. A test's clock may stand still, and its jobs are in order anyhow.
    pub(crate) fn moment_of_a_job(&self, now: Timestamp) -> Timestamp {
        #[cfg(feature = "testing")]
        let now = self.trial.after_the_last(now);
        now
    }

    fn core(&self) -> Result<Arc<Core>> {
        self.core.upgrade().ok_or_else(|| Error::internal("the application is gone"))
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        lock(&self.queue)
    }

    fn enter(&self, run: &Arc<Run>) {
        lock(&self.runs).insert(run.hold.id, Arc::clone(run));
        if self.is_closing() {
            run.nudge(Nudge::Leave);
        }
    }

    fn exit(&self, id: i64) {
        lock(&self.runs).remove(&id);
        self.left.notify_waiters();
    }

    fn finished(&self, id: i64, workflow: &'static WorkflowMeta, record: i64) {
        let mut queue = self.queue();
        queue.finished(id, workflow, record);
        if queue.is_idle() {
            self.idle.notify_waiters();
        }
        drop(queue);
        self.work.notify_one();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
