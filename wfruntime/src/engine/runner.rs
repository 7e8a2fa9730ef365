//! The embedded runner: claims what may start, and runs it.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::drive::Drive;
use super::ending::Ending;
use super::failpoint::failpoint;
use super::journal::{self, Hold};
use super::queue::{Entry, Work};
use super::run::{Beginning, Run, Verdict};
use super::settle::{self, Settled, settle};
use super::unheard::Unheard;
use super::{Engine, lock, revisions};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::execution::wind_up::to;
use crate::execution::{EXECUTIONS, Fields, State, Status, read_snapshot};
use crate::store::sql::{Condition, Count, Op, Query, Select, Set, Update};
use crate::store::{Statement, Values};
use crate::trigger::Snapshot;
use crate::value::{Type, Value};
use crate::watch::Trace;
use crate::workflow::WorkflowMeta;

/// How often the table is looked into for what nobody told of.
pub(super) const LOOK: Duration = Duration::from_secs(5);
/// How many are claimed in one unit.
const CLAIM: usize = 64;
/// How many are read at once.
const PAGE: u64 = 512;
/// How many of one line are read at once; the queue keeps no more.
const LINE: u64 = 64;

/// Starts whatever may start, until the shutdown begins.
pub(super) async fn dispatch(core: Arc<Core>) {
    let engine = &core.engine;
    let mut look = core.clock.after(LOOK);
    while !engine.is_closing() {
        while lock(&engine.tasks).try_join_next().is_some() {}
        let work = engine.queue().next(CLAIM);
        let done = match work {
            Work::Wait => {
                if engine.queue().is_idle() {
                    engine.idle.notify_waiters();
                }
                tokio::select! {
                    () = engine.work.notified() => Ok(()),
                    () = core.clock.until(look) => {
                        look = core.clock.after(LOOK);
                        find_missed(&core).await
                    }
                }
            }
            Work::Claim(entries) => claim(&core, entries).await,
            Work::Page(state, after) => {
                let page = read_page(&core, state, after).await;
                page.inspect_err(|_| engine.queue().read_failed(None))
            }
            Work::Line(key, record) => {
                let line = read_line(&core, key, record).await;
                line.inspect_err(|_| engine.queue().read_failed(Some((key, record))))
            }
        };
        if let Err(error) = done
            && !engine.is_closing()
        {
            tracing::error!(%error, "queued executions cannot be started");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}

/// Looks into the table if it has more to start than memory knows of.
async fn find_missed(core: &Core) -> Result<()> {
    let Some(known) = core.engine.queue().to_start() else { return Ok(()) };
    let states = [State::Queued, State::Ready].map(|state| Value::from(state.as_str()));
    let filter = Condition::In("state", states.to_vec());
    let rows = core.store.read(&Count { table: EXECUTIONS, filter }.build()).await?;
    let found = rows.first().and_then(|row| row.first()).and_then(Value::as_int).unwrap_or(0);
    if usize::try_from(found)? > known {
        core.engine.queue().look();
    }
    Ok(())
}

/// An execution that this process has just claimed.
#[derive(Debug, Clone)]
struct Claim {
    hold: Hold,
    wakes: i64,
    started: Option<Timestamp>,
    version: u32,
    created: Option<Timestamp>,
    trace: Trace,
}

async fn claim(core: &Arc<Core>, entries: Vec<Entry>) -> Result<()> {
    let ids = |resumed: bool| -> Vec<Value> {
        let those = entries.iter().filter(|entry| entry.resumed == resumed);
        those.map(|entry| entry.id.into()).collect()
    };
    let mut claims = Vec::new();
    for (state, ids) in [(State::Queued, ids(false)), (State::Ready, ids(true))] {
        if !ids.is_empty() {
            claims.push(claiming(core, state, ids));
        }
    }
    failpoint("at_claim");
    let claims = Arc::new(claims);
    let unit = |store: crate::store::Store| {
        let claims = Arc::clone(&claims);
        async move {
            let written = store.write_reserved(move |tx| {
                Box::pin(async move {
                    let mut rows = Vec::new();
                    for claim in claims.iter() {
                        rows.append(&mut tx.query(claim).await?);
                    }
                    Ok(rows)
                })
            });
            written.await
        }
    };
    let read = |rows| read_claims(core, rows);
    let claimed = match core.patiently(unit).await.and_then(read) {
        Ok(claimed) => claimed,
        Err(error) => {
            // They stay in the table: a scan finds them again.
            let mut queue = core.engine.queue();
            entries.iter().for_each(|entry| queue.finished(entry.id, entry.workflow, entry.record));
            queue.look();
            return Err(error);
        }
    };
    failpoint("after_claim");
    for entry in entries {
        let Some(claim) = claimed.iter().find(|claim| claim.hold.id == entry.id) else {
            // Cancelled, or claimed by somebody else.
            core.engine.finished(entry.id, entry.workflow, entry.record);
            continue;
        };
        lock(&core.engine.tasks).spawn(execute(Arc::clone(core), entry, claim.clone()));
    }
    Ok(())
}

fn claiming(core: &Core, state: State, ids: Vec<Value>) -> Statement {
    let mut set = vec![
        ("state", to(State::Running.as_str())),
        ("status", to(Status::Started.as_str())),
        ("owner", to(core.engine.owner())),
        ("epoch", Set::Plus(1)),
    ];
    if state == State::Queued {
        set.push(("started_at", to(core.clock.now())));
    }
    Update {
        table: EXECUTIONS,
        set,
        filter: Condition::In("id", ids).and(Condition::eq("state", state.as_str())),
        returning: vec![
            ("id", Type::Int),
            ("epoch", Type::Int),
            ("wakes", Type::Int),
            ("started_at", Type::Timestamp),
            ("version", Type::Int),
            ("created_at", Type::Timestamp),
            ("trace_id", Type::Text),
            ("trace_parent", Type::Text),
            ("trace_state", Type::Text),
        ],
    }
    .build()
}

fn read_claims(core: &Core, rows: Vec<Values>) -> Result<Vec<Claim>> {
    let owner = core.engine.owner();
    let claim = |row| {
        let mut from = Fields::new(row);
        let hold = Hold { id: from.int()?, owner, epoch: from.int()? };
        let (wakes, started, version) = (from.int()?, from.moment()?, u32::try_from(from.int()?)?);
        let created = from.moment()?;
        let [id, parent, state] = [(); 3].map(|()| from.optional_text());
        let trace = Trace::stored(id.as_deref(), parent.as_deref(), state.as_deref());
        Ok(Claim { hold, wakes, started, version, created, trace })
    };
    rows.into_iter().map(claim).collect()
}

async fn read_page(core: &Core, state: State, after: i64) -> Result<()> {
    let filter = Condition::All(vec![
        Condition::eq("state", state.as_str()),
        Condition::Compare("id", Op::Gt, after.into()),
    ]);
    let rows = read_queued(core, filter, PAGE).await?;
    let whole = rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
    let last = rows.last().map(|(id, ..)| *id);
    let entries = entries(core, rows, state == State::Ready).await?;
    core.engine.queue().page_read(entries, last, whole);
    Ok(())
}

async fn read_line(core: &Core, key: &'static str, record: i64) -> Result<()> {
    let filter = Condition::All(vec![
        Condition::eq("key", key),
        Condition::eq("record_id", record),
        Condition::eq("state", State::Queued.as_str()),
    ]);
    let rows = read_queued(core, filter, LINE).await?;
    let whole = rows.len() < usize::try_from(LINE).unwrap_or(usize::MAX);
    let entries = entries(core, rows, false).await?;
    core.engine.queue().line_read((key, record), entries, whole);
    Ok(())
}

async fn read_queued(
    core: &Core,
    filter: Condition,
    limit: u64,
) -> Result<Vec<(i64, String, i64)>> {
    let query = Select {
        table: EXECUTIONS,
        columns: vec![("id", Type::Int), ("key", Type::Text), ("record_id", Type::Int)],
        filter,
        order: vec![("id", false)],
        limit: Some(limit),
        offset: None,
    };
    let row = |row| {
        let mut from = Fields::new(row);
        Ok((from.int()?, from.text()?, from.int()?))
    };
    core.store.read(&query.build()).await?.into_iter().map(row).collect()
}

/// The entries of rows; those whose workflow is gone from the program become stranded.
async fn entries(core: &Core, rows: Vec<(i64, String, i64)>, resumed: bool) -> Result<Vec<Entry>> {
    let mut entries = Vec::with_capacity(rows.len());
    let mut unknown = Vec::new();
    for (id, key, record) in rows {
        match core.workflows.get(&key) {
            Some((workflow, _)) => {
                entries.push(Entry { id, workflow, record, resumed, snapshot: None });
            }
            None => unknown.push((revisions::no_workflow(&key), key, id)),
        }
    }
    revisions::strand(core, unknown).await?;
    Ok(entries)
}

/// Runs one execution until it is final, waits, or is not this process's any more.
async fn execute(core: Arc<Core>, entry: Entry, claim: Claim) {
    let Claim { hold, mut wakes, started, version, created, trace } = claim;
    if let (Some(metrics), Some(waited)) = (&core.metrics, waited(created, started))
        && !entry.resumed
    {
        metrics.started(entry.workflow.key, waited);
    }
    let _place = Place { engine: &core.engine, entry: &entry };
    let Some((workflow, _)) = core.workflows.version(entry.workflow.key, version) else {
        let text = revisions::no_version(entry.workflow.key, version);
        if let Err(error) = settle::strand(&core, hold, entry.workflow.key, text).await {
            tracing::error!(execution = entry.id, %error, "an execution was given up");
        }
        return;
    };
    let mut resumed = entry.resumed;
    loop {
        let (entry, trace) = (&entry, &trace);
        let beginning = Start { entry, workflow, hold, wakes, started, trace, resumed };
        let result = match begin(&core, &beginning).await {
            Ok(run) => drive(&core, &run).await,
            // This process ends: the next one goes on.
            Err(error) if error.kind() == ErrorKind::Unavailable => Err(error),
            Err(error) => unreadable(&core, &beginning, &error).await,
        };
        match result {
            Ok(Settled::Done) => return,
            Ok(Settled::Again) => {}
            Err(error) => {
                if error.kind() != ErrorKind::Fenced && !core.engine.is_closing() {
                    tracing::error!(execution = entry.id, %error, "an execution was given up");
                }
                return;
            }
        }
        resumed = true;
        match read_wakes(&core, hold).await {
            Ok(Some(seen)) => wakes = seen,
            Ok(None) => return,
            Err(error) => {
                tracing::error!(execution = entry.id, %error, "an execution was given up");
                return;
            }
        }
    }
}

/// How long an execution waited for its start.
fn waited(created: Option<Timestamp>, started: Option<Timestamp>) -> Option<SignedDuration> {
    Some(started?.duration_since(created?))
}

/// Gives the execution's place in the queue back, whatever happens.
struct Place<'e> {
    engine: &'e Engine,
    entry: &'e Entry,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.engine.finished(self.entry.id, self.entry.workflow, self.entry.record);
    }
}

