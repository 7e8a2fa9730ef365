//! Tasks: what executions ask of people, who may decide, and what they decided.

mod delegate;
mod read;
mod standing;
mod submit;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::context::Outcome;
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::execution::{ASSIGNEES, TASKS};
use crate::identity::{Actor, Identity};
use crate::store::Statement;
use crate::store::sql::{Insert, OnConflict, Query};
use crate::value::Value;

pub(crate) use read::{asked, get, list, of_execution};
pub(crate) use submit::Submission;

/// The role that may decide every task.
const ROOT: &str = "root";

/// What became of a task that asked for values.
const ANSWERED: &str = "answered";

/// Who may decide a task.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Assignee {
    /// A user, by id.
    #[serde(rename = "userId")]
    User(i64),
    /// Whoever acts in a role.
    Role(String),
}

/// Who may decide, and the place that they fill then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Seat {
    #[serde(flatten)]
    pub(crate) who: Assignee,
    #[serde(skip)]
    position: i64,
    /// Shared by a role and those to whom its members delegated.
    #[serde(skip)]
    place: i64,
}

/// When a task is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rule {
    /// By one person.
    Any,
    /// By one person for each place.
    All,
    /// By a number of people.
    Quorum,
}

impl Rule {
    const ALL: [(&str, Self); 3] =
        [("any", Self::Any), ("all", Self::All), ("quorum", Self::Quorum)];

    fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, rule)| *rule == self).map_or("any", |(word, _)| word)
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, rule)| *rule)
    }
}

/// A task as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Task {
    pub(crate) id: i64,
    pub(crate) execution_id: i64,
    pub(crate) title: String,
    /// `open`, `approved`, `rejected`, `answered`, `timed_out`, or `closed` if its execution
    /// ended or went on without it.
    pub(crate) status: String,
    pub(crate) rule: Rule,
    /// How many have to approve.
    pub(crate) needed: i64,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) closed_at: Option<Timestamp>,
    #[serde(skip)]
    pub(crate) job_key: String,
    /// What it is about; nothing if its execution is gone.
    #[serde(flatten)]
    pub(crate) about: Option<About>,
    /// What is asked for; null if the task takes a decision.
    pub(crate) fields: Option<Json>,
    pub(crate) assignees: Vec<Seat>,
    pub(crate) decisions: Vec<TaskDecision>,
    pub(crate) delegations: Vec<Delegation>,
}

/// The workflow and the record on whose behalf a task asks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    pub(crate) key: String,
    pub(crate) collection: Option<String>,
    pub(crate) record_id: Option<i64>,
}

/// What one person decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskDecision {
    pub(crate) user_id: i64,
    pub(crate) nickname: String,
    /// `approved`, `rejected` or `answered`.
    pub(crate) decision: String,
    pub(crate) comment: Option<String>,
    /// What they filled in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) values: Option<Map<String, Json>>,
    /// The role they acted in.
    pub(crate) role: String,
    /// Whether it was root, who was no assignee.
    pub(crate) as_root: bool,
    pub(crate) created_at: Timestamp,
    #[serde(skip)]
    place: Option<i64>,
}

/// A place that was given to another user.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delegation {
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// What the receiver is called.
    #[serde(skip)]
    nickname: String,
    /// The role whose place they share, if it was not the giver's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<String>,
    pub(crate) created_at: Timestamp,
}

impl Delegation {
    fn receiver(&self) -> &str {
        &self.nickname
    }
}

impl Task {
    fn missing(&self) -> Error {
        missing(self.id)
    }
}

fn missing(id: i64) -> Error {
    Error::new(ErrorKind::NotFound, "not_found", format!("there is no task {id}"))
}

fn signed_in(identity: &Identity) -> Result<&Actor> {
    identity
        .user
        .as_ref()
        .ok_or_else(|| Error::new(ErrorKind::Forbidden, "forbidden", "a task is decided by a user"))
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Approved => "approved",
        Outcome::Rejected => "rejected",
    }
}

/// A task that an execution asks for.
pub(crate) struct NewTask<'a> {
    pub(crate) execution: i64,
    pub(crate) job_key: &'a str,
    pub(crate) title: &'a str,
    /// Each once.
    pub(crate) assignees: &'a [Assignee],
    pub(crate) rule: Rule,
    /// How many have to approve.
    pub(crate) needed: u32,
    pub(crate) due: Option<Timestamp>,
    /// The fields that are asked for, as JSON.
    pub(crate) form: Option<String>,
}

impl NewTask<'_> {
    /// What writes it, in the unit in which its execution begins to wait.
    pub(crate) fn statements(&self, core: &Core) -> Vec<Statement> {
        let id = core.ids.next(&core.clock);
        let task = Insert {
            table: TASKS,
            columns: vec![
                "id",
                "execution_id",
                "job_key",
                "title",
                "status",
                "open",
                "needed",
                "rule",
                "due_at",
                "created_at",
                "form",
            ],
            rows: vec![vec![
                id.into(),
                self.execution.into(),
                self.job_key.into(),
                self.title.into(),
                "open".into(),
                true.into(),
                self.needed.into(),
                self.rule.as_str().into(),
                self.due.into(),
                core.clock.now().into(),
                self.form.as_deref().into(),
            ]],
            conflict: OnConflict::Fail,
        };
        let rows = (0_i64..).zip(self.assignees).map(|(position, assignee)| {
            let (user, role) = match assignee {
                Assignee::User(user) => (Value::Int(*user), Value::Null),
                Assignee::Role(role) => (Value::Null, role.as_str().into()),
            };
            vec![id.into(), position.into(), position.into(), user, role]
        });
        let assignees = Insert {
            table: ASSIGNEES,
            columns: vec!["task_id", "position", "place", "user_id", "role"],
            rows: rows.collect(),
            conflict: OnConflict::Fail,
        };
        vec![task.build(), assignees.build()]
    }
}
