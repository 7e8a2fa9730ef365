//! What a workflow may do: record nodes, own code, waiting, ending.
//!
//! It knows the run it belongs to; it refuses to know who fired it and where it runs.

mod approve;
mod ask;
mod block;
mod branches;
mod call;
mod check;
mod code;
mod earlier;
mod question;
mod reads;
mod records;
mod request;
mod signal;
mod sleep;
mod totals;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use earlier::Earlier;

pub use approve::{Approve, Decision, Outcome, Within};
pub(crate) use ask::GivenAnswer;
pub use ask::{Answered, Ask};
pub use branches::{Branches, Racers};
pub use call::Called;
pub use check::{CheckContext, PreContext};
pub use reads::{Find, List};
pub use request::{Request, Response};
pub use signal::{AwaitSignal, AwaitSignalWithin, Signal};
pub use sleep::Moment;

use crate::collection::Definition;
use crate::engine::journal::Place;
use crate::engine::run::blocks::Branch;
use crate::engine::run::{Begun, Run};
use crate::error::{Error, ErrorKind, Result};
use crate::execution::Status;

/// The value of what never gives one: after [`SyncContext::end`] nothing follows.
#[derive(Debug, Clone, Copy)]
pub enum Never {}

/// What a synchronous workflow may do; cheap to clone.
///
/// Each of its methods is a node: it is written down when it is done, and answered from there if
/// the workflow runs again after a crash.
#[derive(Clone)]
pub struct SyncContext {
    run: Arc<Run>,
    scope: Arc<Scope>,
    /// The key and fingerprint of the next node, if the macro gave them.
    next: Option<(&'static str, u64)>,
}

/// What an asynchronous workflow may do: all of [`SyncContext`], and waiting; cheap to clone.
#[derive(Clone)]
pub struct Context {
    sync: SyncContext,
}

/// A part of a workflow whose job keys begin alike.
struct Scope {
    path: String,
    /// The branches around it.
    within: Option<Arc<Branch>>,
    /// How often each name was used.
    names: Mutex<HashMap<String, u32>>,
}

impl Scope {
    fn new(path: String, within: Option<Arc<Branch>>) -> Arc<Self> {
        Arc::new(Self { path, within, names: Mutex::default() })
    }

    /// A part of it, in the same branch.
    fn part(&self, path: String) -> Arc<Self> {
        Self::new(path, self.within.clone())
    }

    fn count(&self, name: &str) -> u32 {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = names.get_mut(name) {
            *count += 1;
            return *count;
        }
        names.insert(name.to_owned(), 1);
        1
    }
}

impl Context {
    pub(crate) fn of(run: Arc<Run>) -> Self {
        Self { sync: SyncContext { run, scope: Scope::new(String::new(), None), next: None } }
    }

    /// A context whose nodes have keys of their own: for a branch, or one pass of a loop.
    ///
    /// A name used before in the same scope is numbered.
    #[must_use]
    pub fn scope(&self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { sync: self.sync.scope(name) }
    }

    /// A context for one pass of a loop: the keys of its nodes begin with `<name>.<index>/`.
    ///
    /// A name stands for one loop in its scope: two loops of the same name would use the same
    /// keys, which ends the workflow as `error`.
    ///
    /// ```
    /// # use wfruntime::prelude::*;
    /// # async fn greet(cx: Context, names: Vec<String>) -> Result<()> {
    /// for (index, name) in (0..).zip(names) {
    ///     cx.pass("names", index).run("greet", async || Ok(println!("hello {name}"))).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn pass(&self, name: &'static str, index: u64) -> Self {
        Self { sync: self.sync.pass(name, index) }
    }

    /// The context whose next node has this key, within its scope, and this fingerprint.
    #[doc(hidden)]
    #[must_use]
    pub fn node(&self, key: &'static str, fingerprint: u64) -> Self {
        Self { sync: self.sync.node(key, fingerprint) }
    }

    /// The part of it that a synchronous workflow has too.
    #[must_use]
    pub fn into_sync(self) -> SyncContext {
        self.sync
    }
}

impl SyncContext {
    /// A context whose nodes have keys of their own: for a branch, or one pass of a loop.
    ///
    /// A name used before in the same scope is numbered.
    #[must_use]
    pub fn scope(&self, name: impl Into<Cow<'static, str>>) -> Self {
        let name = name.into();
        let path = match self.scope.count(&format!("{name}/")) {
            1 => format!("{}{name}/", self.scope.path),
            count => format!("{}{name}#{count}/", self.scope.path),
        };
        Self { run: Arc::clone(&self.run), scope: self.scope.part(path), next: None }
    }

    /// A context for one pass of a loop; as [`Context::pass`].
    #[must_use]
    pub fn pass(&self, name: &'static str, index: u64) -> Self {
        let path = format!("{}{name}.{index}/", self.scope.path);
        Self { run: Arc::clone(&self.run), scope: self.scope.part(path), next: None }
    }

