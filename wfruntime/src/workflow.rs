//! A workflow and its graph as plain data: what `#[post_action]` and `workflow!` register.

mod graph;
mod named;
mod passed;
mod reach;
mod result;
mod show;

use std::any::TypeId;
use std::time::Duration;

use crate::collection::{CollectionMeta, Location};
use crate::error::Result;
use crate::schedule::Schedule;
use crate::store::BoxFuture;
use crate::trigger::Snapshot;
use crate::webhook::Hook;

pub use graph::Format;
#[cfg(feature = "page")]
pub(crate) use graph::without_passes;
pub(crate) use graph::{Sketch, Step};
#[doc(hidden)]
pub use named::Named;
#[doc(hidden)]
pub use passed::{Passed, ShownByType, ShownByValue};
#[doc(hidden)]
pub use reach::{Decider, Got, Identified, InAppends, Loaded, Present, Updated, loaded};
#[doc(hidden)]
pub use result::{Ran, WorkflowResult};
#[doc(hidden)]
pub use show::{Show, show_in_url};

/// Where a workflow fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Where it is named.
    Local,
    /// On each action listed in `on`.
    Global,
}

/// What starts a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// An action that succeeded.
    PostAction {
        /// Whether one execution has all records of the action.
        batch: bool,
    },
    /// An action that is about to write.
    PreAction,
    /// A change of data, whoever made it.
    CollectionEvent {
        /// Whether one that does not resolve undoes the change.
        rollback: bool,
    },
    /// A request that writes nothing and names it.
    CustomAction {
        /// Whether one execution has all records of the request.
        several: bool,
    },
    /// A moment that came.
    Schedule(&'static Schedule),
    /// A signed call from another system.
    Webhook(&'static Hook),
}

impl Trigger {
    /// Its word in answers.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::PostAction { .. } => "post_action",
            Self::PreAction => "pre_action",
            Self::CollectionEvent { .. } => "collection_event",
            Self::CustomAction { .. } => "custom_action",
            Self::Schedule(_) => "schedule",
            Self::Webhook(_) => "webhook",
        }
    }

    /// Whether one execution has all records of a request.
    pub(crate) const fn is_several(self) -> bool {
        matches!(self, Self::PostAction { batch: true } | Self::CustomAction { several: true })
    }

    /// Whether it follows an action.
    pub(crate) const fn is_post_action(self) -> bool {
        matches!(self, Self::PostAction { .. })
    }
}

/// When a workflow runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timing {
    /// In the request, before its answer.
    Sync,
    /// Behind the request.
    Async,
}

/// What happens if a workflow fires for a record while an execution for it is not final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Overlap {
    /// Both run.
    Allow,
    /// The earlier one is cancelled.
    CancelPrevious,
    /// The action is refused: 409.
    Refuse,
}

/// How often a node that broke is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How many times it is tried in all; at least 1.
    pub attempts: u32,
    /// The longest pause between two attempts.
    pub max_pause: Duration,
}

impl Retry {
    /// Five attempts, at most 60 s apart.
    pub const DEFAULT: Self = Self { attempts: 5, max_pause: Duration::from_secs(60) };
}

/// A workflow as its macro declares it.
///
/// Fields and paths are Rust names; the registry resolves them.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the arguments of `#[post_action]`, by their names")]
pub struct WorkflowMeta {
    pub key: &'static str,
    pub version: u32,
    pub title: &'static str,
    pub trigger: Trigger,
    /// Whose records it is about; none if it is about no record.
    pub collection: Option<fn() -> &'static CollectionMeta>,
    /// Global for what is never named.
    pub mode: Mode,
    /// Names of actions as in URLs; empty in local mode. Of a collection event, kinds of changes.
    pub on: &'static [&'static str],
    /// Paths of associations.
    pub appends: &'static [&'static [&'static str]],
    pub timing: Timing,
    pub enabled: bool,
    pub when: Option<fn(&Snapshot) -> Result<bool>>,
    /// Whether the values that it is given fit; none if it is given none.
    pub input: Option<fn(&serde_json::Value) -> Result<()>>,
    pub changed: &'static [&'static str],
    /// Names of roles; every role that has the workflow if empty.
    pub allow: &'static [&'static str],
    pub retry: Retry,
    pub timeout: Option<Duration>,
    pub concurrency: Option<u32>,
    pub overlap: Overlap,
    /// The roles its nodes name, each with where.
    pub roles: &'static [(&'static str, Location)],
    /// The workflows its nodes call, each with where.
    pub calls: &'static [CallMeta],
    /// Hash of its graph, or of a function's tokens.
    pub revision: u64,
    /// Its nodes, if they are known at compile time.
    pub graph: Option<&'static Graph>,
    pub handler: fn(Invocation) -> BoxFuture<'static, Result<()>>,
    /// The type of its function, by which a value of that type names it.
    pub function: Option<fn() -> TypeId>,
    pub location: Location,
}

