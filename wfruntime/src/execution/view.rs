//! Executions and jobs as they are read to be seen.

use jiff::Timestamp;

use crate::error::{Error, Result};
use crate::execution::{Caller, EXECUTIONS, JobStatus, Status, Tries};
use crate::store::sql::{Condition, Name, Query, Select};
use crate::store::{Statement, Values};
use crate::value::{Type, Value};

/// An execution as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Execution {
    pub id: i64,
    /// The key of its workflow.
    pub key: String,
    /// The revision of the workflow that it was started with.
    pub revision: String,
    /// The version of the workflow that it belongs to.
    pub version: u32,
    /// The name of its workflow's collection, if it has one.
    pub collection: Option<String>,
    /// The record that it is about, if it is about one.
    pub record_id: Option<i64>,
    pub status: Status,
    /// What the workflow saw, as JSON with all columns, hidden ones too; where it is not read
    /// or was too large, none.
    pub context: Option<String>,
    /// The keys that caused it, the first cause first, its own last.
    pub chain: Vec<String>,
    /// The keys of the events that its chain did not fire again.
    pub cut: Vec<String>,
    pub user_id: Option<i64>,
    pub role: String,
    /// What `respond` said.
    pub messages: Vec<String>,
    /// Why it ended as it did, in full: not for every caller.
    pub error: Option<String>,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    /// The node that called it, if one did.
    pub caller: Option<Caller>,
    /// The id of the trace that it belongs to; an early one has none.
    pub trace_id: Option<String>,
}

impl Execution {
    /// The columns that [`Self::from_values`] takes; `context` is the last.
    pub(crate) const COLUMNS: [(Name, Type); 20] = [
        ("id", Type::Int),
        ("key", Type::Text),
        ("revision", Type::Text),
        ("version", Type::Int),
        ("collection", Type::Text),
        ("record_id", Type::Int),
        ("status", Type::Text),
        ("chain", Type::Text),
        ("cut", Type::Text),
        ("user_id", Type::Int),
        ("role", Type::Text),
        ("messages", Type::Text),
        ("error", Type::Text),
        ("created_at", Type::Timestamp),
        ("started_at", Type::Timestamp),
        ("finished_at", Type::Timestamp),
        ("caller_id", Type::Int),
        ("caller_key", Type::Text),
        ("trace_id", Type::Text),
        ("context", Type::Text),
    ];

    /// The execution of a row; without the last column its context is left out.
    pub(crate) fn from_values(values: Values) -> Result<Self> {
        let mut from = Fields::new(values);
        let id = from.int()?;
        Ok(Self {
            id,
            key: from.text()?,
            revision: from.text()?,
            version: u32::try_from(from.int()?)?,
            collection: from.collection()?,
            record_id: from.record(id)?,
            status: from.word(Status::parse)?,
            chain: serde_json::from_str(&from.text()?)?,
            cut: from.optional_text().map_or(Ok(Vec::new()), |cut| serde_json::from_str(&cut))?,
            user_id: from.next().as_int(),
            role: from.text()?,
            messages: serde_json::from_str(&from.text()?)?,
            error: from.optional_text(),
            created_at: from.moment()?.ok_or_else(unfit)?,
            started_at: from.moment()?,
            finished_at: from.moment()?,
            caller: from.next().as_int().zip(from.optional_text()).map(Caller::from),
            trace_id: from.optional_text(),
            context: from.optional_text(),
        })
    }
}

impl Execution {
    /// What it is about, in words: `claims 5`.
    pub(crate) fn about(&self) -> String {
        let id = self.record_id.map(|id| id.to_string());
        let words = self.collection.iter().cloned().chain(id);
        let about = words.collect::<Vec<_>>().join(" ");
        if about.is_empty() { "-".to_owned() } else { about }
    }
}

/// The keys that caused an execution, its own last, as JSON.
pub(crate) fn chain_of(id: i64) -> Statement {
    Select {
        table: EXECUTIONS,
        columns: vec![("chain", Type::Text)],
        filter: Condition::eq("id", id),
        order: Vec::new(),
        limit: None,
        offset: None,
    }
    .build()
}

