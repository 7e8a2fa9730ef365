//! Synchronous executions: run by the request that fired them, before it answers.

use std::collections::HashMap;

use jiff::Timestamp;

use super::Engine;
use super::control::get;
use super::drive::Drive;
use super::journal::Hold;
use super::run::{Beginning, Run, Verdict};
use super::runner::Entered;
use super::settle::settle;
use super::unheard::Unheard;
use crate::core::Core;
use crate::error::{ErrorKind, Result};
use crate::execution::{NewExecution, Status};

/// What became of a synchronous execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyncOutcome {
    /// Final; `started` if the process ends or lost it, and it goes on in the background.
    pub status: Status,
    /// What `respond` said, in order.
    pub messages: Vec<String>,
    /// Why it did not resolve, in full: for a caller only if the status is `failed` or
    /// `rejected`.
    pub failure: Option<String>,
    /// Whether it wrote records, so that the answer has to read them again.
    pub changed: bool,
    /// Whether it is gone: it was an event's that the change did not concern.
    pub is_void: bool,
}

impl Engine {
    /// Runs an execution that was committed as started by this process.
    ///
    /// At `deadline` it is aborted. It must run on a task that no socket can cancel.
    pub(crate) async fn run_sync(
        &self,
        execution: NewExecution,
        deadline: Timestamp,
    ) -> SyncOutcome {
        match self.run_in_request(execution, deadline).await {
            Ok(outcome) => outcome,
            Err(error) => SyncOutcome {
                status: Status::Started,
                messages: Vec::new(),
                failure: Some(format!("{error:?}")),
                changed: true,
                is_void: false,
            },
        }
    }

    async fn run_in_request(
        &self,
        execution: NewExecution,
        deadline: Timestamp,
    ) -> Result<SyncOutcome> {
        let core = self.core()?;
        // As `NewExecution::birth` wrote it.
        let held = Hold { id: execution.id, owner: self.owner(), epoch: 1 };
        if let Some(unheard) = Unheard::of(execution.workflow, &execution.snapshot) {
            unheard.write(&core, held).await?;
            let (status, failure) = match unheard {
                Unheard::Unconcerned => (None, None),
                Unheard::Broken(text) => (Some(Status::Error), Some(text)),
            };
            let (messages, is_void) = (Vec::new(), status.is_none());
            let status = status.unwrap_or(Status::Resolved);
            return Ok(SyncOutcome { status, messages, failure, changed: false, is_void });
        }
        let beginning = Beginning::in_request(&core, execution, held, deadline);
        let run = Run::new(&core, beginning);
        let entered = Entered::new(self, &run);
        let verdict = Drive::new(&run).await;
        let mut outcome = SyncOutcome {
            status: Status::Started,
            messages: run.messages(),
            failure: None,
            changed: run.wrote(),
            is_void: false,
        };
        match &verdict {
            Verdict::Final(status, failure) => {
                outcome.status = *status;
                outcome.failure.clone_from(failure);
            }
            Verdict::Stranded(failure) => {
                outcome.status = Status::Stranded;
                outcome.failure = Some(failure.clone());
            }
            Verdict::Suspend | Verdict::Leave | Verdict::Lost => {}
        }
        let lost = verdict == Verdict::Lost;
        // A false alarm, if it is still held: then it goes on in the background.
        let settled = settle(&run, if lost { Verdict::Leave } else { verdict }).await;
        drop(entered);
        match settled {
            Ok(_) if lost => self.woken(run.hold.id, run.workflow.key, run.record),
            Ok(_) => {}
            // Somebody ended it, or this process lost its lease.
            Err(error) if error.kind() == ErrorKind::Fenced => {
                let id = run.hold.id;
                let stored = core.patiently(|store| async move { get(&store, id).await });
                let stored = stored.await?.execution;
                outcome.status = stored.status;
                outcome.failure = stored.error;
            }
            Err(error) => return Err(error),
        }
        Ok(outcome)
    }
}

impl Beginning {
    /// How an execution begins within the request that fired it, which waits until `deadline`.
    pub(super) fn in_request(
        core: &Core,
        execution: NewExecution,
        hold: Hold,
        deadline: Timestamp,
    ) -> Self {
        let line = execution.line();
        let own = execution.workflow.timeout.map(|timeout| core.clock.after(timeout));
        Self {
            workflow: execution.workflow,
            snapshot: execution.snapshot,
            hold,
            record: line,
            wakes: 0,
            in_request: true,
            is_rehearsal: false,
            started: core.clock.now(),
            deadline: Some(own.map_or(deadline, |own| own.min(deadline))),
            trace: execution.trace,
            journal: HashMap::new(),
            resumed: false,
        }
    }
}