struct Start<'e> {
    entry: &'e Entry,
    workflow: &'static WorkflowMeta,
    hold: Hold,
    wakes: i64,
    started: Option<Timestamp>,
    trace: &'e Trace,
    resumed: bool,
}

async fn begin(core: &Arc<Core>, start: &Start<'_>) -> Result<Arc<Run>> {
    let workflow = start.workflow;
    let journal = if start.resumed {
        journal::read(core, start.hold.id).await?
    } else {
        std::collections::HashMap::new()
    };
    let snapshot = match &start.entry.snapshot {
        Some(snapshot) => Arc::clone(snapshot),
        None => Arc::new(stored_snapshot(core, start.hold.id, workflow).await?),
    };
    let deadline = workflow.timeout.zip(start.started).map(|(timeout, started)| {
        let timeout = jiff::SignedDuration::try_from(timeout).unwrap_or(jiff::SignedDuration::MAX);
        started.checked_add(timeout).unwrap_or(Timestamp::MAX)
    });
    Ok(Run::new(
        core,
        Beginning {
            workflow,
            snapshot,
            hold: start.hold,
            record: start.entry.record,
            wakes: start.wakes,
            in_request: false,
            is_rehearsal: false,
            started: start.started.unwrap_or_else(|| core.clock.now()),
            deadline,
            trace: start.trace.clone(),
            journal,
            resumed: start.resumed,
        },
    ))
}

