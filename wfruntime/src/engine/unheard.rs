//! Executions of collection events and schedules whose `when` does not hold: they leave no trace.
//!
//! A unit that changes data runs no code of the program, so `when` is judged as the execution
//! begins: what does not concern the event is removed before anything of it has run.

use super::ending::{Ended, Ending};
use super::journal::Hold;
use crate::core::Core;
use crate::error::Result;
use crate::execution::{EXECUTIONS, Status};
use crate::store::Expect;
use crate::store::sql::{Delete, Query};
use crate::trigger::{Snapshot, holds};
use crate::workflow::{Trigger, WorkflowMeta};

/// Why an execution of an event does not begin.
pub(super) enum Unheard {
    /// Its `when` does not hold.
    Unconcerned,
    /// Its `when` is broken.
    Broken(String),
}

impl Unheard {
    /// Whether an execution does not begin, and why; one that was called always begins.
    pub(super) fn of(workflow: &WorkflowMeta, snapshot: &Snapshot) -> Option<Self> {
        let comes = match workflow.trigger {
            Trigger::CollectionEvent { .. } => {
                ["create", "update", "delete"].contains(&snapshot.action.as_str())
            }
            Trigger::Schedule(_) => snapshot.action == workflow.trigger.as_str(),
            _ => false,
        };
        if !comes {
            return None;
        }
        match holds(workflow, snapshot) {
            Ok(true) => None,
            Ok(false) => Some(Self::Unconcerned),
            Err(text) => Some(Self::Broken(text)),
        }
    }

    /// Removes the execution, or ends it as broken.
    ///
    /// # Errors
    ///
    /// It is not held any more, or the store cannot be written.
    pub(super) async fn write(&self, core: &Core, hold: Hold) -> Result<()> {
        let ending = match self {
            Self::Unconcerned => None,
            Self::Broken(text) => {
                let now = core.clock.now();
                Some(Ending::new(hold.condition(), Status::Error, now, text))
            }
        };
        let unit = |store: crate::store::Store| {
            let ending = ending.clone();
            async move {
                let written = store.write_reserved(move |tx| {
                    Box::pin(async move {
                        match ending {
                            Some(ending) => ending.apply(tx).await,
                            None => {
                                let filter = hold.condition();
                                let delete = Delete { table: EXECUTIONS, filter };
                                tx.execute(&delete.expect(Expect::Lease)).await?;
                                Ok(Ended::default())
                            }
                        }
                    })
                });
                written.await
            }
        };
        core.engine.ended(&core.patiently(unit).await?);
        Ok(())
    }
}
