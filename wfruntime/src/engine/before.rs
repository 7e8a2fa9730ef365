//! Executions that stand before a write and judge it: run by whoever is about to write.
//!
//! They are written first, so that they are seen whatever becomes of the write; nobody ever goes on
//! with one. What a process leaves behind is closed as aborted, and the write did not happen.

use std::sync::Arc;

use jiff::Timestamp;

use super::Engine;
use super::drive::Drive;
use super::ending::Ended;
use super::journal::Hold;
use super::run::{Beginning, Run, Verdict};
use super::runner::Entered;
use super::settle::settle;
use crate::core::Core;
use crate::error::{ErrorKind, Result};
use crate::execution::{NewExecution, NewStatus, Status, bear};
use crate::value::Value;
use crate::watch;

/// Why an execution that stood before a write was closed.
pub(super) const LEFT: &str = "the process ended before the write";

/// What an execution before a write came to.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) status: Status,
    /// Whether it ended by an `end` of its own, and not where its code ends.
    pub(crate) is_ended: bool,
    /// What `respond` said, in order.
    pub(crate) messages: Vec<String>,
    /// Why it did not resolve, in full.
    pub(crate) failure: Option<String>,
    /// The values that it set, by column.
    pub(crate) sets: Vec<(usize, Value)>,
}

impl Judged {
    /// One that did not run.
    fn of(status: Status, failure: Option<String>) -> Self {
        let (messages, sets) = (Vec::new(), Vec::new());
        Self { status, is_ended: false, messages, failure, sets }
    }
}

impl Engine {
    /// Writes an execution, runs it to its end, and says what it came to; at `deadline` it is
    /// aborted.
    ///
    /// It goes on even if nobody waits for it any more.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(crate) async fn judge(
        &self,
        execution: NewExecution,
        deadline: Timestamp,
    ) -> Result<Judged> {
        let core = self.core()?;
        watch::spawn(async move { judge(&core, execution, deadline).await }).await?
    }
}

async fn judge(
    core: &Arc<Core>,
    mut execution: NewExecution,
    deadline: Timestamp,
) -> Result<Judged> {
    let birth = execution.birth(core)?;
    let unit = core.store.write(move |tx| Box::pin(async move { bear(tx, &[birth]).await }));
    let ended: Vec<Ended> = unit.await?;
    ended.iter().for_each(|ended| core.engine.ended(ended));
    if let NewStatus::Error(text) = execution.status {
        return Ok(Judged::of(Status::Error, Some(text)));
    }
    let hold = Hold { id: execution.id, owner: core.engine.owner(), epoch: 1 };
    let run = Run::new(core, Beginning::in_request(core, execution, hold, deadline));
    let entered = Entered::new(&core.engine, &run);
    let verdict = Drive::new(&run).await;
    let is_ended = run.is_decided();
    let (status, failure) = match verdict {
        Verdict::Final(status, failure) => (status, failure),
        Verdict::Stranded(failure) => (Status::Error, Some(failure)),
        Verdict::Suspend => (Status::Error, Some("it cannot wait before a write".to_owned())),
        Verdict::Leave | Verdict::Lost => (Status::Aborted, Some(LEFT.to_owned())),
    };
    let (messages, sets) = (run.messages(), run.take_sets());
    let settled = settle(&run, Verdict::Final(status, failure.clone())).await;
    drop(entered);
    match settled {
        Ok(_) => Ok(Judged { status, is_ended, messages, failure, sets }),
        // Somebody cancelled it, or this process lost its lease.
        Err(error) if error.kind() == ErrorKind::Fenced => {
            Ok(Judged::of(Status::Aborted, Some(error.to_string())))
        }
        Err(error) => Err(error),
    }
}
