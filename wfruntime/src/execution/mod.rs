//! Executions and jobs: their statuses, their tables, and how a new one is written.
//!
//! It knows rows and what they may become; it refuses to know when and where they run.

mod birth;
mod new;
mod recorded;
mod stored;
mod tables;
pub(crate) mod template;
mod tries;
mod view;
pub(crate) mod wind_up;

use std::fmt;

use serde::{Deserialize, Serialize};

pub(crate) use birth::{Birth, bear};
pub(crate) use new::{
    Caller, NewExecution, NewStatus, OverlapCheck, of_line, refuse_overlaps, revision,
};
pub(crate) use recorded::Recorded;
pub(crate) use stored::{read_row, read_snapshot, write_row};
pub(crate) use tables::*;
pub(crate) use tries::Tries;
pub(crate) use view::{Execution, Job};
pub(crate) use view::{Fields, chain_of};

/// What became of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// It waits for its turn.
    Queued,
    /// It runs, or waits for somebody or something.
    Started,
    /// It came to its end.
    Resolved,
    /// A condition of the workflow's own said no.
    Failed,
    /// A node broke.
    Error,
    /// It was cancelled, or took too long.
    Aborted,
    /// A person said no.
    Rejected,
    /// Its journal does not fit today's code. Not final: it can be cancelled or run again.
    Stranded,
}

impl Status {
    /// Every status, in the order of the declaration.
    pub(crate) const ALL: [Self; 8] = [
        Self::Queued,
        Self::Started,
        Self::Resolved,
        Self::Failed,
        Self::Error,
        Self::Aborted,
        Self::Rejected,
        Self::Stranded,
    ];

    /// Their words, in the same order.
    pub(crate) const WORDS: [&'static str; Self::ALL.len()] = {
        let mut words = [""; Self::ALL.len()];
        let mut index = 0;
        while index < words.len() {
            words[index] = Self::ALL[index].as_str();
            index += 1;
        }
        words
    };

    /// Its word in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Started => "started",
            Self::Resolved => "resolved",
            Self::Failed => "failed",
            Self::Error => "error",
            Self::Aborted => "aborted",
            Self::Rejected => "rejected",
            Self::Stranded => "stranded",
        }
    }

    /// The status of a word.
    #[must_use]
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether it is not final.
    #[must_use]
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Started | Self::Stranded)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What became of a job, one node's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JobStatus {
    /// It waits, or is tried again.
    Pending,
    /// It has its output.
    Resolved,
    /// It broke.
    Error,
    /// Its execution ended before it did.
    Aborted,
}

impl JobStatus {
    const ALL: [Self; 4] = [Self::Pending, Self::Resolved, Self::Error, Self::Aborted];

    /// Its word in answers and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Resolved => "resolved",
            Self::Error => "error",
            Self::Aborted => "aborted",
        }
    }

    /// The status of a word.
    #[must_use]
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Where an execution is in the engine, which [`Status`] does not tell; null at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// In its line, never started.
    Queued,
    /// Can go on at once: it was woken, or its process is gone.
    Ready,
    /// Held by a process.
    Running,
    /// Needs nobody until it is woken.
    Waiting,
    /// Cannot go on with today's code.
    Stranded,
}

impl State {
    pub(crate) const ALL: [Self; 5] =
        [Self::Queued, Self::Ready, Self::Running, Self::Waiting, Self::Stranded];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Stranded => "stranded",
        }
    }
}