#[cfg(test)]
impl WorkflowMeta {
    /// A local post-action on users that does nothing, for tests to change.
    pub(crate) const BARE: Self = Self {
        key: "bare",
        version: 1,
        title: "",
        trigger: Trigger::PostAction { batch: false },
        collection: Some(|| <crate::auth::User as crate::collection::Collection>::META),
        mode: Mode::Local,
        on: &[],
        appends: &[],
        timing: Timing::Async,
        enabled: true,
        when: None,
        input: None,
        changed: &[],
        allow: &[],
        retry: Retry::DEFAULT,
        timeout: None,
        concurrency: None,
        overlap: Overlap::Allow,
        roles: &[],
        calls: &[],
        revision: 1,
        graph: None,
        handler: |_| Box::pin(async { Ok(()) }),
        function: None,
        location: Location { file: "tests.rs", line: 1, column: 1 },
    };
}

impl WorkflowMeta {
    /// What fires it, as its graph begins.
    pub(crate) fn trigger(&self) -> String {
        let collection = self.collection.map(|collection| collection().rust);
        if let Trigger::Schedule(schedule) = self.trigger {
            let text = schedule.text;
            return collection.map_or_else(|| text.to_owned(), |of| format!("{of}: {text}"));
        }
        if let Trigger::Webhook(hook) = self.trigger {
            return hook.text();
        }
        match (collection, self.mode) {
            (Some(collection), Mode::Local) => format!("{collection}, where it is named"),
            (Some(collection), Mode::Global) => format!("{collection}: {}", self.on.join(", ")),
            (None, _) => "where it is named".to_owned(),
        }
    }

    /// Whether it runs before what it is about is written.
    pub(crate) fn runs_before(&self) -> bool {
        matches!(self.trigger, Trigger::PreAction | Trigger::CollectionEvent { rollback: true })
    }

    /// Whether a change of data starts it.
    pub(crate) fn is_event(&self) -> bool {
        matches!(self.trigger, Trigger::CollectionEvent { .. })
    }
}

/// A workflow that another one calls, and where.
pub type CallMeta = (fn() -> &'static WorkflowMeta, Location);

/// The type that every workflow has beside its function, under the same name.
///
/// `#[post_action]` and `workflow!` implement it, so that `role!`, `forms!` and `call` can name a
/// workflow by its path and the compiler finds the ones that do not exist.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a workflow",
    note = "a workflow is made by `#[post_action]` or `workflow!`, and named by its path"
)]
pub trait Workflow: 'static {
    /// The collection whose actions fire it.
    type Collection: 'static;
    /// Its key: what `triggerWorkflows` names.
    const KEY: &'static str;
    /// Where it fires.
    const MODE: Mode;
    /// All that was declared.
    const META: &'static WorkflowMeta;
}

/// A workflow that others can call: it works on a stored record.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be called",
    label = "it does not run for one stored record",
    note = "`call` runs a `#[post_action]` or a `#[collection_event]` for a record"
)]
pub trait Callable: Workflow {}

/// A workflow as `inventory` collects it; nothing but the registry reads it.
#[derive(Clone, Copy)]
pub struct RegisteredWorkflow(pub &'static WorkflowMeta);

inventory::collect!(RegisteredWorkflow);

/// What a handler gets.
pub struct Invocation {
    /// What fired it.
    pub snapshot: std::sync::Arc<Snapshot>,
    /// What it may do.
    pub cx: crate::Context,
}

/// The nodes of a `workflow!` and how they follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Graph {
    /// In the order of the source; the first is the trigger.
    pub nodes: &'static [GraphNode],
    /// By index into `nodes`.
    pub edges: &'static [GraphEdge],
}

/// A node of a [`Graph`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GraphNode {
    /// The key of its jobs, without loop iterations; empty for the trigger.
    pub key: &'static str,
    /// The word it begins with: `approve`, `if`, `create`.
    pub kind: &'static str,
    /// For people.
    pub label: &'static str,
    /// The line in the source.
    pub line: u32,
}

/// What follows what in a [`Graph`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GraphEdge {
    /// From this node.
    pub from: u16,
    /// To this one.
    pub to: u16,
    /// In which case: `yes`, `no`, `rejected`; empty if always.
    pub label: &'static str,
}
