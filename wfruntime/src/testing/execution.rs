//! Executions and their jobs as a test looks at them, with assertions that show what happened.

use std::fmt;
use std::panic::Location;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::app::{TestApp, rest};
use super::{fail, timeline};
use crate::collection::{Collection, Id};
use crate::core::Core;
use crate::engine::control;
use crate::engine::tasks::{self, Task};
use crate::error::Result;
use crate::execution::{self, JobStatus, Status};
use crate::identity::Identity;
use crate::store::sql::Condition;
use crate::workflow::Named;

/// The most executions that a message shows.
const SHOWN: u64 = 20;

/// One run of a workflow as it stood when the test asked; it prints as what happened, job by job.
#[derive(Clone)]
pub struct Execution {
    /// Its id.
    pub id: i64,
    /// The key of its workflow.
    pub workflow: String,
    /// Where it stands.
    pub status: Status,
    /// Why it ended as it did: what `end failed "…"` said, or the whole text of the error.
    pub message: Option<String>,
    /// What `respond` nodes said.
    pub said: Vec<String>,
    /// Its jobs, in the order in which they began.
    pub jobs: Vec<Job>,
    pub(super) found: execution::Execution,
    pub(super) by: Option<String>,
    pub(super) tasks: Vec<Task>,
}

/// What became of one node of an [`Execution`].
#[derive(Clone)]
pub struct Job {
    /// Where in the workflow it stands: `review`, `update#1`, `if#1.then/create#2`.
    pub key: String,
    /// The word of its node: `approve`, `create`, `run`.
    pub kind: String,
    /// Where it stands.
    pub status: JobStatus,
    /// What it gave; null if nothing.
    pub output: Value,
    /// Why it broke.
    pub error: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    pub(super) began: Timestamp,
    pub(super) ended: Option<Timestamp>,
    /// What messages show of its output.
    pub(super) shown: Option<String>,
    /// What happened to the whole execution, for messages.
    timeline: String,
}

impl TestApp {
    /// The newest execution of a workflow for a record, once all work has come to rest.
    ///
    /// # Panics
    ///
    /// If there is none: with those that there are.
    #[track_caller]
    pub fn execution_of<M, T: Collection>(
        &self,
        workflow: impl Named<M>,
        record: impl Into<Id<T>>,
    ) -> impl Future<Output = Execution> + Send {
        let (at, core) = (Location::caller(), self.core());
        let (key, id) = (key_of(workflow, at), record.into().get());
        async move {
            rest(&core, at).await;
            let of_record = of_record::<T>(id);
            match read(&core, of_record.clone().and(Condition::eq("key", key))).await {
                Ok(mut found) if !found.is_empty() => found.swap_remove(0),
                Ok(_) => {
                    let others = show(read(&core, of_record).await);
                    let name = T::META.name;
                    fail(at, format_args!("no execution of `{key}` for `{name}` {id}\n\n{others}"))
                }
                Err(error) => fail(at, error),
            }
        }
    }

    /// All executions for a record, the newest first, once all work has come to rest.
    ///
    /// # Panics
    ///
    /// If they cannot be read.
    #[track_caller]
    pub fn executions<T: Collection>(
        &self,
        record: impl Into<Id<T>>,
    ) -> impl Future<Output = Vec<Execution>> + Send {
        let (at, core, id) = (Location::caller(), self.core(), record.into().get());
        async move {
            rest(&core, at).await;
            read(&core, of_record::<T>(id)).await.unwrap_or_else(|error| fail(at, error))
        }
    }

    /// All executions of a workflow, the newest first, once all work has come to rest.
    ///
    /// It finds those that are of no stored record, too: of a pre-action that refused a new one, of an
    /// event about one that is deleted, of a batch, of a schedule.
    ///
    /// # Panics
    ///
    /// If it is no workflow, or they cannot be read.
    #[track_caller]
    pub fn executions_of<M>(
        &self,
        workflow: impl Named<M>,
    ) -> impl Future<Output = Vec<Execution>> + Send {
        let (at, core) = (Location::caller(), self.core());
        let key = key_of(workflow, at);
        async move {
            rest(&core, at).await;
            let found = read(&core, Condition::eq("key", key)).await;
            found.unwrap_or_else(|error| fail(at, error))
        }
    }