    /// The context whose next node has this key, within its scope, and this fingerprint.
    #[doc(hidden)]
    #[must_use]
    pub fn node(&self, key: &'static str, fingerprint: u64) -> Self {
        Self { next: Some((key, fingerprint)), ..self.clone() }
    }

    /// Ends the workflow: it is `resolved`.
    ///
    /// # Errors
    ///
    /// Always, so that `?` leaves the function; the end stands even if the error is swallowed.
    pub fn end(&self) -> Result<Never> {
        self.decide(Status::Resolved, None)
    }

    /// Ends the workflow as `failed`, with a message for the one who fired it.
    ///
    /// # Errors
    ///
    /// As [`Self::end`].
    pub fn end_failed(&self, message: impl Into<String>) -> Result<Never> {
        let message = message.into();
        self.decide(Status::Failed, Some(message).filter(|message| !message.is_empty()))
    }

    /// Goes on only if the condition holds; else the workflow ends as `failed`.
    ///
    /// # Errors
    ///
    /// As [`Self::end`], if it does not hold.
    pub fn require(&self, condition: bool, message: impl Into<String>) -> Result<()> {
        if condition {
            return Ok(());
        }
        self.end_failed(message).map(drop)
    }

    /// Ends the workflow as `rejected`, unless the decision approves.
    #[doc(hidden)]
    pub fn reject_unless_approved(&self, decision: &Decision) -> Result<()> {
        if decision.is_approved() {
            return Ok(());
        }
        let text = if decision.is_timed_out() {
            Some("nobody decided in time".to_owned())
        } else {
            decision.comment.clone()
        };
        self.decide(Status::Rejected, text).map(drop)
    }

    fn decide(&self, status: Status, text: Option<String>) -> Result<Never> {
        self.run.end(status, text, self.scope.within.as_ref());
        Err(Error::new(ErrorKind::Ended, "ended", format!("the workflow ended as `{status}`")))
    }

    /// Says something to the one who fired the workflow; messages are answered in order.
    ///
    /// # Errors
    ///
    /// None today: it is a node like others, and `?` ends the run if it was cancelled.
    #[expect(clippy::unused_async, reason = "every node is awaited")]
    pub async fn respond(&self, message: impl Into<String>) -> Result<()> {
        self.run.respond(message.into());
        Ok(())
    }

    /// A text that is the same in each attempt of this execution, and in no other: what an
    /// outside service needs to do a thing once.
    #[must_use]
    pub fn idempotency_key(&self, name: &str) -> String {
        format!("{}/{}{name}", self.run.hold.id, self.scope.path)
    }

    /// What the program put into the application with `App::state`.
    ///
    /// # Errors
    ///
    /// It put no `X` there.
    pub fn state<X: Send + Sync + 'static>(&self) -> Result<Arc<X>> {
        self.run.core.states.get::<X>().ok_or_else(|| {
            Error::internal(format!(
                "the application has no state of type `{}`: put it there with `App::state`",
                std::any::type_name::<X>()
            ))
        })
    }

    /// The id of the execution.
    #[must_use]
    pub fn execution(&self) -> i64 {
        self.run.hold.id
    }

    /// Begins a node at its place.
    async fn begin(&self, kind: &'static str, name: &str) -> Result<Begun> {
        self.begin_at(self.place(kind, name)).await
    }

    async fn begin_at(&self, place: Place) -> Result<Begun> {
        let node = match self.run.begin(place).await? {
            Begun::New(node) => node,
            done @ Begun::Done(_) => return Ok(done),
        };
        let within = self.scope.within.as_ref();
        if let Some(branch) = within {
            block::opened(branch).await;
        }
        self.run.fitting(&node.place, within).await;
        if self.run.is_rehearsal() {
            return self.run.stop_at(node).await;
        }
        Ok(Begun::New(node))
    }

    /// Begins a node that gives records of a collection.
    async fn begin_on(&self, kind: &'static str, definition: &Definition) -> Result<Begun> {
        let collection = Some(definition.meta.name);
        let place = Place { collection, ..self.place(kind, definition.meta.rust) };
        self.begin_at(place).await
    }

    fn place(&self, kind: &'static str, name: &str) -> Place {
        if let Some((key, fingerprint)) = self.next {
            let key = format!("{}{key}", self.scope.path);
            return Place::new(key, fingerprint, kind);
        }
        let mut label = kind.to_owned();
        if !name.is_empty() {
            label.push(' ');
            label.push_str(name);
        }
        let count = self.scope.count(&label);
        let fingerprint = fingerprint(&label);
        let key = format!("{}{label}#{count}", self.scope.path);
        Place::new(key, fingerprint, kind)
    }
}

/// FNV-1a: the same in every build, which the standard library's hash is not.
pub(crate) fn fingerprint(text: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    text.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

impl std::ops::Deref for Context {
    type Target = SyncContext;

    fn deref(&self) -> &SyncContext {
        &self.sync
    }
}

impl fmt::Debug for SyncContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncContext")
            .field("workflow", &self.run.workflow.key)
            .field("execution", &self.run.hold.id)
            .field("scope", &self.scope.path)
            .finish()
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sync.fmt(f)
    }
}