/// A job, one node's run, as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Job {
    /// Where in the workflow it stands.
    pub key: String,
    /// Identifies the node's code.
    pub fingerprint: u64,
    pub kind: String,
    pub status: JobStatus,
    /// What the node gave, as JSON.
    pub output: Option<String>,
    /// Why it broke, in full.
    pub error: Option<String>,
    pub attempts: u32,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// The collection of the records that the node gave, if it gave any.
    pub collection: Option<String>,
    /// The how-manyth node it was that the workflow came to.
    pub position: u32,
    /// What it was given, as JSON, if that is kept.
    pub input: Option<String>,
    /// Its last attempts.
    pub tries: Tries,
}

impl Job {
    pub(crate) const COLUMNS: [(Name, Type); 13] = [
        ("key", Type::Text),
        ("fingerprint", Type::Int),
        ("kind", Type::Text),
        ("status", Type::Text),
        ("output", Type::Text),
        ("error", Type::Text),
        ("attempts", Type::Int),
        ("created_at", Type::Timestamp),
        ("finished_at", Type::Timestamp),
        ("collection", Type::Text),
        ("position", Type::Int),
        ("input", Type::Text),
        ("tries", Type::Text),
    ];

    /// Its columns, in the order of [`Self::COLUMNS`].
    pub(crate) fn values(&self) -> Values {
        vec![
            self.key.as_str().into(),
            self.fingerprint.cast_signed().into(),
            self.kind.as_str().into(),
            self.status.as_str().into(),
            self.output.as_deref().into(),
            self.error.as_deref().into(),
            self.attempts.into(),
            self.created_at.into(),
            self.finished_at.into(),
            self.collection.as_deref().into(),
            self.position.into(),
            self.input.as_deref().into(),
            self.tries.written().into(),
        ]
    }

    pub(crate) fn from_values(values: Values) -> Result<Self> {
        Self::read(&mut Fields::new(values))
    }

    /// The job of the next columns.
    pub(crate) fn read(from: &mut Fields) -> Result<Self> {
        Ok(Self {
            key: from.text()?,
            fingerprint: from.int()?.cast_unsigned(),
            kind: from.text()?,
            status: from.word(JobStatus::parse)?,
            output: from.optional_text(),
            error: from.optional_text(),
            attempts: u32::try_from(from.int()?)?,
            created_at: from.moment()?.ok_or_else(unfit)?,
            finished_at: from.moment()?,
            collection: from.optional_text(),
            position: u32::try_from(from.next().as_int().unwrap_or(0))?,
            input: from.optional_text(),
            tries: Tries::read(from.optional_text().as_deref()),
        })
    }
}

/// The columns of a row, taken one by one.
pub(crate) struct Fields(std::vec::IntoIter<Value>);

impl Fields {
    pub(crate) fn new(values: Values) -> Self {
        Self(values.into_iter())
    }

    pub(crate) fn next(&mut self) -> Value {
        self.0.next().unwrap_or_default()
    }

    pub(crate) fn int(&mut self) -> Result<i64> {
        self.next().as_int().ok_or_else(unfit)
    }

    pub(crate) fn optional_text(&mut self) -> Option<String> {
        match self.next() {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn text(&mut self) -> Result<String> {
        self.optional_text().ok_or_else(unfit)
    }

    /// The name of a collection; empty if there is none.
    pub(crate) fn collection(&mut self) -> Result<Option<String>> {
        Ok(Some(self.text()?).filter(|name| !name.is_empty()))
    }

    /// The record of an execution: without one it stands in a line of its own, and an early one
    /// in that of 0.
    pub(crate) fn record(&mut self, execution: i64) -> Result<Option<i64>> {
        Ok(Some(self.int()?).filter(|line| *line != execution && *line != 0))
    }

    pub(crate) fn word<W>(&mut self, parse: fn(&str) -> Option<W>) -> Result<W> {
        let word = self.text()?;
        parse(&word).ok_or_else(|| Error::internal(format!("unknown stored status `{word}`")))
    }

    pub(crate) fn moment(&mut self) -> Result<Option<Timestamp>> {
        match self.next() {
            Value::Timestamp(moment) => Ok(Some(moment)),
            Value::Null => Ok(None),
            _ => Err(unfit()),
        }
    }
}

fn unfit() -> Error {
    Error::internal("a stored execution, job or task does not have the columns it must have")
}
