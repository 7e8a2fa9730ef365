//! What collection events that hear of a node's writes do before the node is done.
//!
//! They stand alone: what becomes of them does not touch the node. They run on a task of their
//! own, which goes on if the run is dropped; after a crash the engine goes on with them, and the
//! node is done.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::Run;
use crate::change::Told;
use crate::core::Core;
use crate::execution::{NewExecution, NewStatus, Status};
use crate::watch::Within;

/// How the events of a unit are started at its commit.
pub(super) struct Starting {
    core: Arc<Core>,
    runtime: Handle,
    /// Where the node stands.
    within: Within,
    /// When synchronous ones are aborted.
    deadline: Timestamp,
    done: oneshot::Sender<()>,
}

impl Run {
    /// How the events of the next unit are started, and what tells that synchronous ones are done.
    pub(super) fn starting(&self) -> (Starting, oneshot::Receiver<()>) {
        let (done, is_done) = oneshot::channel();
        let deadline = self.sync_deadline();
        let (core, runtime) = (Arc::clone(&self.core), Handle::current());
        (Starting { core, runtime, within: Within::here(), deadline, done }, is_done)
    }
}

impl Starting {
    /// Starts what the unit has told of its changes, whether the node still waits or not.
    pub(super) fn start(self, told: &Told) {
        let Self { core, runtime, within, deadline, done } = self;
        told.ended.iter().for_each(|ended| core.engine.ended(ended));
        if told.executions.is_empty() {
            return;
        }
        let is_sync = |execution: &&NewExecution| execution.status == NewStatus::StartedSync;
        let synchronous: Vec<_> = told.executions.iter().filter(is_sync).cloned().collect();
        core.engine.committed(told.executions.clone());
        if synchronous.is_empty() {
            return;
        }
        runtime.spawn(within.carry(Box::pin(async move {
            for execution in synchronous {
                let (id, key) = (execution.id, execution.workflow.key);
                let status = core.engine.run_sync(execution, deadline).await.status;
                if matches!(status, Status::Error | Status::Aborted) {
                    tracing::warn!(execution = id, "the event `{key}` ended as `{status}`");
                }
            }
            // Nobody may wait for it any more.
            let _ = done.send(());
        })));
    }
}
