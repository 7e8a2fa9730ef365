//! Writes that no action and no node makes: users who are added, records that are read from a file.

use std::sync::Arc;

use super::{Telling, Told, Write};
use crate::core::Core;
use crate::engine::failpoint;
use crate::error::Result;
use crate::execution::{NewExecution, NewStatus};
use crate::store::{BoxFuture, Tx};
use crate::watch;

/// What a unit of these writes needs, once the events with `rollback` have agreed to them.
///
/// # Errors
/// One of them said no: nothing may be written. What the store says.
pub(crate) async fn judged(core: &Arc<Core>, writes: &[Write]) -> Result<Option<Telling>> {
    let mut telling = Telling::of(core, writes, None).await?;
    if let Some(telling) = &mut telling {
        let deadline = core.clock.after(core.settings.sync_timeout);
        telling.judge(None, writes, deadline).await?;
    }
    Ok(telling)
}

/// Writes what `unit` does, and runs what hears of it.
///
/// Synchronous events have run when it answers, but for a process that does not serve: it leaves
/// them to the one that does. What they come to stands on their executions.
///
/// # Errors
/// The unit's: nothing was written then.
pub(crate) async fn carry_out<U>(core: &Arc<Core>, unit: U) -> Result<()>
where
    U: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<Told>> + Send + 'static,
{
    let core = Arc::clone(core);
    // From the commit on it is a task of its own, which no closed connection ends.
    watch::spawn(async move { write_and_run(&core, unit).await }).await?
}

async fn write_and_run<U>(core: &Arc<Core>, unit: U) -> Result<()>
where
    U: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<Told>> + Send + 'static,
{
    let after = Arc::clone(core);
    let unit = core.store.write_then(
        move |tx| {
            Box::pin(async move {
                let told = unit(tx).await?;
                failpoint("before_commit");
                Ok(told)
            })
        },
        move |told| {
            told.ended.iter().for_each(|ended| after.engine.ended(ended));
            after.engine.committed(told.executions.clone());
        },
    );
    run(core, unit.await?.executions).await;
    Ok(())
}

/// Runs the synchronous ones of what was written, in their order.
async fn run(core: &Core, executions: Vec<NewExecution>) {
    if !core.engine.membership().is_serving() {
        return;
    }
    let deadline = core.clock.after(core.settings.sync_timeout);
    for execution in executions {
        if execution.status == NewStatus::StartedSync {
            core.engine.run_sync(execution, deadline).await;
        }
    }
}
