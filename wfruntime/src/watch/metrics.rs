//! What is counted, for Prometheus: one set for each application.
//!
//! Its labels are words of the program's own: names of collections, actions, workflows and kinds
//! of nodes. No id, path or value gets here.

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::{Scrape, Token};
use crate::error::{Error, Result};
use crate::execution::Status;
use crate::store::{Load, Sizes};

/// What a request or a commit takes, in seconds.
const SHORT: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// What may wait for people, in seconds: up to a month.
const LONG: [f64; 12] =
    [0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0, 600.0, 3_600.0, 86_400.0, 604_800.0, 2_592_000.0];
/// How many units a commit has.
const UNITS: [f64; 7] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;
type Seconds = Gauge<f64, AtomicU64>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Action {
    collection: &'static str,
    action: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    collection: &'static str,
    action: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Workflow {
    workflow: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    workflow: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Node {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Table {
    table: String,
}

/// What an application counts and who may read it.
pub(crate) struct Metrics {
    token: Token,
    registry: Registry,
    actions: Family<Answered, Counter>,
    action_seconds: Histograms<Action>,
    ended: Family<Ended, Counter>,
    execution_seconds: Histograms<Workflow>,
    queued_seconds: Histograms<Workflow>,
    node_seconds: Histograms<Node>,
    commits: Commits,
    now: Now,
    pub(super) scrape: Scrape,
}

/// What the writer of the store counts.
#[derive(Debug, Clone)]
pub(crate) struct Commits {
    seconds: Histogram,
    units: Histogram,
}

/// What is looked up when somebody asks.
#[derive(Default)]
struct Now {
    open: Family<State, Gauge>,
    oldest: Seconds,
    tasks: Gauge,
    timers: Gauge,
    timer_late: Seconds,
    schedule_late: Seconds,
    lease: Seconds,
    writes: Gauge,
    readers: Gauge,
    bytes: Gauge,
    rows: Family<Table, Gauge>,
    table_bytes: Family<Table, Gauge>,
}

/// What is found in the engine's tables when somebody asks.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    /// Executions that are not final, by where they are in the engine.
    pub(crate) open: Vec<(&'static str, i64)>,
    /// How long the oldest one has waited for its start.
    pub(crate) oldest: SignedDuration,
    pub(crate) tasks: i64,
    pub(crate) timers: i64,
    pub(crate) timer_late: SignedDuration,
    pub(crate) schedule_late: SignedDuration,
    /// What is left of the lease; negative if it is lost.
    pub(crate) lease: SignedDuration,
}

impl Metrics {
    pub(crate) fn new(token: Token) -> Self {
        let mut metrics = Self {
            token,
            registry: Registry::default(),
            actions: Family::default(),
            action_seconds: Family::new_with_constructor(short),
            ended: Family::default(),
            execution_seconds: Family::new_with_constructor(long),
            queued_seconds: Family::new_with_constructor(long),
            node_seconds: Family::new_with_constructor(short),
            commits: Commits { seconds: short(), units: Histogram::new(UNITS) },
            now: Now::default(),
            scrape: Scrape::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        let start: Gauge = Gauge::default();
        start.set(Timestamp::now().as_second());
        registry.register("process_start_time_seconds", "When the program began", start);
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        let wf = registry.sub_registry_with_prefix("wf");
        wf.register("build", "The version of wfruntime", version);
        wf.register("actions", "Requests for actions that were answered", self.actions.clone());
        let text = "Time from a request for an action to its answer";
        wf.register("action_seconds", text, self.action_seconds.clone());
        wf.register("executions", "Executions that ended or were stranded", self.ended.clone());
        let text = "Time from an execution's start to its end, all its waiting in it";
        wf.register("execution_seconds", text, self.execution_seconds.clone());
        let text = "Time that an execution waited for its start";
        wf.register("execution_queued_seconds", text, self.queued_seconds.clone());
        let text = "Time that nodes ran, their waiting for people and timers left out";
        wf.register("node_seconds", text, self.node_seconds.clone());
        let text = "Time of a commit of the writer, its units in it";
        wf.register("commit_seconds", text, self.commits.seconds.clone());
        wf.register("commit_units", "Units of a commit", self.commits.units.clone());
        self.now.register(wf);
    }

    /// Whether this token may read them.
    pub(crate) fn is_read_with(&self, token: &str) -> bool {
        self.token.is(token)
    }

    /// An action of a collection was answered.
    pub(crate) fn acted(
        &self,
        (collection, action): (&'static str, &'static str),
        status: u16,
        took: Duration,
    ) {
        self.actions.get_or_create(&Answered { collection, action, status }).inc();
        let of = Action { collection, action };
        self.action_seconds.get_or_create(&of).observe(took.as_secs_f64());
    }

    /// An execution started, after having waited so long.
    pub(crate) fn started(&self, workflow: &'static str, waited: SignedDuration) {
        self.queued_seconds.get_or_create(&Workflow { workflow }).observe(seconds(waited));
    }

    /// An execution ended, or is stranded; how long it took if it had begun.
    pub(crate) fn ended(
        &self,
        workflow: &'static str,
        status: Status,
        took: Option<SignedDuration>,
    ) {
        let status = status.as_str();
        self.ended.get_or_create(&Ended { workflow, status }).inc();
        if let Some(took) = took {
            self.execution_seconds.get_or_create(&Workflow { workflow }).observe(seconds(took));
        }
    }

    /// A node ran.
    pub(crate) fn ran(&self, kind: &'static str, took: Duration) {
        self.node_seconds.get_or_create(&Node { kind }).observe(took.as_secs_f64());
    }

    pub(crate) fn commits(&self) -> Commits {
        self.commits.clone()
    }

    /// All of it, in the text format of OpenMetrics.
    ///
    /// # Errors
    ///
    /// A metric cannot be written as text.
    pub(super) fn written(&self, looked: &Looked, load: Load, sizes: &Sizes) -> Result<String> {
        self.now.set(looked, load, sizes);
        let mut text = String::new();
        encode(&mut text, &self.registry)
            .map_err(|error| Error::internal("the metrics cannot be written").with_source(error))?;
        Ok(text)
    }
}

impl Commits {
    /// The writer committed so many units.
    pub(crate) fn committed(&self, units: usize, took: Duration) {
        self.seconds.observe(took.as_secs_f64());
        self.units.observe(f64::from(u32::try_from(units).unwrap_or(u32::MAX)));
    }
}

impl Now {
    fn register(&self, wf: &mut Registry) {
        let text = "Executions that are not over, by where they are";
        wf.register("executions_open", text, self.open.clone());
        let text = "How long the oldest execution has waited for its start";
        wf.register("queue_oldest_seconds", text, self.oldest.clone());
        wf.register("tasks_open", "Tasks that wait for people", self.tasks.clone());
        wf.register("timers_due", "Timers whose moment has passed", self.timers.clone());
        let text = "By how much the oldest timer is late";
        wf.register("timer_late_seconds", text, self.timer_late.clone());
        let text = "By how much the moment of a schedule by the clock is late, the latest of all";
        wf.register("schedule_late_seconds", text, self.schedule_late.clone());
        let text = "Time left of the lease with which this process runs executions";
        wf.register("lease_seconds", text, self.lease.clone());
        wf.register("writer_queue", "Units that wait for the writer", self.writes.clone());
        wf.register("readers_busy", "Connections that read now", self.readers.clone());
        wf.register("database_bytes", "Size of the database", self.bytes.clone());
        let text = "Rows of a table: counted on SQLite, estimated by PostgreSQL";
        wf.register("table_rows", text, self.rows.clone());
        let text = "Size of a table with its indexes, on PostgreSQL";
        wf.register("table_bytes", text, self.table_bytes.clone());
    }

    fn set(&self, looked: &Looked, load: Load, sizes: &Sizes) {
        for (state, count) in &looked.open {
            self.open.get_or_create(&State { state }).set(*count);
        }
        self.oldest.set(seconds(looked.oldest));
        self.tasks.set(looked.tasks);
        self.timers.set(looked.timers);
        self.timer_late.set(seconds(looked.timer_late));
        self.schedule_late.set(seconds(looked.schedule_late));
        self.lease.set(looked.lease.as_secs_f64());
        self.writes.set(i64::try_from(load.waiting).unwrap_or(i64::MAX));
        self.readers.set(i64::try_from(load.reading).unwrap_or(i64::MAX));
        self.bytes.set(i64::try_from(sizes.bytes).unwrap_or(i64::MAX));
        for size in &sizes.tables {
            let table = Table { table: size.table.clone() };
            self.rows.get_or_create(&table).set(size.rows);
            if let Some(bytes) = size.bytes {
                self.table_bytes.get_or_create(&table).set(bytes);
            }
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// A clock that was set back took no time.
fn seconds(time: SignedDuration) -> f64 {
    time.as_secs_f64().max(0.0)
}

fn short() -> Histogram {
    Histogram::new(SHORT)
}

fn long() -> Histogram {
    Histogram::new(LONG)
}
