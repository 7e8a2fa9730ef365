//! What became of the workflows of a request, and how its answer tells it.

use super::{Answer, AnswerData, Fired, FiredStatus, Message};
use crate::collection::json::Selection;
use crate::core::Core;
use crate::engine::SyncOutcome;
use crate::error::{ErrorKind, Fault};
use crate::execution::{Execution, NewExecution, NewStatus, Status};
use crate::workflow::{Timing, WorkflowMeta};

/// What became of the workflows of a request.
#[derive(Clone)]
pub(super) struct Report {
    fired: Vec<Fired>,
    idle: Vec<Fired>,
    messages: Vec<Message>,
    /// Of executions that broke.
    broken: Vec<Fault>,
    /// Of executions that said no.
    refused: Vec<Fault>,
    changed: bool,
}

impl Report {
    /// With those that did not fire.
    pub(super) fn new(idle: Vec<Fired>) -> Self {
        let (fired, messages) = (Vec::new(), Vec::new());
        let (broken, refused) = (Vec::new(), Vec::new());
        Self { fired, idle, messages, broken, refused, changed: false }
    }

    /// Adds those that were named and do not fire.
    pub(super) fn idle(&mut self, idle: Vec<Fired>) {
        self.idle.extend(idle);
    }

    /// Keeps what an execution before the write came to.
    pub(super) fn judged(
        &mut self,
        id: i64,
        key: &'static str,
        (status, failure): (Status, Option<String>),
        messages: Vec<String>,
    ) {
        let outcome = SyncOutcome { status, messages, failure, changed: false, is_void: false };
        self.ran(id, key, outcome);
    }

    /// Keeps an execution that was written.
    pub(super) fn fired(&mut self, execution: &NewExecution) {
        self.fired.push(fired(execution));
    }

    /// Whether an execution wrote records.
    pub(super) fn changed(&self) -> bool {
        self.changed
    }

    /// Runs synchronous executions in their order, and keeps what they came to.
    pub(super) async fn run(&mut self, core: &Core, executions: Vec<NewExecution>) {
        executions.iter().for_each(|execution| self.heard(execution));
        let deadline = core.clock.after(core.settings.sync_timeout);
        for execution in executions {
            let (id, key) = (execution.id, execution.workflow.key);
            let outcome = core.engine.run_sync(execution, deadline).await;
            self.ran(id, key, outcome);
        }
    }

    /// Keeps an execution that the request waits for, if it is not kept yet.
    fn heard(&mut self, execution: &NewExecution) {
        if !self.fired.iter().any(|fired| fired.execution == Some(execution.id)) {
            self.fired.push(fired(execution));
        }
    }

    /// Keeps what a synchronous execution came to.
    fn ran(&mut self, id: i64, key: &'static str, outcome: SyncOutcome) {
        if outcome.is_void {
            self.fired.retain(|fired| fired.execution != Some(id));
            return;
        }
        self.changed |= outcome.changed;
        let said = outcome.messages.join("\n");
        let status = match outcome.status {
            Status::Resolved => FiredStatus::Resolved,
            Status::Failed => FiredStatus::Failed,
            Status::Rejected => FiredStatus::Rejected,
            Status::Aborted => FiredStatus::Aborted,
            Status::Error => FiredStatus::Error,
            // Not at its end: somebody else goes on with it.
            Status::Queued | Status::Started | Status::Stranded => FiredStatus::Queued,
        };
        match status {
            FiredStatus::Failed | FiredStatus::Rejected => {
                let spoken = outcome.failure.or_else(|| (!said.is_empty()).then_some(said));
                let message = spoken.unwrap_or_else(|| format!("`{key}` said no"));
                let code = if status == FiredStatus::Failed { "failed" } else { "rejected" };
                self.refused.push(Fault::new(code, message));
            }
            FiredStatus::Error | FiredStatus::Aborted => {
                let message = format!("a workflow broke; ask for execution {id}");
                self.broken.push(Fault::new("internal", message));
            }
            _ => {}
        }
        let messages = outcome.messages.into_iter().map(|message| Message { message });
        self.messages.extend(messages);
        if let Some(fired) = self.fired.iter_mut().find(|fired| fired.execution == Some(id)) {
            fired.status = status;
        }
    }

    /// Keeps an execution that an earlier request fired, as it is stored now.
    ///
    /// An asynchronous one is told as it was then: its answer does not wait for it.
    pub(super) fn stored(&mut self, workflow: &'static WorkflowMeta, execution: Execution) {
        let (key, id) = (workflow.key, execution.id);
        let was_refused = execution.status == Status::Error && execution.started_at.is_none();
        let status = if was_refused { FiredStatus::Error } else { FiredStatus::Queued };
        self.fired.push(Fired { key, execution: Some(id), status });
        if workflow.timing == Timing::Sync && !was_refused {
            let (status, failure) = (execution.status, execution.error);
            let messages = execution.messages;
            self.ran(
                id,
                key,
                SyncOutcome { status, messages, failure, changed: false, is_void: false },
            );
        }
    }

    /// The answer, with what is shown of its records.
    pub(super) fn answer(self, data: AnswerData, selection: Selection) -> Answer {
        let outcome = match (self.broken.is_empty(), self.refused.is_empty()) {
            (false, _) => Err(ErrorKind::Internal),
            (true, false) => Err(ErrorKind::Invalid),
            (true, true) => Ok(()),
        };
        let mut workflows = self.fired;
        workflows.extend(self.idle);
        let errors: Vec<Fault> = self.broken.into_iter().chain(self.refused).collect();
        let committed = outcome.is_err();
        let messages = self.messages;
        Answer { outcome, data, selection, messages, workflows, errors, committed }
    }
}

/// An execution that was written.
fn fired(execution: &NewExecution) -> Fired {
    let status = match execution.status {
        NewStatus::Error(_) => FiredStatus::Error,
        NewStatus::Queued | NewStatus::StartedSync => FiredStatus::Queued,
    };
    Fired { key: execution.workflow.key, execution: Some(execution.id), status }
}
