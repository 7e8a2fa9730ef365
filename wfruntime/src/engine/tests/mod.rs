//! The engine on a real store, with handlers written by hand.

mod asked;
mod branches;
mod busy;
mod calls;
mod delegated;
mod fit;
mod grammar;
mod lines;
#[cfg(target_os = "linux")]
mod memory;
mod people;
mod races;
mod records;
mod recovery;
mod replay;
#[cfg(feature = "request")]
mod requests;
mod shutdown;
mod signals;
mod sleep;
mod speed;
mod statements;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::tasks::{self, Submission, Task};
use super::{control, lease};
use crate::auth::Auth;
use crate::clock::Clock;
use crate::collection::{Definition, Location, Row};
use crate::context::Outcome;
use crate::core::{Core, Parts, Settings, States};
use crate::execution::{self, EXECUTIONS, Execution, Job, NewExecution, NewStatus, Status};
use crate::identity::{Actor, Identity};
use crate::prelude::*;
use crate::registry;
use crate::store::sql::{Condition, Count, Insert, OnConflict, Query, Set, Update};
use crate::store::{BoxFuture, Options, Store};
use crate::trigger::{About, Snapshot};
use crate::value::Value;
use crate::watch::Trace;
use crate::workflow::{Invocation, Mode, Overlap, Retry, WorkflowMeta};

/// A claim of the engine's tests.
#[collection(name = "engineClaims", table = "engine_claims")]
pub(super) struct Claim {
    pub(super) title: String,
    pub(super) amount: i64,
}

/// A payment of the engine's tests.
#[collection(name = "enginePayments", table = "engine_payments")]
pub(super) struct Payment {
    pub(super) claim: BelongsTo<Claim>,
    #[field(unique)]
    pub(super) reference: Option<String>,
    pub(super) amount: i64,
}

/// An offer of the engine's tests: numbers of several kinds.
#[collection(name = "engineOffers", table = "engine_offers")]
pub(super) struct Offer {
    pub(super) price: Decimal,
    pub(super) weight: Option<i32>,
    pub(super) score: f64,
    pub(super) name: String,
    pub(super) until: Option<Date>,
}

type Handler = fn(Invocation) -> BoxFuture<'static, Result<()>>;

/// The record that fired a handler, and what the handler may do.
pub(super) fn open(call: &Invocation) -> (Record<Claim>, Context) {
    let row = call.snapshot.record().expect("a record").clone();
    (Record::from_row(row).expect("a claim"), call.cx.clone())
}

pub(super) const fn workflow(key: &'static str, handler: Handler) -> WorkflowMeta {
    WorkflowMeta {
        key,
        title: key,
        collection: Some(|| <Claim as Collection>::META),
        handler,
        location: Location { file: "tests.rs", line: 1, column: 1 },
        ..WorkflowMeta::BARE
    }
}

/// An application with nothing but an engine, on a database of its own.
pub(super) struct World {
    pub(super) core: Arc<Core>,
    folder: Arc<tempfile::TempDir>,
}

pub(super) fn start_of_time() -> Timestamp {
    "2026-03-01T08:00:00Z".parse().expect("a moment")
}

impl World {
    /// Not started: executions stay queued.
    pub(super) async fn held(workflows: &[WorkflowMeta], clock: Clock) -> Self {
        Self::with(workflows, clock, Settings::default()).await
    }