    /// The execution of this id, once all work has come to rest.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn execution(&self, id: i64) -> impl Future<Output = Execution> + Send {
        let (at, core) = (Location::caller(), self.core());
        async move {
            rest(&core, at).await;
            match read(&core, Condition::eq("id", id)).await {
                Ok(mut found) if !found.is_empty() => found.swap_remove(0),
                Ok(_) => fail(at, format_args!("there is no execution {id}")),
                Err(error) => fail(at, error),
            }
        }
    }
}

fn of_record<T: Collection>(id: i64) -> Condition {
    Condition::eq("collection", T::META.name).and(Condition::eq("record_id", id))
}

/// The key of a workflow that is named by its function or its type.
#[expect(clippy::needless_pass_by_value, reason = "a workflow is named by its function")]
pub(super) fn key_of<M>(workflow: impl Named<M>, at: &Location<'_>) -> &'static str {
    match workflow.meta() {
        Some(meta) => meta.key,
        None => fail(at, "this function is not a workflow: it lacks `#[post_action]`"),
    }
}

/// The executions that fit, the newest first.
async fn read(core: &Core, filter: Condition) -> Result<Vec<Execution>> {
    let (found, _) = control::list(&core.store, filter, Vec::new(), SHOWN, 0).await?;
    let mut executions = Vec::with_capacity(found.len());
    let root = Identity { user: None, role: "root".to_owned() };
    for found in found {
        let jobs = control::get(&core.store, found.id).await?.jobs;
        let of_it = Condition::eq("execution_id", found.id);
        let order = vec![("id", false)];
        let (tasks, _) = tasks::list(&core.store, &root, of_it, order, SHOWN, 0).await?;
        let by = match found.user_id {
            Some(user) => core.auth.account.find(core, user).await?.map(|user| user.nickname),
            None => None,
        };
        executions.push(Execution::new(found, jobs, tasks, by));
    }
    Ok(executions)
}

/// What happened to these, or why it is not known.
fn show(executions: Result<Vec<Execution>>) -> String {
    match executions {
        Ok(executions) if executions.is_empty() => "there is no execution".to_owned(),
        Ok(executions) => {
            executions.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n")
        }
        Err(error) => format!("and its executions cannot be read: {error:?}"),
    }
}

/// What happened to the executions that are not at their end.
pub(super) async fn running(core: &Core) -> String {
    let open = [Status::Queued, Status::Started].map(|status| status.as_str().into());
    match read(core, Condition::In("status", open.to_vec())).await {
        Ok(executions) if executions.is_empty() => "every execution is at its end".to_owned(),
        executions => show(executions),
    }
}

/// What happened to the executions of a workflow.
pub(super) async fn all_of(core: &Core, workflow: &str) -> String {
    show(read(core, Condition::eq("key", workflow)).await)
}

impl Execution {
    fn new(
        found: execution::Execution,
        jobs: Vec<execution::Job>,
        tasks: Vec<Task>,
        by: Option<String>,
    ) -> Self {
        let mut execution = Self {
            id: found.id,
            workflow: found.key.clone(),
            status: found.status,
            message: found.error.clone(),
            said: found.messages.clone(),
            jobs: jobs.into_iter().map(Job::new).collect(),
            found,
            by,
            tasks,
        };
        let timeline = execution.to_string();
        execution.jobs.iter_mut().for_each(|job| job.timeline.clone_from(&timeline));
        execution
    }

    /// The execution itself, if it has this status.
    ///
    /// # Panics
    ///
    /// With what happened, job by job, if not.
    #[track_caller]
    pub fn expect_status(&self, status: Status) -> &Self {
        if self.status != status {
            let because = self.message.as_ref().map(|text| format!(": {text}"));
            let text = format!(
                "expected `{}` to be `{status}`, found `{}`{}",
                self.workflow,
                self.status,
                because.unwrap_or_default()
            );
            self.fail(Location::caller(), &text);
        }
        self
    }

    /// The execution itself, if it ended with this message.
    ///
    /// # Panics
    ///
    /// With what happened, job by job, if not.
    #[track_caller]
    pub fn expect_message(&self, message: &str) -> &Self {
        if self.message.as_deref() != Some(message) {
            let found = match &self.message {
                Some(found) => format!("`{found}`"),
                None => "none".to_owned(),
            };
            let text = format!("expected the message `{message}`, found {found}");
            self.fail(Location::caller(), &text);
        }
        self
    }

    /// The execution itself, if these are the keys of its jobs, in the order in which they began.
    ///
    /// # Panics
    ///
    /// With what happened, job by job, if not.
    #[track_caller]
    pub fn expect_jobs(&self, keys: &[&str]) -> &Self {
        let found: Vec<&str> = self.jobs.iter().map(|job| job.key.as_str()).collect();
        if found != keys {
            let text = format!("expected the jobs {}, found {}", quoted(keys), quoted(&found));
            self.fail(Location::caller(), &text);
        }
        self
    }

    /// The job of a node, by its key.
    ///
    /// # Panics
    ///
    /// With what happened, job by job, if the execution did not come to that node.
    #[must_use]
    #[track_caller]
    pub fn job(&self, key: &str) -> &Job {
        match self.find_job(key) {
            Some(job) => job,
            None => {
                let text = format!("`{}` has no job `{key}`", self.workflow);
                self.fail(Location::caller(), &text)
            }
        }
    }

    /// The job of a node, if the execution came to that node.
    #[must_use]
    pub fn find_job(&self, key: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.key == key)
    }

    fn fail(&self, at: &Location<'_>, text: &str) -> ! {
        fail(at, format_args!("{text}\n\n{self}"))
    }
}

