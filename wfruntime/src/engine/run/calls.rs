//! How a node begins to wait for an execution that it called.

use std::sync::Arc;

use super::{Node, Run, Step};
use crate::context::Called;
use crate::engine::ending::Ended;
use crate::engine::journal;
use crate::error::{Error, Result};
use crate::execution::{
    Birth, Caller, JobStatus, NewExecution, NewStatus, OverlapCheck, bear, chain_of,
    refuse_overlaps,
};
use crate::store::{Statement, Tx};
use crate::value::Value;

/// The part of a unit that writes an execution which a node calls, and that the node waits.
pub(super) struct Calling {
    check: Option<OverlapCheck>,
    birth: Birth,
    job: Statement,
}

impl Calling {
    pub(super) async fn apply(&self, tx: &mut Tx) -> Result<Vec<Ended>> {
        refuse_overlaps(tx, self.check.as_slice()).await?;
        let ended = bear(tx, std::slice::from_ref(&self.birth)).await?;
        tx.execute(&self.job).await?;
        Ok(ended)
    }
}

impl Run {
    /// Writes an execution for a node that waits for it then, in one unit, and starts it.
    ///
    /// What it came to, if that is known at once.
    pub(crate) async fn call(
        self: &Arc<Self>,
        node: &Node,
        mut execution: NewExecution,
    ) -> Result<Option<Called>> {
        self.moment("before_call", &node.place.key).await;
        execution.caller = Some(Caller { id: self.hold.id, key: node.place.key.clone() });
        let (id, check) = (execution.id, execution.overlap_check());
        let birth = execution.birth(&self.core)?;
        let (message, status) = match &execution.status {
            NewStatus::Error(error) => (Some(error.clone()), JobStatus::Resolved),
            _ => (None, JobStatus::Pending),
        };
        let called = Called::new(id, execution.status(), message);
        let output = Some(serde_json::to_string(&called)?);
        let job = journal::write(&self.core, self.hold.id, &node.place, status, output, (None, 1));
        self.state().loose = true;
        let step = Step::Call(Box::new(Calling { check, birth, job }));
        let written = self.write(Vec::new(), step, 0).await;
        self.moment("after_call", &node.place.key).await;
        match written {
            Ok(effected) => {
                effected.ended.into_iter().for_each(|ended| self.core.engine.ended(&ended));
                self.core.engine.committed(vec![execution]);
                Ok((status == JobStatus::Resolved).then_some(called))
            }
            Err(error) => self.broke(node, error).await,
        }
    }

    /// The keys of the workflows that caused this execution, its own last.
    pub(crate) async fn causes(self: &Arc<Self>, node: &Node) -> Result<Vec<String>> {
        let rows = self.read(node, &chain_of(self.hold.id)).await?;
        let text = rows.first().and_then(|row| row.first()).and_then(Value::as_text);
        Ok(serde_json::from_str(text.ok_or_else(|| Error::internal("the execution is gone"))?)?)
    }
}
