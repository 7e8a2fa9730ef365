//! One run of one execution: what its nodes share while its handler is polled.

mod before;
pub(crate) mod blocks;
mod calls;
mod fit;
mod heard;
mod limit;
mod rehearsal;
mod signals;
mod step;
mod unit;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures_util::task::AtomicWaker;
use jiff::Timestamp;
use tracing::Span;

pub(crate) use step::Effected;
use step::Step;

use super::failpoint::failpoint;
use super::journal::{self, Hold, Place};
use crate::change::Write;
use crate::collection::Definition;
use crate::context::Earlier;
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::execution::{Job, JobStatus, Status};
use crate::store::{Statement, Values};
use crate::trigger::Snapshot;
use crate::value::Value;
use crate::watch::{self, Trace};
use crate::workflow::WorkflowMeta;

/// One run of an execution, from the claim until it is final, waits or is given up.
pub(crate) struct Run {
    pub(crate) core: Arc<Core>,
    pub(crate) workflow: &'static WorkflowMeta,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) hold: Hold,
    /// The record in whose line it stands.
    pub(crate) record: i64,
    /// How often it had been woken when its journal was read.
    pub(crate) wakes: i64,
    /// Whether a request waits for it.
    pub(crate) in_request: bool,
    /// Whether no node of it begins.
    is_rehearsal: bool,
    /// When it was started first.
    pub(crate) started: Timestamp,
    /// When it is aborted at the latest.
    pub(crate) deadline: Option<Timestamp>,
    /// Its own span of the trace that it belongs to.
    pub(crate) trace: Trace,
    pub(crate) span: Span,
    /// Nodes that wait for the store or for own code.
    in_flight: AtomicU32,
    nudge: AtomicU8,
    pub(super) waker: AtomicWaker,
    state: Mutex<RunState>,
}

#[derive(Default)]
struct RunState {
    journal: HashMap<String, Job>,
    used: HashSet<String>,
    /// The position of the last node that it came to first.
    position: u32,
    /// Nodes that begin once it is certain that the journal fits.
    parked: HashMap<String, fit::Parked>,
    /// In a rehearsal, the nodes at which it stops.
    stops: Vec<String>,
    /// Jobs of nodes that only read: they are written with the next unit.
    unwritten: Unwritten,
    waits: BTreeMap<String, Wait>,
    /// The waits at the moment of the decision to suspend.
    sealed: Vec<(String, Wait)>,
    verdict: Option<Verdict>,
    messages: Vec<String>,
    /// The values that a pre-action set, by column.
    sets: Vec<(usize, Value)>,
    /// Whether it has tasks, timers or jobs that are not finished.
    loose: bool,
    /// Whether it wrote records.
    wrote: bool,
}

/// Jobs that no unit has committed yet, and how many were committed before them.
#[derive(Default)]
struct Unwritten {
    jobs: Vec<Statement>,
    before: usize,
}

/// Something that an execution waits for.
#[derive(Default)]
pub(crate) struct Wait {
    /// What writes it; nothing if it is written already.
    pub(crate) statements: Vec<Statement>,
    /// When it is over at the latest.
    pub(crate) due: Option<Timestamp>,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its end, and why.
    Final(Status, Option<String>),
    /// Its journal does not fit.
    Stranded(String),
    /// Nothing left to do until it is woken.
    Suspend,
    /// Another holds it, or it was cancelled: nothing of it is ours.
    Lost,
    /// This process ends; the next one goes on.
    Leave,
}

/// What is asked of a run from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nudge {
    /// Nothing.
    None = 0,
    /// Stop after the nodes that are in flight.
    Leave = 1,
    /// Stop at once.
    Drop = 2,
}

/// What a node finds when it begins.
pub(crate) enum Begun {
    /// It ran before: its output.
    Done(String),
    /// It has to run, or goes on with its attempts.
    New(Node),
}

