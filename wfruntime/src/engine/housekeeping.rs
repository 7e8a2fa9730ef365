//! What has to be looked after now and then: other processes' writes, dead ones, old executions.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::{control, lease};
use crate::core::Core;
use crate::error::Result;
use crate::execution::Status;

/// How often other processes' writes are looked for.
const TICK: Duration = Duration::from_secs(1);
/// How many finished executions are removed in one unit.
const BATCH: u64 = 200;
/// After how many ticks old executions are looked for.
const SWEEP: u32 = 60;

/// Looks after these things until the shutdown begins.
pub(super) async fn keep(core: Arc<Core>) {
    let mut seen = None;
    let mut ticks: u32 = 0;
    while !core.engine.is_closing() {
        if let Err(error) = tick(&core, &mut seen, ticks).await
            && !core.engine.is_closing()
        {
            tracing::warn!(%error, "housekeeping failed");
        }
        ticks = ticks.wrapping_add(1);
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            () = core.engine.closing() => {}
        }
    }
}

async fn tick(core: &Core, seen: &mut Option<i64>, ticks: u32) -> Result<()> {
    let version = core.store.data_version().await?;
    if seen.replace(version).is_some_and(|seen| seen != version) {
        core.engine.look();
        core.engine.timers.look();
    }
    let lease = u32::try_from(core.settings.lease.as_secs()).unwrap_or(u32::MAX).max(1);
    if ticks % lease == lease - 1 && lease::take_over(core, false).await? > 0 {
        core.engine.look();
    }
    if ticks % SWEEP == SWEEP - 1 {
        sweep(core).await?;
        crate::action::once::sweep(core).await?;
    }
    Ok(())
}

/// Removes executions that ended longer ago than they are kept, in small units.
pub(super) async fn sweep(core: &Core) -> Result<u64> {
    let mut removed = 0;
    for (status, kept) in core.settings.retention.by_status() {
        let kept = jiff::SignedDuration::try_from(kept).unwrap_or(jiff::SignedDuration::MAX);
        let Ok(before) = core.clock.now().checked_sub(kept) else { continue };
        removed += sweep_those(core, status, before).await?;
    }
    Ok(removed)
}

/// Removes those that ended with a status before a moment.
async fn sweep_those(core: &Core, status: Status, before: Timestamp) -> Result<u64> {
    let mut removed = 0;
    while !core.engine.is_closing() {
        let old = control::ended_before(&core.store, status, before, BATCH).await?;
        if old.is_empty() {
            break;
        }
        let gone = control::remove(&core.store, old).await?;
        if gone == 0 {
            // Somebody else removes them as well: the next sweep sees what is left.
            break;
        }
        removed += gone;
        // Others come first.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(removed)
}
