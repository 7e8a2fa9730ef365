//! Jobs as they are written and as replay reads them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::execution::template::Template;
use crate::execution::{EXECUTIONS, JOBS, Job, JobStatus, Tries};
use crate::store::sql::{Condition, Insert, OnConflict, Query, Select};
use crate::store::{Expect, Statement};
use crate::value::{Type, Value};

/// Which process holds an execution, and since which claim: what every unit checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) id: i64,
    pub(crate) owner: i64,
    pub(crate) epoch: i64,
}

impl Hold {
    /// The rows of executions that are still held so: one, or none.
    pub(crate) fn condition(self) -> Condition {
        Condition::All(vec![
            Condition::eq("id", self.id),
            Condition::eq("owner", self.owner),
            Condition::eq("epoch", self.epoch),
        ])
    }

    /// Fails its unit if the execution is not held any more.
    pub(crate) fn fence(self) -> Statement {
        static FENCE: Template = Template::new();
        let build = || {
            Select {
                table: EXECUTIONS,
                columns: vec![("epoch", Type::Int)],
                filter: Hold { id: 0, owner: 0, epoch: 0 }.condition(),
                order: Vec::new(),
                limit: None,
                offset: None,
            }
            .expect(Expect::Lease)
        };
        FENCE.with(build, vec![self.id.into(), self.owner.into(), self.epoch.into()])
    }
}

/// Where a node stands and what identifies its code.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) key: String,
    pub(crate) fingerprint: u64,
    pub(crate) kind: &'static str,
    /// The collection of the records that the node gives.
    pub(crate) collection: Option<&'static str>,
    /// The how-manyth node it is that the workflow comes to; the run counts.
    pub(crate) position: u32,
    /// What people see of what the node was given, as JSON.
    pub(crate) input: Option<String>,
    /// Its last attempts.
    pub(crate) tries: Tries,
}

impl Place {
    pub(crate) fn new(key: String, fingerprint: u64, kind: &'static str) -> Self {
        let (input, tries) = (None, Tries::default());
        Self { key, fingerprint, kind, collection: None, position: 0, input, tries }
    }

    /// Keeps what the node was given, unless that is too long to be looked at.
    pub(crate) fn given(&mut self, input: &serde_json::Value) {
        let text = input.to_string();
        self.input = (text.len() <= INPUT).then_some(text);
    }

    /// Keeps each of the values that the node was given by its name, if there are any; in place of
    /// those that are too long to be looked at stands how long they are.
    pub(crate) fn given_each(&mut self, mut given: Vec<(&'static str, serde_json::Value)>) {
        let most = INPUT / given.len().max(1);
        for (_, value) in &mut given {
            let length = value.to_string().len();
            if length > most {
                *value = format!("… {length} bytes").into();
            }
        }
        let given = given.into_iter().map(|(name, value)| (name.to_owned(), value));
        let given: serde_json::Map<_, _> = given.collect();
        if !given.is_empty() {
            self.given(&given.into());
        }
    }
}

/// The longest input that a job keeps, in bytes.
const INPUT: usize = 16 << 10;

/// The place of the output in the parameters of [`write`].
pub(crate) const OUTPUT: usize = 5;

/// A job as a statement; one that is there already is replaced.
pub(crate) fn write(
    core: &Core,
    execution: i64,
    place: &Place,
    status: JobStatus,
    output: Option<String>,
    (error, attempts): (Option<&Error>, u32),
) -> Statement {
    static WRITE: Template = Template::new();
    let now = core.engine.moment_of_a_job(core.clock.now());
    let finished = (status != JobStatus::Pending).then_some(now);
    WRITE.with(
        build,
        vec![
            execution.into(),
            place.key.as_str().into(),
            place.fingerprint.cast_signed().into(),
            place.kind.into(),
            status.as_str().into(),
            output.into(),
            error.map(write_error).into(),
            attempts.into(),
            now.into(),
            finished.into(),
            place.collection.into(),
            place.position.into(),
            place.input.as_deref().into(),
            place.tries.written().into(),
        ],
    )
}

fn build() -> Statement {
    let columns = vec![
        "execution_id",
        "key",
        "fingerprint",
        "kind",
        "status",
        "output",
        "error",
        "attempts",
        "created_at",
        "finished_at",
        "collection",
        "position",
        "input",
        "tries",
    ];
    let row = vec![Value::Int(0); columns.len()];
    let conflict = OnConflict::Replace(vec!["execution_id", "key"]);
    Insert { table: JOBS, columns, rows: vec![row], conflict }.build()
}

/// The jobs of an execution by their keys.
pub(crate) async fn read(core: &Core, execution: i64) -> Result<HashMap<String, Job>> {
    let jobs = core.read_patiently(&jobs_of(execution)).await?;
    jobs.into_iter()
        .map(|values| Job::from_values(values).map(|job| (job.key.clone(), job)))
        .collect()
}

/// The jobs of an execution, in the order in which the workflow came to them.
pub(crate) fn jobs_of(execution: i64) -> Statement {
    Select {
        table: JOBS,
        columns: Job::COLUMNS.to_vec(),
        filter: Condition::eq("execution_id", execution),
        order: vec![("position", false), ("created_at", false), ("key", false)],
        limit: None,
        offset: None,
    }
    .build()
}

/// An error as a job keeps it, so that replay gives the same one.
#[derive(Serialize, Deserialize)]
struct StoredError {
    kind: String,
    faults: Vec<Fault>,
}

const KINDS: [(ErrorKind, &str); 12] = [
    (ErrorKind::Invalid, "invalid"),
    (ErrorKind::Unauthenticated, "unauthenticated"),
    (ErrorKind::Forbidden, "forbidden"),
    (ErrorKind::NotFound, "not_found"),
    (ErrorKind::MethodNotAllowed, "method_not_allowed"),
    (ErrorKind::Conflict, "conflict"),
    (ErrorKind::TooLarge, "too_large"),
    (ErrorKind::Unprocessable, "unprocessable"),
    (ErrorKind::TooMany, "too_many"),
    (ErrorKind::Unavailable, "unavailable"),
    (ErrorKind::Failed, "failed"),
    (ErrorKind::Internal, "internal"),
];

fn write_error(error: &Error) -> String {
    let kind = KINDS.iter().find(|(kind, _)| *kind == error.kind());
    let stored = StoredError {
        kind: kind.map_or("internal", |(_, word)| word).to_owned(),
        faults: error.all().to_vec(),
    };
    serde_json::to_string(&stored).unwrap_or_default()
}

/// The error that a job kept.
pub(crate) fn read_error(stored: Option<&str>) -> Error {
    match stored.map(serde_json::from_str::<StoredError>) {
        Some(Ok(stored)) if !stored.faults.is_empty() => {
            let kind = KINDS.iter().find(|(_, word)| *word == stored.kind);
            Error::faults(kind.map_or(ErrorKind::Internal, |(kind, _)| *kind), stored.faults)
        }
        _ => Error::internal("the node broke in an earlier run"),
    }
}