/// A node that runs.
pub(crate) struct Node {
    pub(crate) place: Place,
    /// How often it was tried before.
    pub(crate) attempts: u32,
    /// Whether it waits already: its task and timers are written.
    pub(crate) waiting: bool,
    /// What its job kept when it began to wait.
    pub(crate) kept: Option<String>,
    pub(crate) span: Span,
    /// Its place in the trace.
    pub(crate) trace: Option<Trace>,
    flight: Flight,
}

/// What a node does in its unit.
pub(crate) enum Effect {
    /// These, and this is its output.
    Fixed(Vec<Write>, String),
    /// This, and its output is how many rows it changed.
    Counted(Write),
    /// This, and its output is the row that it returns, or null; with what its changed references
    /// lead to.
    Returned(Write, &'static Definition, Arc<Earlier>),
}

struct Flight {
    run: Arc<Run>,
    /// Since when it is watched, and the kind of its node.
    watched: Option<(Instant, &'static str)>,
}

impl Flight {
    fn begin(run: &Arc<Run>) -> Self {
        run.in_flight.fetch_add(1, Ordering::Relaxed);
        Self { run: Arc::clone(run), watched: None }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if let (Some((begun, kind)), Some(metrics)) = (self.watched, &self.run.core.metrics) {
            metrics.ran(kind, begun.elapsed());
        }
        self.run.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How a run begins.
pub(crate) struct Beginning {
    pub(crate) workflow: &'static WorkflowMeta,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) hold: Hold,
    /// The record in whose line it stands.
    pub(crate) record: i64,
    pub(crate) wakes: i64,
    pub(crate) in_request: bool,
    /// Whether it only shows how far its journal goes: no node of it begins.
    pub(crate) is_rehearsal: bool,
    /// When it was started first.
    pub(crate) started: Timestamp,
    pub(crate) deadline: Option<Timestamp>,
    /// The trace that it belongs to.
    pub(crate) trace: Trace,
    pub(crate) journal: HashMap<String, Job>,
    /// Whether it was started before.
    pub(crate) resumed: bool,
}

impl Run {
    pub(crate) fn new(core: &Arc<Core>, beginning: Beginning) -> Arc<Self> {
        let loose = beginning.resumed || beginning.workflow.timeout.is_some();
        let journal = beginning.journal;
        let position = journal.values().map(|job| job.position).max().unwrap_or(0);
        let state = RunState { journal, position, loose, ..RunState::default() };
        let (workflow, id) = (beginning.workflow, beginning.hold.id);
        let trace = beginning.trace.child();
        let span = match beginning.is_rehearsal {
            true => Span::none(),
            false => watch::run_span(workflow, id, &beginning.trace, &trace),
        };
        let trace = core.link.place(&span, Some(&beginning.trace), trace);
        Arc::new(Self {
            core: Arc::clone(core),
            workflow,
            snapshot: beginning.snapshot,
            hold: beginning.hold,
            record: beginning.record,
            wakes: beginning.wakes,
            in_request: beginning.in_request,
            is_rehearsal: beginning.is_rehearsal,
            started: beginning.started,
            deadline: beginning.deadline,
            trace,
            span,
            in_flight: AtomicU32::new(0),
            nudge: AtomicU8::new(Nudge::None as u8),
            waker: AtomicWaker::new(),
            state: Mutex::new(state),
        })
    }

    fn state(&self) -> MutexGuard<'_, RunState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks it to stop.
    pub(crate) fn nudge(&self, nudge: Nudge) {
        self.nudge.fetch_max(nudge as u8, Ordering::SeqCst);
        self.waker.wake();
    }

    pub(super) fn nudged(&self) -> Nudge {
        match self.nudge.load(Ordering::SeqCst) {
            0 => Nudge::None,
            1 => Nudge::Leave,
            _ => Nudge::Drop,
        }
    }

    pub(super) fn is_in_flight(&self) -> bool {
        self.in_flight.load(Ordering::Relaxed) > 0
    }

    /// Records how the run ends; the first verdict counts, whatever the handler does with it.
    pub(crate) fn decide(&self, verdict: Verdict) {
        self.state().verdict.get_or_insert(verdict);
    }

    /// Whether it is decided how the run ends.
    pub(crate) fn is_decided(&self) -> bool {
        self.state().verdict.is_some()
    }

    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.state().verdict.clone()
    }

    pub(crate) fn respond(&self, message: String) {
        self.state().messages.push(message);
    }

    pub(super) fn messages(&self) -> Vec<String> {
        self.state().messages.clone()
    }

    pub(super) fn is_loose(&self) -> bool {
        self.state().loose
    }

    pub(super) fn wrote(&self) -> bool {
        self.state().wrote
    }

    /// The jobs of what was read and is not written yet.
    pub(super) fn unwritten(&self) -> Vec<Statement> {
        self.state().unwritten.jobs.clone()
    }

    /// Keeps what the run waits for now, before its handler is dropped; whether it waits at all.
    pub(super) fn seal_waits(&self) -> bool {
        let mut state = self.state();
        state.sealed = std::mem::take(&mut state.waits).into_iter().collect();
        !state.sealed.is_empty()
    }

    pub(super) fn take_waits(&self) -> Vec<(String, Wait)> {
        std::mem::take(&mut self.state().sealed)
    }

    /// Begins a node, or answers it from the journal.
    ///
    /// After a verdict no node begins: the future never ends, and the engine drops it.
    pub(crate) async fn begin(self: &Arc<Self>, place: Place) -> Result<Begun> {
        match self.look_up(place) {
            Ok(Some(begun)) => Ok(begun),
            Ok(None) => std::future::pending().await,
            Err(error) => Err(error),
        }
    }

    fn look_up(self: &Arc<Self>, mut place: Place) -> Result<Option<Begun>> {
        let mut state = self.state();
        if state.verdict.is_some() {
            return Ok(None);
        }
        let stop = match self.nudged() {
            Nudge::None => None,
            Nudge::Leave => Some(Verdict::Leave),
            Nudge::Drop => Some(Verdict::Lost),
        };
        if stop.is_some() {
            state.verdict = stop;
            return Ok(None);
        }
        let limit = usize::try_from(self.core.settings.nodes_limit).unwrap_or(usize::MAX);
        if state.used.len() >= limit {
            let text = limit::too_many(limit, &place.key);
            state.verdict = Some(Verdict::Final(Status::Error, Some(text)));
            return Ok(None);
        }
        if !state.used.insert(place.key.clone()) {
            let text = format!("the node key `{}` is used twice", place.key);
            state.verdict = Some(Verdict::Final(Status::Error, Some(text)));
            return Ok(None);
        }
        let Some(mut job) = state.journal.remove(&place.key) else {
            state.position += 1;
            place.position = state.position;
            return Ok(Some(Begun::New(self.watched(place))));
        };
        place.position = job.position;
        (place.input, place.tries) = (job.input.take(), std::mem::take(&mut job.tries));
        if job.fingerprint != place.fingerprint || job.kind != place.kind {
            state.verdict = Some(Verdict::Stranded(fit::other_node(&job, &place)));
            return Ok(None);
        }
        match job.status {
            JobStatus::Resolved => Ok(Some(Begun::Done(job.output.unwrap_or_default()))),
            JobStatus::Error => Err(journal::read_error(job.error.as_deref())),
            JobStatus::Pending => {
                let (attempts, kept) = (job.attempts, job.output);
                let node = Node { attempts, waiting: true, kept, ..self.watched(place) };
                Ok(Some(Begun::New(node)))
            }
            JobStatus::Aborted => Ok(Some(Begun::New(self.watched(place)))),
        }
    }

    /// A node that runs for the first time, or has something to write after it waited.
    pub(crate) fn fresh(self: &Arc<Self>, place: Place) -> Node {
        let flight = Flight::begin(self);
        Node {
            place,
            attempts: 0,
            waiting: false,
            kept: None,
            span: Span::none(),
            trace: None,
            flight,
        }
    }

    /// Where a node stands in the trace.
    pub(crate) fn trace_of(&self, node: &Node) -> Trace {
        node.trace.clone().unwrap_or_else(|| self.trace.node(&node.place.key))
    }

    /// A node that the workflow comes to, with a span that ends with it.
    fn watched(self: &Arc<Self>, place: Place) -> Node {
        let mut node = self.fresh(place);
        if !self.is_rehearsal {
            node.span = watch::node_span(&node.place, &self.trace);
            // Otherwise it is found when it is asked for.
            node.trace = self.core.link.0.as_ref().map(|_| {
                let own = self.trace.node(&node.place.key);
                self.core.link.place(&node.span, None, own)
            });
            node.flight.watched = Some((Instant::now(), node.place.kind));
        }
        node
    }

    /// A moment at which a test can kill the process, or this application and with it the run.
    pub(crate) async fn moment(&self, name: &'static str, key: &str) {
        failpoint(name);
        #[cfg(feature = "testing")]
        if self.core.engine.crashes(name, self.workflow.key, key, self.in_request) {
            std::future::pending::<()>().await;
        }
        #[cfg(not(feature = "testing"))]
        let _ = key;
    }

    /// Runs a node's effect and writes its job in one unit.
    pub(crate) async fn commit(self: &Arc<Self>, node: &Node, effect: Effect) -> Result<Effected> {
        self.moment("before_node", &node.place.key).await;
        let step = match self.prepare(node, effect) {
            Ok(step) => step,
            Err(error) => return self.broke(node, error).await,
        };
        let limit = self.core.settings.payload_limit;
        let users = self.core.registry.account().table();
        let written = if step.is_about(users) {
            self.write_users(step, limit).await
        } else {
            self.write(Vec::new(), step, limit).await
        };
        self.moment("after_node", &node.place.key).await;
        match written {
            Ok(effected) => {
                self.state().wrote = true;
                Ok(effected)
            }
            Err(error) => self.broke(node, error).await,
        }
    }

    fn prepare(&self, node: &Node, effect: Effect) -> Result<Step> {
        let job = |output| {
            let tries = (None, node.attempts + 1);
            let id = self.hold.id;
            journal::write(&self.core, id, &node.place, JobStatus::Resolved, output, tries)
        };
        Ok(match effect {
            Effect::Fixed(writes, output) => {
                self.check_size(&node.place.key, output.len())?;
                Step::Fixed(writes, job(Some(output)))
            }
            Effect::Counted(write) => Step::Counted(write, job(None)),
            Effect::Returned(write, definition, earlier) => {
                Step::Returned(write, definition, earlier, job(None))
            }
        })
    }

    pub(crate) fn check_size(&self, key: &str, size: usize) -> Result<()> {
        let limit = self.core.settings.payload_limit;
        if size > limit {
            return Err(too_large(key, size, limit));
        }
        Ok(())
    }

    /// Writes what became of a node that has no effect on records.
    pub(crate) async fn record(
        self: &Arc<Self>,
        node: &Node,
        status: JobStatus,
        output: Option<String>,
        (error, attempts): (Option<&Error>, u32),
    ) -> Result<()> {
        if status == JobStatus::Pending {
            self.state().loose = true;
        }
        let tries = (error, attempts);
        let job = journal::write(&self.core, self.hold.id, &node.place, status, output, tries);
        match self.write(vec![job], Step::Done, 0).await {
            Ok(_) => Ok(()),
            Err(error) => self.given_up(error).await,
        }
    }

    /// What a node reads; a store that is busy is waited for, and one that closes ends the run.
    pub(crate) async fn read(
        self: &Arc<Self>,
        node: &Node,
        query: &Statement,
    ) -> Result<Vec<Values>> {
        match self.core.read_patiently(query).await {
            Ok(rows) => Ok(rows),
            Err(error) => self.broke(node, error).await,
        }
    }

    /// Keeps what a node has read; it is written with the next unit.
    pub(crate) async fn keep(self: &Arc<Self>, node: &Node, output: String) -> Result<()> {
        if let Err(error) = self.check_size(&node.place.key, output.len()) {
            return self.broke(node, error).await;
        }
        let (id, tries) = (self.hold.id, (None, 1));
        let job =
            journal::write(&self.core, id, &node.place, JobStatus::Resolved, Some(output), tries);
        self.state().unwritten.jobs.push(job);
        Ok(())
    }

    /// Writes what was read, before something outside depends on it.
    pub(crate) async fn flush(&self) -> Result<()> {
        if self.state().unwritten.jobs.is_empty() {
            return Ok(());
        }
        match self.write(Vec::new(), Step::Done, 0).await {
            Ok(_) => Ok(()),
            Err(error) => self.given_up(error).await,
        }
    }

    /// A node's effect failed: the job keeps why, so that replay takes the same way.
    pub(crate) async fn broke<T>(self: &Arc<Self>, node: &Node, error: Error) -> Result<T> {
        if matches!(error.kind(), ErrorKind::Fenced | ErrorKind::Unavailable) {
            return self.given_up(error).await;
        }
        watch::failed(&node.span, error.kind());
        let attempts = node.attempts + 1;
        self.record(node, JobStatus::Error, None, (Some(&error), attempts)).await?;
        Err(error)
    }

    /// The execution is not ours any more, or this process cannot write: the run stops here.
    async fn given_up<T>(&self, error: Error) -> Result<T> {
        match error.kind() {
            ErrorKind::Fenced | ErrorKind::Unavailable => {
                self.decide(Verdict::Lost);
                self.waker.wake();
                std::future::pending().await
            }
            _ => Err(error),
        }
    }

    /// Waits until the execution is woken: this run ends here, and the next one has the output.
    pub(crate) async fn wait(self: &Arc<Self>, node: Node, wait: Wait) -> Result<String> {
        let Node { place, waiting, flight, .. } = node;
        let wait = if waiting { Wait { statements: Vec::new(), ..wait } } else { wait };
        if !waiting {
            self.moment("before_wait", &place.key).await;
        }
        self.state().waits.insert(place.key.clone(), wait);
        drop(flight);
        let _armed = Armed(self, place.key);
        std::future::pending().await
    }
}

impl Run {
    /// Rests between two attempts; another execution may run meanwhile.
    pub(crate) async fn rest_until(&self, moment: Timestamp) {
        let engine = &self.core.engine;
        #[cfg(feature = "testing")]
        engine.skip_pause(moment);
        let _rest = (!self.in_request && engine.pause()).then(|| Rest(self));
        tokio::select! {
            () = self.core.clock.until(moment) => {}
            () = engine.closing() => {
                self.decide(Verdict::Leave);
                self.waker.wake();
                std::future::pending().await
            }
        }
    }
}

/// Takes the place of a run that rested again.
struct Rest<'r>(&'r Run);

impl Drop for Rest<'_> {
    fn drop(&mut self) {
        self.0.core.engine.resume();
    }
}

/// Disarms a wait whose future is dropped, as the loser of a race is.
struct Armed<'r>(&'r Run, String);

impl Drop for Armed<'_> {
    fn drop(&mut self) {
        self.0.state().waits.remove(&self.1);
    }
}

fn too_large(what: &str, size: usize, limit: usize) -> Error {
    Error::new(
        ErrorKind::TooLarge,
        "payload_limit",
        format!("the result of `{what}` has {size} bytes, over the limit of {limit}"),
    )
}