async fn stored_snapshot(
    core: &Core,
    id: i64,
    workflow: &'static WorkflowMeta,
) -> Result<Snapshot> {
    let query = Select {
        table: EXECUTIONS,
        columns: vec![("context", Type::Text)],
        filter: Condition::eq("id", id),
        order: Vec::new(),
        limit: None,
        offset: None,
    };
    let row = core.read_patiently(&query.build()).await?.into_iter().next();
    let context = row.and_then(|row| Fields::new(row).optional_text());
    let context = context.ok_or_else(|| Error::internal("its context is not stored"))?;
    let (_, definition) = core
        .workflows
        .get(workflow.key)
        .ok_or_else(|| Error::internal("its workflow is not in the program"))?;
    read_snapshot(&context, definition)
}

/// Ends an execution whose context or journal cannot be read.
async fn unreadable(core: &Arc<Core>, start: &Start<'_>, error: &Error) -> Result<Settled> {
    let (now, text) = (core.clock.now(), format!("{error:?}"));
    let ending = Ending::new(start.hold.condition(), Status::Error, now, &text);
    let unit = |store: crate::store::Store| {
        let ending = ending.clone();
        async move {
            store.write_reserved(move |tx| Box::pin(async move { ending.apply(tx).await })).await
        }
    };
    core.engine.ended(&core.patiently(unit).await?);
    Ok(Settled::Done)
}

