//! Calling another workflow and waiting for its end.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Context, SyncContext};
use crate::engine::run::{Begun, Node, Wait};
use crate::error::{Error, ErrorKind, Result};
use crate::execution::{NewExecution, NewStatus, Status};
use crate::store::BoxFuture;
use crate::trigger::{self, About, Snapshot};
use crate::workflow::{Callable, Identified};

/// What a called workflow came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Called {
    /// Its execution.
    pub execution: i64,
    /// How it ended.
    pub status: Status,
    /// What it said if it did not resolve; if it broke, in full: not for every caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Called {
    pub(crate) fn new(execution: i64, status: Status, message: Option<String>) -> Self {
        Self { execution, status, message }
    }

    /// Whether it came to its end.
    #[must_use]
    pub fn is_resolved(&self) -> bool {
        self.status == Status::Resolved
    }
}

impl Context {
    /// Runs another workflow for a record of its collection, and waits for its end.
    ///
    /// The other one is an execution of its own, which sees the record as it is now with what its
    /// `appends` name, and the user and role of this one. Its switch and its `when` are of no
    /// account: they are about actions. It is written in the unit in which this one begins to
    /// wait, and ends with it if that is cancelled or takes too long. If the record is gone, this
    /// workflow ends as `failed`.
    ///
    /// ```
    /// use wfruntime::prelude::*;
    ///
    /// #[collection]
    /// struct Order { paid: bool }
    ///
    /// #[post_action(mode = "local")]
    /// async fn ship(order: PostAction<Order>, cx: Context) -> Result<()> {
    ///     cx.require(order.data.paid, "nothing is shipped before it is paid")
    /// }
    ///
    /// #[post_action(mode = "global", on = [create])]
    /// async fn take(order: PostAction<Order>, cx: Context) -> Result<()> {
    ///     let shipped = cx.call::<ship>(&order.data).await?;
    ///     cx.require(shipped.is_resolved(), shipped.message.unwrap_or_default())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The workflow is called within itself more often than
    /// [`App::stack_limit`](crate::App::stack_limit) allows, or refuses to overlap.
    pub fn call<W: Callable>(
        &self,
        record: &impl Identified<Of = W::Collection>,
    ) -> BoxFuture<'_, Result<Called>> {
        Box::pin(self.call_key(W::KEY, record.identity().get()))
    }

    async fn call_key(&self, key: &'static str, id: i64) -> Result<Called> {
        let mut node = match self.begin("call", key).await? {
            Begun::Done(output) => return Ok(serde_json::from_str(&output)?),
            Begun::New(node) => node,
        };
        node.place.given(&serde_json::json!({ "workflow": key, "record": id }));
        if !node.waiting {
            let execution = match self.called(&node, key, id).await {
                Ok(Some(execution)) => execution,
                Ok(None) => return Err(self.gone()),
                Err(error) => return self.run.broke(&node, error).await,
            };
            if let Some(called) = self.run.call(&node, execution).await? {
                return Ok(called);
            }
        }
        let output = self.run.wait(node, Wait::default()).await?;
        Ok(serde_json::from_str(&output)?)
    }

    /// The execution to write; none if the record is gone.
    async fn called(&self, node: &Node, key: &str, id: i64) -> Result<Option<NewExecution>> {
        let (run, core) = (&self.run, &self.run.core);
        let found = core.workflows.get(key);
        let (workflow, definition) =
            found.ok_or_else(|| Error::internal(format!("the program has no workflow `{key}`")))?;
        let cause = run.causes(node).await?;
        let often = cause.iter().filter(|caller| *caller == key).count();
        let limit = core.settings.stack_limit;
        if often >= usize::try_from(limit)? {
            let chain = cause.join("` calls `");
            let text =
                format!("`{chain}` calls `{key}`: a chain of calls may have it only {limit} times");
            return Err(Error::new(ErrorKind::Conflict, "stack_limit", text));
        }
        let definition = definition
            .ok_or_else(|| Error::internal(format!("`{key}` is called for no record")))?;
        let Some(data) = trigger::record(core, workflow, definition, id).await? else {
            return Ok(None);
        };
        Ok(Some(NewExecution {
            id: core.ids.next(&core.clock),
            workflow,
            record: Some(id),
            snapshot: Arc::new(Snapshot {
                action: "call".to_owned(),
                about: About::One(data),
                before: None,
                each: Vec::new(),
                ids: Vec::new(),
                changed: Vec::new(),
                input: None,
                user: run.snapshot.user.clone(),
                role: run.snapshot.role.clone(),
            }),
            cause,
            caller: None,
            trace: run.trace_of(node),
            status: NewStatus::Queued,
        }))
    }
}

impl SyncContext {
    /// Ends the workflow as the called one did, unless that resolved.
    #[doc(hidden)]
    pub fn end_unless_resolved(&self, called: &Called) -> Result<()> {
        match called.status {
            Status::Resolved => Ok(()),
            status @ (Status::Failed | Status::Rejected) => {
                self.decide(status, called.message.clone()).map(drop)
            }
            status => {
                let message = called.message.as_deref().unwrap_or("it says nothing");
                let id = called.execution;
                let text = format!("the called execution {id} ended as `{status}`: {message}");
                self.decide(Status::Error, Some(text)).map(drop)
            }
        }
    }
}