/// A record without what every record has, and without what is empty.
fn own_fields(record: &serde_json::Map<String, Value>) -> String {
    const SYSTEM: [&str; 4] = ["createdAt", "updatedAt", "createdById", "updatedById"];
    let own =
        record.iter().filter(|(name, value)| !value.is_null() && !SYSTEM.contains(&name.as_str()));
    let own: serde_json::Map<_, _> =
        own.map(|(name, value)| (name.clone(), value.clone())).collect();
    Value::Object(own).to_string()
}

fn quoted(keys: &[&str]) -> String {
    let keys: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    if keys.is_empty() { "none".to_owned() } else { keys.join(", ") }
}

impl Job {
    fn new(job: execution::Job) -> Self {
        let output = job.output.as_deref().map(serde_json::from_str);
        let output: Value = output.and_then(Result::ok).unwrap_or_default();
        // What people decided is shown with their tasks.
        let hidden = matches!(job.kind.as_str(), "approve" | "ask");
        let shown = match (&output, &job.collection) {
            _ if hidden => None,
            (Value::Null, _) => None,
            (Value::Object(record), Some(_)) => Some(own_fields(record)),
            (other, _) => Some(other.to_string()),
        };
        Self {
            shown,
            key: job.key,
            kind: job.kind,
            status: job.status,
            output,
            error: job.error,
            attempts: job.attempts,
            began: job.created_at,
            ended: job.finished_at,
            timeline: String::new(),
        }
    }

    /// The job itself, if it has this status; [`JobStatus::Pending`] is that of a node that waits.
    ///
    /// # Panics
    ///
    /// With what happened to the execution, if not.
    #[track_caller]
    pub fn expect_status(&self, status: JobStatus) -> &Self {
        if self.status != status {
            self.fail(Location::caller(), &format!("to be `{status}`, found `{}`", self.status));
        }
        self
    }

    /// The job itself, if this is what its node gave.
    ///
    /// # Panics
    ///
    /// With what happened to the execution, if not.
    #[track_caller]
    pub fn expect_output(&self, output: &Value) -> &Self {
        if self.output != *output {
            self.fail(Location::caller(), &format!("to give {output}, found {}", self.output));
        }
        self
    }

    /// The job itself, if its node was tried so often.
    ///
    /// # Panics
    ///
    /// With what happened to the execution, if not.
    #[track_caller]
    pub fn expect_attempts(&self, attempts: u32) -> &Self {
        if self.attempts != attempts {
            let text = format!("to take {attempts} attempts, found {}", self.attempts);
            self.fail(Location::caller(), &text);
        }
        self
    }

    /// What its node gave.
    ///
    /// # Panics
    ///
    /// With what happened to the execution, if that is something else.
    #[must_use]
    #[track_caller]
    pub fn output<R: DeserializeOwned>(&self) -> R {
        match serde_json::from_value(self.output.clone()) {
            Ok(output) => output,
            Err(error) => {
                let wanted = std::any::type_name::<R>();
                let text = format!("to give a `{wanted}`, found {}: {error}", self.output);
                self.fail(Location::caller(), &text)
            }
        }
    }

    fn fail(&self, at: &Location<'_>, text: &str) -> ! {
        fail(at, format_args!("expected `{}` {text}\n\n{}", self.key, self.timeline))
    }
}

impl fmt::Display for Execution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        timeline::write(self, f)
    }
}

impl fmt::Debug for Execution {
    // `assert_eq!` and `dbg!` print this: it is meant to be read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}\n")
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` of\n{}\n", self.key, self.timeline)
    }
}
