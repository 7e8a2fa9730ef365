//! What a running application shares: store, clock, ids, settings, engine, and the program's own
//! state.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::action::UnderWay;
use crate::auth::Auth;
use crate::clock::Clock;
use crate::collection::Definition;
use crate::engine::Engine;
use crate::engine::lease::Membership;
use crate::ids::Ids;
use crate::registry::Registry;
use crate::retention::Retention;
use crate::store::Store;
use crate::switches::Switches;
use crate::watch::{Link, Metrics};
use crate::webhook::Ring;
use crate::workflow::WorkflowMeta;

/// What a running application shares.
pub struct Core {
    pub(crate) registry: &'static Registry,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) settings: Settings,
    pub(crate) states: States,
    pub(crate) auth: Auth,
    /// Who is told of spans.
    pub(crate) link: Link,
    /// What is counted, if somebody may read it.
    pub(crate) metrics: Option<Metrics>,
    pub(crate) switches: Switches,
    pub(crate) workflows: Workflows,
    pub(crate) engine: Engine,
    /// The requests with an `Idempotency-Key` that are carried out now.
    pub(crate) under_way: UnderWay,
    /// Where other systems call.
    pub(crate) webhooks: Ring,
    #[cfg(feature = "request")]
    pub(crate) outside: crate::outside::Outside,
    /// Turns true when no further request is taken: what is answered without end has to end.
    pub(crate) leaving: tokio::sync::watch::Sender<bool>,
}

/// What a [`Core`] is made of.
pub(crate) struct Parts {
    pub(crate) registry: &'static Registry,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    pub(crate) states: States,
    pub(crate) auth: Auth,
    pub(crate) link: Link,
    pub(crate) metrics: Option<Metrics>,
    pub(crate) workflows: Workflows,
    pub(crate) webhooks: Ring,
    /// From [`crate::engine::lease::join`].
    pub(crate) membership: Membership,
    /// The largest id in the database, from [`crate::engine::lease::largest_id`].
    pub(crate) largest_id: i64,
}

impl Core {
    /// The core of an application whose process has joined the others on its database.
    #[must_use]
    pub(crate) fn new(parts: Parts) -> Arc<Self> {
        let ids = Ids::new(parts.membership.number(), parts.largest_id);
        Arc::new_cyclic(|core| Self {
            engine: Engine::new(core.clone(), parts.membership, parts.settings.parallel),
            #[cfg(feature = "request")]
            outside: crate::outside::Outside::new(&parts.settings.requests_to),
            registry: parts.registry,
            store: parts.store,
            clock: parts.clock,
            ids,
            settings: parts.settings,
            states: parts.states,
            auth: parts.auth,
            link: parts.link,
            metrics: parts.metrics,
            switches: Switches::default(),
            under_way: UnderWay::default(),
            leaving: tokio::sync::watch::Sender::default(),
            workflows: parts.workflows,
            webhooks: parts.webhooks,
        })
    }
}

/// A workflow and the collection of its records, if it has one.
type Found = (&'static WorkflowMeta, Option<&'static Definition>);

/// The workflows of a program by their keys: the versions of each, the one in force last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Workflows(HashMap<&'static str, Vec<Found>>);

impl Workflows {
    /// The workflows that a program declared.
    pub(crate) fn of(registry: &Registry) -> Self {
        let workflows = registry.workflows().iter().chain(registry.older_versions());
        workflows.map(|workflow| (workflow.meta, workflow.collection)).collect()
    }

    /// Every version of all of them, in no particular order.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'static WorkflowMeta> {
        self.0.values().flatten().map(|(workflow, _)| *workflow)
    }

    /// The keys, each with its versions.
    pub(crate) fn versions(&self) -> impl Iterator<Item = (&'static str, Vec<u32>)> {
        self.0.iter().map(|(key, found)| (*key, found.iter().map(|(it, _)| it.version).collect()))
    }

    /// The version in force of the workflow of this key.
    pub(crate) fn get(&self, key: &str) -> Option<Found> {
        self.0.get(key)?.last().copied()
    }

    /// This version of it.
    pub(crate) fn version(&self, key: &str, version: u32) -> Option<Found> {
        self.0.get(key)?.iter().find(|(workflow, _)| workflow.version == version).copied()
    }
}

