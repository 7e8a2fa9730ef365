//! An execution with its jobs as one line of JSON: what `executions export` writes and
//! `testing::replay` reads.
//!
//! All that a replay needs is in it, hidden fields too.

#[cfg(feature = "testing")]
use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Execution, Job, JobStatus, Status};
#[cfg(feature = "testing")]
use crate::error::Error;
use crate::error::Result;

/// The form of the lines; another one is not read.
const FORMAT: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Recorded {
    format: u32,
    pub(crate) id: i64,
    pub(crate) key: String,
    pub(crate) version: u32,
    revision: String,
    collection: Option<String>,
    pub(crate) record_id: Option<i64>,
    pub(crate) status: Status,
    pub(crate) error: Option<String>,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
    /// What the workflow saw; none if it was over the limit.
    context: Option<Box<RawValue>>,
    jobs: Vec<RecordedJob>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordedJob {
    key: String,
    kind: String,
    /// In hexadecimal: not every reader of JSON knows whole numbers of this size.
    fingerprint: String,
    position: u32,
    status: JobStatus,
    output: Option<Box<RawValue>>,
    error: Option<Box<RawValue>>,
    attempts: u32,
    collection: Option<String>,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
}

impl Recorded {
    /// # Errors
    ///
    /// What is stored is no JSON.
    pub(crate) fn of(execution: Execution, jobs: Vec<Job>) -> Result<Self> {
        Ok(Self {
            format: FORMAT,
            id: execution.id,
            key: execution.key,
            version: execution.version,
            revision: execution.revision,
            collection: execution.collection,
            record_id: execution.record_id,
            status: execution.status,
            error: execution.error,
            created_at: execution.created_at,
            finished_at: execution.finished_at,
            context: raw(execution.context)?,
            jobs: jobs.into_iter().map(RecordedJob::of).collect::<Result<_>>()?,
        })
    }
}

#[cfg(feature = "testing")]
impl Recorded {
    /// # Errors
    ///
    /// The line has no execution, or one of another form.
    pub(crate) fn read(line: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        let Head { format } = serde_json::from_str(line)?;
        if format != FORMAT {
            let text = format!("it has the format {format}, and {FORMAT} is read: export it again");
            return Err(Error::invalid("recorded_format", text));
        }
        Ok(serde_json::from_str(line)?)
    }

    /// The JSON text of what the workflow saw.
    pub(crate) fn context(&self) -> Option<&str> {
        self.context.as_deref().map(RawValue::get)
    }

    /// The jobs by their keys.
    ///
    /// # Errors
    ///
    /// A fingerprint is no hexadecimal number.
    pub(crate) fn journal(&self) -> Result<HashMap<String, Job>> {
        self.jobs.iter().map(|job| Ok((job.key.clone(), job.job()?))).collect()
    }
}

impl RecordedJob {
    fn of(job: Job) -> Result<Self> {
        Ok(Self {
            key: job.key,
            kind: job.kind,
            fingerprint: format!("{:016x}", job.fingerprint),
            position: job.position,
            status: job.status,
            output: raw(job.output)?,
            error: raw(job.error)?,
            attempts: job.attempts,
            collection: job.collection,
            created_at: job.created_at,
            finished_at: job.finished_at,
        })
    }
}

#[cfg(feature = "testing")]
impl RecordedJob {
    fn job(&self) -> Result<Job> {
        let text = |raw: &Option<Box<RawValue>>| raw.as_deref().map(|raw| raw.get().to_owned());
        // JSON's null is read as nothing, and a finished job has an output.
        let null = (self.status == JobStatus::Resolved).then(|| "null".to_owned());
        Ok(Job {
            key: self.key.clone(),
            fingerprint: u64::from_str_radix(&self.fingerprint, 16)
                .map_err(|error| Error::invalid("recorded_fingerprint", error.to_string()))?,
            kind: self.kind.clone(),
            status: self.status,
            output: text(&self.output).or(null),
            error: text(&self.error),
            attempts: self.attempts,
            created_at: self.created_at,
            finished_at: self.finished_at,
            collection: self.collection.clone(),
            position: self.position,
            input: None,
            tries: super::Tries::default(),
        })
    }
}

fn raw(text: Option<String>) -> Result<Option<Box<RawValue>>> {
    Ok(text.map(RawValue::from_string).transpose()?)
}
