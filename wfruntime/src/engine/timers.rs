//! Timers: rows that wake their executions when they are due.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::failpoint;
use super::lock;
use super::runner::LOOK;
use super::schedules;
use super::wake::{Wake, Woken, close_task, resolve_job};
use crate::core::Core;
use crate::error::{ErrorKind, Result};
use crate::execution::{Fields, Status, TIMERS};
use crate::store::Expect;
use crate::store::sql::{Condition, Delete, Op, Query, Select};
use crate::value::Type;

/// How many due ones are read at once.
const PAGE: u64 = 64;

/// When the next timer is due, as far as this process knows.
#[derive(Debug, Default)]
pub(super) struct Timers {
    next: Mutex<Option<Timestamp>>,
    changed: Notify,
    /// Held from the read of what is due until it is handed over.
    firing: tokio::sync::Mutex<()>,
}

impl Timers {
    /// A timer was written that is due then.
    pub(super) fn set(&self, due: Timestamp) {
        let mut next = lock(&self.next);
        if next.is_none_or(|next| due < next) {
            *next = Some(due);
            self.changed.notify_one();
        }
    }

    /// The table may have timers that this process was not told of.
    pub(super) fn look(&self) {
        self.changed.notify_one();
    }
}

/// Fires what is due, until the shutdown begins.
pub(super) async fn watch(core: Arc<Core>) {
    let timers = &core.engine.timers;
    while !core.engine.is_closing() {
        // Before the table is read: what is set meanwhile is then not overlooked.
        *lock(&timers.next) = None;
        let timers_due = next_of(&core, fire(&core).await);
        let schedules_due = next_of(&core, schedules::fire(&core, false).await);
        let next = timers_due.into_iter().chain(schedules_due).min();
        // What nobody told of is found as well.
        let look = core.clock.after(LOOK);
        let next = {
            let mut known = lock(&timers.next);
            let next = known.into_iter().chain(next).fold(look, Timestamp::min);
            *known = Some(next);
            next
        };
        tokio::select! {
            () = core.clock.until(next) => {}
            () = timers.changed.notified() => {}
            () = core.engine.closing() => {}
        }
    }
}

/// When the next one is due; soon again if they could not be read or fired.
fn next_of(core: &Core, due: Result<Due>) -> Option<Timestamp> {
    match due {
        Ok(due) => due.next,
        Err(error) => {
            if !core.engine.is_closing() {
                tracing::error!(%error, "timers or schedules cannot be read or fired");
            }
            Some(core.clock.after(std::time::Duration::from_secs(1)))
        }
    }
}

struct Timer {
    execution: i64,
    job_key: String,
    due: Timestamp,
    output: Option<String>,
}

/// What [`fire`] found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due {
    /// How many were due.
    pub(super) fired: usize,
    /// When the next one is.
    pub(super) next: Option<Timestamp>,
}

/// Fires all that are due, and says when the next one is.
pub(super) async fn fire(core: &Core) -> Result<Due> {
    let _firing = core.engine.timers.firing.lock().await;
    let mut fired = 0;
    loop {
        let query = Select {
            table: TIMERS,
            columns: vec![
                ("execution_id", Type::Int),
                ("job_key", Type::Text),
                ("due_at", Type::Timestamp),
                ("output", Type::Text),
            ],
            filter: Condition::always(),
            order: vec![("due_at", false)],
            limit: Some(PAGE),
            offset: None,
        };
        let now = core.clock.now();
        let rows = core.store.read(&query.build()).await?;
        let mut due = Vec::new();
        for row in rows {
            let mut from = Fields::new(row);
            let timer = Timer {
                execution: from.int()?,
                job_key: from.text()?,
                due: from.moment()?.unwrap_or(now),
                output: from.optional_text(),
            };
            if timer.due > now {
                fired += due.len();
                fire_all(core, due, now).await?;
                return Ok(Due { fired, next: Some(timer.due) });
            }
            due.push(timer);
        }
        if due.is_empty() {
            return Ok(Due { fired, next: None });
        }
        fired += due.len();
        fire_all(core, due, now).await?;
    }
}

/// One unit for each, all in the same group.
async fn fire_all(core: &Core, timers: Vec<Timer>, now: Timestamp) -> Result<()> {
    let fired = timers.into_iter().map(|timer| fire_one(core, timer, now));
    let mut failed = Ok(());
    for woken in futures_util::future::join_all(fired).await {
        match woken {
            Ok(Some(woken)) => core.engine.woken(woken.id, &woken.key, woken.record),
            Ok(None) => {}
            // The others are committed and have to go on.
            Err(error) => failed = Err(error),
        }
    }
    failed
}

async fn fire_one(core: &Core, timer: Timer, now: Timestamp) -> Result<Option<Woken>> {
    if timer.job_key.is_empty() {
        let text = "it took longer than it may";
        let ended = super::control::end(&core.store, timer.execution, Status::Aborted, now, text);
        core.engine.ended(&ended.await?);
        return remove(core, timer).await.map(|()| None);
    }
    let gone = removal(&timer, Expect::Unchanged);
    let mut statements = vec![gone];
    if timer.output.is_some() {
        statements.push(close_task(timer.execution, &timer.job_key, "timed_out", now));
        statements.push(resolve_job(timer.execution, &timer.job_key, timer.output, now));
    }
    let wake = Wake::new(timer.execution);
    failpoint("at_timer");
    let unit = core.store.write_reserved(move |tx| {
        Box::pin(async move {
            tx.batch(&statements).await?;
            wake.apply(tx).await
        })
    });
    let fired = unit.await;
    failpoint("after_timer");
    match fired {
        // A decision was faster: it closed the timer.
        Err(error) if error.kind() == ErrorKind::Conflict => Ok(None),
        fired => fired,
    }
}

async fn remove(core: &Core, timer: Timer) -> Result<()> {
    let removal = removal(&timer, Expect::Any);
    core.store
        .write_reserved(move |tx| Box::pin(async move { tx.execute(&removal).await.map(drop) }))
        .await
}

fn removal(timer: &Timer, expect: Expect) -> crate::store::Statement {
    let filter = Condition::All(vec![
        Condition::eq("execution_id", timer.execution),
        Condition::eq("job_key", timer.job_key.as_str()),
        Condition::Compare("due_at", Op::Eq, timer.due.into()),
    ]);
    Delete { table: TIMERS, filter }.expect(expect)
}
