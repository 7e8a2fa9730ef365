//! Waiting for a signal from outside.

use std::future::IntoFuture;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::question::Due;
use super::{Context, Within};
use crate::engine::run::{Begun, Wait};
use crate::engine::{journal, settle, signals};
use crate::error::{Error, Result};
use crate::execution::JobStatus;
use crate::identity::Actor;
use crate::store::BoxFuture;

/// What was sent to an execution, by whom and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Signal {
    /// What was sent with it.
    pub payload: serde_json::Value,
    /// Who sent it, if they were signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    /// When it was sent.
    pub sent_at: Timestamp,
}

impl Signal {
    /// The payload as a value of a type of one's own.
    ///
    /// # Errors
    ///
    /// It is of another shape.
    pub fn get<T: DeserializeOwned>(&self) -> Result<T> {
        T::deserialize(&self.payload).map_err(|error| {
            Error::invalid("signal_payload", format!("the payload does not fit: {error}"))
        })
    }
}

/// A wait for a signal; awaiting it gives the [`Signal`].
///
/// The execution is a row while it waits: it costs no memory and survives restarts.
#[must_use = "nothing is waited for until it is awaited"]
pub struct AwaitSignal {
    cx: Context,
    name: String,
}

/// A wait for a signal that ends with time; awaiting it gives the [`Signal`], or nothing if none
/// came in time.
#[must_use = "nothing is waited for until it is awaited"]
pub struct AwaitSignalWithin {
    cx: Context,
    name: String,
    due: Due,
}

impl Context {
    /// Waits for a signal of this name.
    ///
    /// One that was sent before is kept, and taken at once; of several the oldest. Signals are
    /// sent with `POST /api/executions:signal` or `workflows:signal`, or by an own action with
    /// [`crate::Act::signal`].
    ///
    /// ```
    /// # use wfruntime::prelude::*;
    /// # use std::time::Duration;
    /// # async fn wait(cx: Context) -> Result<()> {
    /// let Some(paid) = cx.signal("paid").within(Duration::from_secs(14 * 24 * 3600)).await? else {
    ///     cx.end_failed("nobody paid in time")?;
    ///     return Ok(());
    /// };
    /// let amount: Decimal = paid.get()?;
    /// # let _ = amount;
    /// # Ok(())
    /// # }
    /// ```
    pub fn signal(&self, name: impl Into<String>) -> AwaitSignal {
        AwaitSignal { cx: self.clone(), name: name.into() }
    }
}

impl AwaitSignal {
    /// How long it is waited for.
    pub fn within(self, time: impl Within + Send + 'static) -> AwaitSignalWithin {
        let due = Box::new(move |start| time.after(start));
        AwaitSignalWithin { cx: self.cx, name: self.name, due }
    }
}

impl IntoFuture for AwaitSignal {
    type Output = Result<Signal>;
    type IntoFuture = BoxFuture<'static, Result<Signal>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let signal = wait(self.cx, self.name, None).await?;
            signal.ok_or_else(|| Error::internal("a signal without a deadline has timed out"))
        })
    }
}

impl IntoFuture for AwaitSignalWithin {
    type Output = Result<Option<Signal>>;
    type IntoFuture = BoxFuture<'static, Result<Option<Signal>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(wait(self.cx, self.name, Some(self.due)))
    }
}

async fn wait(cx: Context, name: String, due: Option<Due>) -> Result<Option<Signal>> {
    let run = &cx.run;
    let mut node = match cx.begin("signal", &name).await? {
        Begun::Done(output) => return Ok(serde_json::from_str(&output)?),
        Begun::New(node) => node,
    };
    let now = run.core.clock.now();
    let due = match &node.kept {
        Some(kept) => serde_json::from_str(kept)?,
        None => match due.map(|due| due(now)).transpose() {
            Ok(due) => due,
            Err(error) => return run.broke(&node, error).await,
        },
    };
    node.place.given(&serde_json::json!({ "name": name, "until": due }));
    let (id, key) = (run.hold.id, node.place.key.as_str());
    while let Some(kept) = signals::oldest(&run.core, id, &name).await? {
        let output = serde_json::to_string(&kept.signal)?;
        if run.take(&node, kept.taken_by(key), output).await? {
            return Ok(Some(kept.signal));
        }
    }
    if due.is_some_and(|due| due <= now) {
        run.record(&node, JobStatus::Resolved, Some("null".to_owned()), (None, 1)).await?;
        return Ok(None);
    }
    let mut wait = Wait { statements: Vec::new(), due };
    if !node.waiting {
        // The deadline, which this node needs when it is woken.
        let kept = Some(serde_json::to_string(&due)?);
        let status = JobStatus::Pending;
        wait.statements = vec![journal::write(&run.core, id, &node.place, status, kept, (None, 0))];
        wait.statements.extend(due.map(|due| settle::timer(id, key, due, None)));
    }
    let output = run.wait(node, wait).await?;
    Ok(serde_json::from_str(&output)?)
}
