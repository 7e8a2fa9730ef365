//! Schedules: each moment that is due becomes an execution, once.
//!
//! A row tells up to which moment all is done, and the next one is computed from it. The unit that
//! writes an execution takes its moment, too: a moment that is taken runs no second time, whoever
//! finds it again, after a crash or a clock that was set back.
//!
//! Schedules by a date field keep nothing for each record. What is due is found by the field's
//! index: so a date counts whoever wrote it, before the schedule was declared or beside the
//! program, and a record that is gone or has another date is not found.

mod clock;
mod records;
mod state;

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};

use super::ending::Ended;
use super::lock;
use super::timers::Due;
use crate::collection::Row;
use crate::core::Core;
use crate::error::Result;
use crate::execution::{NewExecution, NewStatus};
use crate::registry::WorkflowDefinition;
use crate::schedule::Planned;
use crate::trigger::{self, About, Snapshot};
use crate::watch::Trace;
use state::State;

/// How often is looked for moments that had passed when their dates were written.
const LATE: SignedDuration = SignedDuration::from_mins(1);

/// What the engine keeps for its schedules.
#[derive(Debug, Default)]
pub(super) struct Schedules {
    /// Held while due moments are found and run.
    firing: tokio::sync::Mutex<()>,
    /// When was last looked for dates that were written late.
    looked: Mutex<Option<Timestamp>>,
}

/// A schedule at a moment.
struct Turn<'t> {
    core: &'t Arc<Core>,
    workflow: &'static WorkflowDefinition,
    planned: &'static Planned,
    state: State,
    now: Timestamp,
    /// Whether dates count that were written late.
    late: bool,
}

/// Runs what is due; with `late` also what had passed when it was written.
///
/// # Errors
///
/// What the store says; the schedules behind a broken one have had their turn.
pub(super) async fn fire(core: &Arc<Core>, late: bool) -> Result<Due> {
    let mut due = Due { fired: 0, next: None };
    if core.registry.schedules().next().is_none() {
        return Ok(due);
    }
    let _firing = core.engine.schedules.firing.lock().await;
    let now = core.clock.now();
    let late = late || is_late(core, now);
    let mut failed = Ok(());
    for turn in turns(core, now, late).await? {
        let found = match turn.planned.is_of_records() {
            true => records::fire(&turn).await,
            false => clock::fire(&turn).await,
        };
        match found {
            Ok(found) => {
                due.fired += found.fired;
                due.next = due.next.into_iter().chain(found.next).min();
            }
            Err(error) => failed = Err(error),
        }
    }
    failed.map(|()| due)
}

/// Brings the rows up to date with what the program declares.
///
/// # Errors
///
/// What the store says.
pub(super) async fn review(core: &Arc<Core>) -> Result<()> {
    let _firing = core.engine.schedules.firing.lock().await;
    turns(core, core.clock.now(), false).await.map(drop)
}

/// The schedules that are switched on.
async fn turns(core: &Arc<Core>, now: Timestamp, late: bool) -> Result<Vec<Turn<'_>>> {
    let mut states = state::read(&core.store).await?;
    let mut turns = Vec::new();
    for (workflow, planned) in core.registry.schedules() {
        let stored = states.remove(workflow.meta.key);
        let state = state::up_to_date(core, workflow.meta, planned, stored, now).await?;
        turns.extend(state.map(|state| Turn { core, workflow, planned, state, now, late }));
    }
    if !states.is_empty() {
        state::forget(&core.store, states.into_keys().collect()).await?;
    }
    Ok(turns)
}

/// Whether it is time to look for dates that were written late.
fn is_late(core: &Core, now: Timestamp) -> bool {
    let mut looked = lock(&core.engine.schedules.looked);
    let is_late = looked.is_none_or(|looked| now.duration_since(looked).abs() >= LATE);
    if is_late {
        *looked = Some(now);
    }
    is_late
}

/// The execution of a moment.
fn execution(
    core: &Core,
    workflow: &'static WorkflowDefinition,
    moment: Timestamp,
    record: Option<Row>,
) -> NewExecution {
    NewExecution {
        id: core.ids.next(&core.clock),
        workflow: workflow.meta,
        record: record.as_ref().map(Row::id),
        snapshot: Arc::new(Snapshot {
            action: workflow.meta.trigger.as_str().to_owned(),
            about: record.map_or(About::Nothing, About::One),
            before: None,
            changed: Vec::new(),
            each: Vec::new(),
            ids: Vec::new(),
            input: Some(trigger::input_of(moment)),
            user: None,
            role: String::new(),
        }),
        cause: Vec::new(),
        caller: None,
        trace: Trace::current(),
        status: NewStatus::Queued,
    }
}

impl Turn<'_> {
    /// Hands over what a unit wrote; how many executions.
    fn committed(&self, born: Vec<NewExecution>, ended: Vec<Ended>) -> usize {
        let count = born.len();
        ended.into_iter().for_each(|ended| self.core.engine.ended(&ended));
        self.core.engine.committed(born);
        count
    }

    fn key(&self) -> &'static str {
        self.workflow.meta.key
    }
}

/// The first moment of a schedule by the clock that has passed and has not run.
///
/// # Errors
///
/// As [`crate::store::Store::read`].
pub(super) async fn overdue(core: &Core, now: Timestamp) -> Result<Option<Timestamp>> {
    if core.registry.schedules().next().is_none() {
        return Ok(None);
    }
    let mut states = state::read(&core.store).await?;
    let mut first: Option<Timestamp> = None;
    for (workflow, planned) in core.registry.schedules() {
        let state = states.remove(workflow.meta.key).filter(|state| !state.off);
        let Some(state) = state.filter(|_| !planned.is_of_records()) else { continue };
        let from = planned.search_from(state.until, now);
        let next = clock::next(planned, state.runs, from).filter(|next| *next <= now);
        first = first.into_iter().chain(next).min();
    }
    Ok(first)
}

/// When a schedule runs next, and what ran last.
#[derive(Debug)]
pub(crate) struct Outlook {
    /// None if it is switched off, or has no further moment.
    pub(crate) next: Option<Timestamp>,
    /// The moment and its execution.
    pub(crate) last: Option<(Timestamp, i64)>,
}

/// The outlook of a workflow, if it is a schedule.
///
/// # Errors
///
/// As [`crate::store::Store::read`].
pub(crate) async fn outlook(core: &Core, workflow: &WorkflowDefinition) -> Result<Option<Outlook>> {
    let Some(planned) = &workflow.planned else { return Ok(None) };
    let now = core.clock.now();
    let state = state::read(&core.store).await?.remove(workflow.meta.key);
    let (runs, until) = state.as_ref().map_or((0, now), |state| (state.runs, state.until));
    let enabled = core.switches.is_enabled(&core.store, workflow.meta, now).await?;
    let next = match (enabled, planned.is_of_records()) {
        (false, _) => None,
        (true, true) => records::next(core, workflow, planned, now).await?,
        (true, false) => clock::next(planned, runs, until.max(now)),
    };
    Ok(Some(Outlook { next, last: state.and_then(|state| state.last) }))
}
