//! Schedules that go by the clock.

use std::sync::Arc;

use jiff::Timestamp;

use super::super::failpoint;
use super::super::timers::Due;
use super::{Turn, state};
use crate::error::Result;
use crate::execution::{NewExecution, bear};
use crate::schedule::Planned;

/// How many moments are written in one unit.
const PAGE: usize = 64;

/// Runs the moments that are due.
pub(super) async fn fire(turn: &Turn<'_>) -> Result<Due> {
    let mut runs = turn.state.runs;
    let mut fired = 0;
    let mut from = turn.planned.search_from(turn.state.until, turn.now);
    loop {
        let page = page(turn, runs, from);
        let whole = page.len() < PAGE;
        let Some(last) = page.last().copied() else { break };
        let count = write(turn, page, last).await?;
        fired += count;
        runs = runs.saturating_add(u32::try_from(count)?);
        from = last;
        if whole {
            break;
        }
    }
    Ok(Due { fired, next: next(turn.planned, runs, from.max(turn.now)) })
}

/// The first moment after this one, if it may run so often.
pub(super) fn next(planned: &Planned, runs: u32, from: Timestamp) -> Option<Timestamp> {
    let is_over = planned.declared.repeat.is_some_and(|most| runs >= most);
    if is_over { None } else { planned.next(from) }
}

/// The next moments that are due and run.
fn page(turn: &Turn<'_>, runs: u32, from: Timestamp) -> Vec<Timestamp> {
    let planned = turn.planned;
    let left = planned.declared.repeat.map_or(u32::MAX, |most| most.saturating_sub(runs));
    let left = usize::try_from(left).unwrap_or(usize::MAX).min(PAGE);
    let mut found = Vec::new();
    let mut next = planned.next(from);
    while let Some(moment) = next.filter(|moment| *moment <= turn.now && found.len() < left) {
        next = planned.next(moment);
        if planned.runs(moment, next, turn.now) {
            found.push(moment);
        }
    }
    found
}

/// Writes the executions of moments that have not run; how many.
async fn write(turn: &Turn<'_>, moments: Vec<Timestamp>, until: Timestamp) -> Result<usize> {
    let (core, key) = (Arc::clone(turn.core), turn.key());
    let executions =
        moments.iter().map(|moment| super::execution(turn.core, turn.workflow, *moment, None));
    let executions: Vec<NewExecution> = executions.collect();
    let forgotten = state::forget_before(key, turn.now);
    failpoint("at_moment");
    let unit = turn.core.store.write_reserved(move |tx| {
        Box::pin(async move {
            let (mut born, mut ended, mut last) = (Vec::new(), Vec::new(), None);
            for (moment, mut execution) in moments.into_iter().zip(executions) {
                if tx.execute(&state::take(key, 0, moment)).await? == 0 {
                    continue;
                }
                ended.extend(bear(tx, &[execution.birth(&core)?]).await?);
                last = Some((moment, execution.id));
                born.push(execution);
            }
            tx.execute(&state::advanced(key, Some(until), born.len(), last)).await?;
            tx.execute(&forgotten).await?;
            Ok((born, ended))
        })
    });
    let (born, ended) = unit.await?;
    failpoint("after_moment");
    Ok(turn.committed(born, ended))
}
