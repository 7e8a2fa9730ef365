//! How a node takes a signal that was sent to its execution.

use std::sync::Arc;

use super::{Node, Run, Step};
use crate::engine::journal;
use crate::error::{ErrorKind, Result};
use crate::execution::{JobStatus, TIMERS};
use crate::store::Statement;
use crate::store::sql::{Condition, Delete, Query};

impl Run {
    /// Takes a signal for a node, as its output; whether no other branch was faster.
    ///
    /// `taken` marks the signal, and fails its unit if that is done already.
    pub(crate) async fn take(
        self: &Arc<Self>,
        node: &Node,
        taken: Statement,
        output: String,
    ) -> Result<bool> {
        self.moment("before_node", &node.place.key).await;
        let (id, key) = (self.hold.id, node.place.key.as_str());
        let timer = Condition::eq("execution_id", id).and(Condition::eq("job_key", key));
        let timer = Delete { table: TIMERS, filter: timer }.build();
        let (status, tries) = (JobStatus::Resolved, (None, 1));
        let job = journal::write(&self.core, id, &node.place, status, Some(output), tries);
        let written = self.write(vec![taken, timer, job], Step::Done, 0).await;
        self.moment("after_node", &node.place.key).await;
        match written {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(false),
            Err(error) => self.given_up(error).await,
        }
    }
}