impl FromIterator<Found> for Workflows {
    fn from_iter<I>(workflows: I) -> Self
    where
        I: IntoIterator<Item = Found>,
    {
        let mut all: HashMap<&'static str, Vec<Found>> = HashMap::new();
        for found in workflows {
            all.entry(found.0.key).or_default().push(found);
        }
        all.values_mut().for_each(|found| found.sort_by_key(|(workflow, _)| workflow.version));
        Self(all)
    }
}

/// Limits and times of an application, with their defaults.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// The largest request body, in bytes.
    pub body_limit: usize,
    /// The largest file that is sent to be imported, in bytes.
    pub import_limit: usize,
    /// The largest stored context or result of a node, in bytes.
    pub payload_limit: usize,
    /// The most rows that one action may write.
    pub rows_limit: usize,
    /// The largest `pageSize`.
    pub page_limit: u64,
    /// The most connections that are open at the same time.
    pub connections: usize,
    /// How long the head of a request may take to arrive, and its body after it; an idle
    /// connection is closed after the same time.
    pub request_timeout: Duration,
    /// How long the synchronous workflows of one request may take together.
    pub sync_timeout: Duration,
    /// The most jobs of one execution.
    pub nodes_limit: u32,
    /// How often the same workflow may stand in the chain that caused an execution.
    pub stack_limit: u32,
    /// Where requests may go besides public addresses: networks, addresses, hosts.
    #[cfg(feature = "request")]
    pub requests_to: Vec<String>,
    /// Whether there is a web page, below `/admin`.
    #[cfg(feature = "page")]
    pub page: bool,
    /// How long finished executions are kept.
    pub retention: Retention,
    /// How long a process holds its executions without renewing its lease.
    pub lease: Duration,
    /// How many executions run at the same time.
    pub parallel: usize,
    /// Unknown keys in `triggerWorkflows` are ignored instead of refused.
    pub lenient_triggers: bool,
    /// How long the answer to a request with an `Idempotency-Key` is kept.
    pub idempotency: Duration,
    /// How long a token is valid without use.
    pub token_lifetime: Duration,
    /// How often an account can be tried within [`Self::sign_in_window`]; an address may try
    /// five times as often.
    pub sign_in_attempts: u32,
    /// How long failed attempts to sign in are remembered.
    pub sign_in_window: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            body_limit: 1 << 20,
            import_limit: 32 << 20,
            payload_limit: 1 << 20,
            rows_limit: 10_000,
            page_limit: 500,
            connections: 4096,
            request_timeout: Duration::from_secs(30),
            sync_timeout: Duration::from_secs(30),
            nodes_limit: 10_000,
            stack_limit: 1,
            #[cfg(feature = "request")]
            requests_to: Vec::new(),
            #[cfg(feature = "page")]
            page: true,
            retention: Retention::default(),
            lease: Duration::from_secs(10),
            parallel: 256,
            lenient_triggers: false,
            idempotency: Duration::from_secs(24 * 3600),
            token_lifetime: Duration::from_secs(30 * 24 * 3600),
            sign_in_attempts: 10,
            sign_in_window: Duration::from_secs(15 * 60),
        }
    }
}

/// What the program put into the application, by type.
#[derive(Default, Clone)]
pub(crate) struct States(Arc<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl States {
    /// The same states and one more.
    #[must_use]
    pub(crate) fn with<X: Send + Sync + 'static>(self, state: X) -> Self {
        let mut map = Arc::unwrap_or_clone(self.0);
        map.insert(TypeId::of::<X>(), Arc::new(state));
        Self(Arc::new(map))
    }

    /// The state of type `X`.
    #[must_use]
    pub(crate) fn get<X: Send + Sync + 'static>(&self) -> Option<Arc<X>> {
        Arc::clone(self.0.get(&TypeId::of::<X>())?).downcast().ok()
    }
}
