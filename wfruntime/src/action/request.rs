//! What an action is asked with, and what it answers.

use serde::Serialize;
use serde_json::value::RawValue;

use super::Once;
use crate::collection::json::Selection;
use crate::collection::{Definition, Row};
use crate::error::{ErrorKind, Fault};
use crate::identity::Identity;
use crate::store::sql::Condition;

/// What an action does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub(crate) enum Verb {
    List,
    Get,
    Create,
    Update,
    Destroy,
    /// Updates the record with the same key, or creates one.
    UpdateOrCreate,
    /// Finds the record with the same key, or creates one.
    FirstOrCreate,
    /// Links stored records with a stored one.
    Add,
    /// Takes links away.
    Remove,
    /// Makes these the only links.
    Set,
    /// Custom actions: nothing is written.
    Trigger,
    /// An action of the program's own, by its name.
    Own(&'static str),
}

impl Verb {
    /// As requests name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Get => "get",
            Self::Create => "create",
            Self::Update => "update",
            Self::Destroy => "destroy",
            Self::UpdateOrCreate => "updateOrCreate",
            Self::FirstOrCreate => "firstOrCreate",
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Set => "set",
            Self::Trigger => "trigger",
            Self::Own(name) => name,
        }
    }
}

/// A request for custom actions that are about no record.
pub(crate) struct Alone {
    /// Who asks.
    pub identity: Identity,
    /// `triggerWorkflows`, decoded, as it stands.
    pub triggers: Option<String>,
    /// The body; none if there was none.
    pub values: Option<Box<RawValue>>,
    /// What it is known by if it is sent again: its `Idempotency-Key`.
    pub once: Option<Once>,
}

/// One action as it was asked for, whatever carried it.
pub(crate) struct Request {
    /// Who asks.
    pub identity: Identity,
    /// The collection acted on; of an association request, the associated one.
    pub collection: &'static Definition,
    /// `/api/categories/1/posts`: the record and the association it is asked through.
    pub through: Option<Through>,
    /// What to do.
    pub verb: Verb,
    /// Which records.
    pub target: Target,
    /// `filterKeys`: the fields whose values tell the record from others.
    pub keys: Vec<String>,
    /// What the record that is written must fit, and no other if it is a new one.
    pub only: Option<Condition>,
    /// The body's values: an object, or an array of objects; none if there was no body.
    pub values: Option<Box<RawValue>>,
    /// What it is known by if it is sent again: its `Idempotency-Key`.
    pub once: Option<Once>,
    /// `triggerWorkflows`, decoded, as it stands.
    pub triggers: Option<String>,
    /// Whether it makes the record if it does not find one to change.
    pub upserts: bool,
    /// The button that is pressed, by its name.
    pub button: Option<String>,
    /// What of the records to answer.
    pub view: View,
}

/// The record and association through which a request reaches its collection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Through {
    /// The collection of the record.
    pub collection: &'static Definition,
    /// The record's id.
    pub id: i64,
    /// Index of the association.
    pub association: usize,
}

/// Which records an action is about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Target {
    /// `filterByTk`: one id, or several.
    pub ids: Option<Vec<i64>>,
    /// `filter`: its JSON.
    pub filter: Option<serde_json::Value>,
}

/// What of the records an answer shows, and how a list is cut.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    pub fields: Vec<String>,
    pub except: Vec<String>,
    pub appends: Vec<String>,
    /// Field names, `-` in front for descending.
    pub sort: Vec<String>,
    pub page: Option<u64>,
    pub page_size: Option<u64>,
}

/// What an action answers.
#[derive(Debug)]
pub(crate) struct Answer {
    /// What became of it.
    pub outcome: Result<(), ErrorKind>,
    /// The records.
    pub data: AnswerData,
    /// What of the records is shown; `action::read::resolve` makes it of a request's view.
    pub selection: Selection,
    /// What `respond` nodes said.
    pub messages: Vec<Message>,
    /// What fired, or was named.
    pub workflows: Vec<Fired>,
    /// What went wrong after the commit.
    pub errors: Vec<Fault>,
    /// Whether the records are saved although the answer is an error.
    pub committed: bool,
}

impl Answer {
    /// Whether something that it fired goes on behind the answer.
    #[must_use]
    pub(crate) fn goes_on(&self) -> bool {
        self.workflows.iter().any(|fired| fired.status == FiredStatus::Queued)
    }

    /// The answer of an action that went well and fired nothing; all of the data is shown.
    #[must_use]
    pub(crate) fn of(data: AnswerData) -> Self {
        Self {
            outcome: Ok(()),
            data,
            selection: Selection::ALL,
            messages: Vec::new(),
            workflows: Vec::new(),
            errors: Vec::new(),
            committed: false,
        }
    }
}

/// The records of an [`Answer`].
#[derive(Debug)]
pub(crate) enum AnswerData {
    /// No record is written: what runs before the write has ended it, or it writes none.
    Unwritten,
    /// No record: it is gone.
    Nothing,
    /// No records: `destroy` answers their number.
    Count(u64),
    /// One record.
    One(Box<Row>),
    /// Several.
    Many(Vec<Row>),
    /// A page of a list.
    Page {
        /// The records of the page.
        rows: Vec<Row>,
        /// How many there are in all.
        count: u64,
        /// Which page, from 1.
        page: u64,
        /// How many on a page.
        page_size: u64,
    },
}

/// What a `respond` node said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The text.
    pub message: String,
}

/// A workflow that fired or was named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fired {
    /// Its key.
    pub key: &'static str,
    /// Its execution, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution: Option<i64>,
    /// What became of it.
    pub status: FiredStatus,
}

/// What became of a workflow that fired or was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FiredStatus {
    Queued,
    Resolved,
    Failed,
    Rejected,
    Error,
    Aborted,
    /// It is switched off; it did not fire.
    Disabled,
    /// The named path leads to no record; it did not fire.
    Skipped,
}

impl FiredStatus {
    /// All of them, as they are answered.
    pub(crate) const WORDS: [&str; 8] =
        ["queued", "resolved", "failed", "rejected", "error", "aborted", "disabled", "skipped"];
}