    pub(super) async fn with(workflows: &[WorkflowMeta], clock: Clock, settings: Settings) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("engine.db").display());
        let store = Store::open(&url, Options::default()).await.expect("a store");
        let mut tables = execution::tables();
        let collections = [Claim::definition(), Payment::definition(), Offer::definition()];
        tables.push(registry::global().account().table_spec());
        tables.extend(collections.iter().map(|collection| collection.table_spec()));
        let plan = store.plan(&tables).await.expect("a plan");
        store.apply(&plan).await.expect("tables");
        let core = core(store, workflows, clock, settings, true).await;
        Self { core, folder: Arc::new(folder) }
    }

    pub(super) async fn started(workflows: &[WorkflowMeta]) -> Self {
        let world = Self::held(workflows, Clock::System).await;
        world.core.engine.start().await.expect("an engine");
        world
    }

    /// With a clock that stands still.
    pub(super) async fn still(workflows: &[WorkflowMeta]) -> Self {
        let world = Self::held(workflows, Clock::manual(start_of_time())).await;
        world.core.engine.start().await.expect("an engine");
        world
    }

    /// Another process that serves the same database; the first one is dead then.
    pub(super) async fn beside(&self, workflows: &[WorkflowMeta]) -> Self {
        self.joined_by(workflows, true).await
    }

    /// Another process on the same database.
    pub(super) async fn joined_by(&self, workflows: &[WorkflowMeta], serving: bool) -> Self {
        let (store, clock) = (self.core.store.clone(), self.core.clock.clone());
        let core = core(store, workflows, clock, self.core.settings.clone(), serving).await;
        Self { core, folder: Arc::clone(&self.folder) }
    }

    /// A claim, stored.
    pub(super) async fn claim(&self, amount: i64) -> Row {
        let definition = Claim::definition();
        let (core, now) = (&self.core, self.core.clock.now());
        let mut values = vec![Value::Null; definition.columns.len()];
        values[Definition::ID] = core.ids.next(&core.clock).into();
        values[Definition::CREATED_AT] = now.into();
        values[Definition::UPDATED_AT] = now.into();
        values[Definition::SYSTEM] = "Berlin".into();
        values[Definition::SYSTEM + 1] = amount.into();
        let insert = Insert {
            table: definition.table(),
            columns: definition.columns.iter().map(|column| column.name).collect(),
            rows: vec![values.clone()],
            conflict: OnConflict::Fail,
        };
        let insert = insert.build();
        let unit = core
            .store
            .write(move |tx| Box::pin(async move { tx.execute(&insert).await.map(drop) }));
        unit.await.expect("a claim");
        Row::new(definition, values)
    }

    pub(super) fn execution(&self, key: &str, claim: &Row, status: NewStatus) -> NewExecution {
        let (workflow, _) = self.core.workflows.get(key).expect("a workflow");
        NewExecution {
            id: self.core.ids.next(&self.core.clock),
            workflow,
            record: Some(claim.id()),
            snapshot: Arc::new(Snapshot {
                action: "create".into(),
                about: About::One(claim.clone()),
                before: None,
                changed: vec![Definition::SYSTEM],
                each: Vec::new(),
                ids: Vec::new(),
                input: None,
                user: None,
                role: "employee".into(),
            }),
            cause: Vec::new(),
            caller: None,
            trace: Trace::current(),
            status,
        }
    }

    /// Commits an execution without telling the engine.
    pub(super) async fn commit(&self, mut execution: NewExecution) -> NewExecution {
        let birth = execution.birth(&self.core).expect("statements");
        let unit = self
            .core
            .store
            .write(move |tx| Box::pin(async move { execution::bear(tx, &[birth]).await }));
        let ended = unit.await.expect("an execution");
        ended.into_iter().for_each(|ended| self.core.engine.ended(&ended));
        execution
    }

    /// Fires a workflow for a claim, as an action does.
    pub(super) async fn fire_for(&self, key: &str, claim: &Row) -> i64 {
        let execution = self.commit(self.execution(key, claim, NewStatus::Queued)).await;
        let id = execution.id;
        self.core.engine.committed(vec![execution]);
        id
    }

    pub(super) async fn fire(&self, key: &str) -> i64 {
        let claim = self.claim(500).await;
        self.fire_for(key, &claim).await
    }

    /// Decides a task as somebody.
    pub(super) async fn decide(
        &self,
        who: &Identity,
        task: i64,
        outcome: Outcome,
        comment: Option<String>,
    ) -> Result<Task> {
        let submission = Submission { comment, ..Submission::decision(outcome) };
        self.core.engine.submit(who, task, submission).await
    }

    /// The task of an execution.
    pub(super) async fn task_of(&self, execution: i64) -> Task {
        let filter = Condition::eq("execution_id", execution);
        let found =
            tasks::list(&self.core.store, &person(1, "root"), filter, Vec::new(), 10, 0).await;
        found.expect("tasks").0.into_iter().max_by_key(|task| task.id).expect("a task")
    }

    /// Until nothing is queued or running.
    pub(super) async fn settled(&self) {
        soon(self.core.engine.idle()).await;
    }

    pub(super) async fn found(&self, id: i64) -> (Execution, Vec<Job>) {
        let found = control::get(&self.core.store, id).await.expect("an execution");
        (found.execution, found.jobs)
    }

    pub(super) async fn status(&self, id: i64) -> Status {
        self.found(id).await.0.status
    }

    /// The status once nothing runs any more.
    pub(super) async fn outcome(&self, id: i64) -> (Status, Option<String>) {
        self.settled().await;
        let execution = self.found(id).await.0;
        (execution.status, execution.error)
    }

    /// Writes columns of an execution behind the engine's back.
    pub(super) async fn rewrite(&self, id: i64, set: Vec<(&'static str, Set)>) {
        let filter = Condition::eq("id", id);
        let update = Update { table: EXECUTIONS, set, filter, returning: Vec::new() }.build();
        let unit =
            self.core.store.write(move |tx| Box::pin(async move { tx.execute(&update).await }));
        assert_eq!(unit.await.expect("a write"), 1);
    }

    pub(super) async fn count(&self, definition: &Definition) -> i64 {
        let query = Count { table: definition.table(), filter: Condition::always() };
        let rows = self.core.store.read(&query.build()).await.expect("a count");
        rows[0][0].as_int().expect("a number")
    }

    pub(super) async fn payments(&self) -> i64 {
        self.count(Payment::definition()).await
    }
}

async fn core(
    store: Store,
    workflows: &[WorkflowMeta],
    clock: Clock,
    settings: Settings,
    serving: bool,
) -> Arc<Core> {
    let registry = registry::global();
    let membership =
        lease::join(&store, &clock, settings.lease, serving).await.expect("a membership");
    let tables = [Claim::definition(), Payment::definition(), Offer::definition()];
    let tables = tables.map(Definition::table);
    let largest_id = lease::largest_id(&store, &tables).await.expect("an id");
    let workflows = workflows.iter().map(|meta| {
        let meta: &'static WorkflowMeta = Box::leak(Box::new(*meta));
        (meta, Claim::definition())
    });
    Core::new(Parts {
        registry,
        store,
        clock,
        auth: Auth::new(registry, &settings, None).expect("roles"),
        link: crate::watch::Link::default(),
        metrics: None,
        settings,
        states: States::default(),
        webhooks: crate::webhook::Ring::default(),
        workflows: workflows.map(|(meta, definition)| (meta, Some(definition))).collect(),
        membership,
        largest_id,
    })
}

/// Waits for the end of an execution, however it is woken.
pub(super) async fn ended(world: &World, id: i64) -> Status {
    let begun = std::time::Instant::now();
    loop {
        let status = world.status(id).await;
        if !matches!(status, Status::Queued | Status::Started) {
            return status;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "it is `{status}` for ever");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The result of a future that must not take for ever.
pub(super) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it came to an end")
}

pub(super) fn person(id: i64, role: &str) -> Identity {
    let user = Actor { id, nickname: format!("user {id}"), email: None, roles: vec![role.into()] };
    Identity { user: Some(user), role: role.into() }
}