/// Polls the handler to a verdict, and writes it.
pub(super) async fn drive(core: &Core, run: &Arc<Run>) -> Result<Settled> {
    if run.is_fresh()
        && let Some(unheard) = Unheard::of(run.workflow, &run.snapshot)
    {
        return unheard.write(core, run.hold).await.map(|()| Settled::Done);
    }
    let entered = Entered::new(&core.engine, run);
    let verdict = Drive::new(run).await;
    drop(entered);
    if verdict == Verdict::Lost && !core.engine.is_closing() {
        // A false alarm, if it is still held: then it goes on from its journal.
        return Ok(Settled::Again);
    }
    settle(run, verdict).await
}

/// Makes a run known, so that it can be stopped from outside.
pub(super) struct Entered<'e>(&'e Engine, i64);

impl<'e> Entered<'e> {
    pub(super) fn new(engine: &'e Engine, run: &Arc<Run>) -> Self {
        engine.enter(run);
        Self(engine, run.hold.id)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.exit(self.1);
    }
}

async fn read_wakes(core: &Core, hold: Hold) -> Result<Option<i64>> {
    let query = Select {
        table: EXECUTIONS,
        columns: vec![("wakes", Type::Int)],
        filter: hold.condition(),
        order: Vec::new(),
        limit: None,
        offset: None,
    };
    let rows = core.read_patiently(&query.build()).await?;
    Ok(rows.first().and_then(|row| row.first()).and_then(Value::as_int))
}
