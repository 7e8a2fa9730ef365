//! A call from another system, whose signature is right: one execution, however often it comes.

use std::sync::Arc;

use serde_json::Value;

use super::commit::Commit;
use super::once::{self, Once};
use super::perform::open;
use super::turns::Turns;
use super::{Answer, FiredStatus};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Identity;
use crate::registry::WorkflowDefinition;
use crate::trigger::{self, Act, Chosen, Matches};
use crate::watch;

/// What another system sent.
pub(crate) struct Delivery {
    pub(crate) workflow: &'static WorkflowDefinition,
    pub(crate) values: Value,
    /// The id that the sender gave it.
    pub(crate) id: String,
    pub(crate) event: Option<String>,
    /// By what it is known if it comes again.
    pub(crate) once: Once,
}

/// What became of a delivery.
pub(crate) struct Delivered {
    pub(crate) answer: Answer,
    /// Whether it had come before: then nothing was done.
    pub(crate) is_duplicate: bool,
}

/// Runs the workflow for a delivery that has not come before.
///
/// # Errors
/// A body that does not fit; nothing was written then, and the same delivery may come again.
pub(crate) async fn deliver(core: &Arc<Core>, delivery: Delivery) -> Result<Delivered> {
    open(core)?;
    let place = core.under_way.enter(&delivery.once).map_err(|_| {
        let message = "the same delivery is carried out now; send it again later";
        Error::new(ErrorKind::Conflict, "under_way", message).with_retry_after(once::WAIT)
    })?;
    if let Some(made) = delivery.once.made(core).await? {
        let answer = once::told(core, &made).await?;
        return Ok(Delivered { answer, is_duplicate: true });
    }
    let core = Arc::clone(core);
    // A task of its own: what has begun keeps its place, whether the sender waits or not.
    watch::spawn(async move {
        let answer = fire(&core, delivery).await;
        drop(place);
        Ok(Delivered { answer: answer?, is_duplicate: false })
    })
    .await?
}

async fn fire(core: &Arc<Core>, delivery: Delivery) -> Result<Answer> {
    let Delivery { workflow, values, id, event, once } = delivery;
    let meta = workflow.meta;
    if let Some(fits) = meta.input {
        fits(&values)?;
    }
    let mut matches = Matches::default();
    if core.switches.is_enabled(&core.store, meta, core.clock.now()).await? {
        matches.chosen.push(Chosen { workflow, path: Vec::new(), is_named: true });
    } else {
        matches.idle.push(trigger::idle(workflow, FiredStatus::Disabled));
    }
    let input = trigger::delivered(values, &id, event.as_deref());
    let identity = Identity { user: None, role: String::new() };
    let act = Act { core, identity: &identity, action: meta.trigger.as_str(), input: Some(&input) };
    let firing = act.fire_alone(&matches);
    // One that did not run may be sent again, once it is switched on.
    let once = (!firing.executions.is_empty()).then_some(once);
    Commit { once, ..Commit::alone(firing) }.run(core, Turns::default()).await
}
