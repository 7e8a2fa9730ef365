//! What those who watch ask of the engine's tables: how much is open, and how late it is.

use jiff::{SignedDuration, Timestamp};

use super::{lease, schedules};
use crate::core::Core;
use crate::error::Result;
use crate::execution::{EXECUTIONS, Fields, State, TASKS, TIMERS};
use crate::store::sql::{Condition, Count, CountBy, Name, Op, Query, Select};
use crate::value::{Type, Value};
use crate::watch::Looked;

/// Looks at all of it.
///
/// # Errors
///
/// As [`crate::store::Store::read`].
pub(crate) async fn look(core: &Core) -> Result<Looked> {
    let now = core.clock.now();
    let late = |moment: Option<Timestamp>| match moment {
        Some(moment) => now.duration_since(moment).max(SignedDuration::ZERO),
        None => SignedDuration::ZERO,
    };
    let queued = Condition::eq("state", State::Queued.as_str());
    let due = Condition::Compare("due_at", Op::Lte, now.into());
    let is_open = Condition::Not(Box::new(Condition::Null("open")));
    let expires = lease::expires(core).await?;
    Ok(Looked {
        open: open(core).await?,
        oldest: late(first(core, EXECUTIONS, "created_at", queued, "id").await?),
        tasks: count(core, TASKS, is_open).await?,
        timers: count(core, TIMERS, due.clone()).await?,
        timer_late: late(first(core, TIMERS, "due_at", due, "due_at").await?),
        schedule_late: late(schedules::overdue(core, now).await?),
        // What nobody renews was taken by another process.
        lease: expires.map_or(-SignedDuration::from_secs(1), |at| at.duration_since(now)),
    })
}

/// Executions that are not over, by where they are; where there are none, too.
async fn open(core: &Core) -> Result<Vec<(&'static str, i64)>> {
    let query = CountBy {
        table: EXECUTIONS,
        columns: vec![("state", Type::Text)],
        filter: Condition::Not(Box::new(Condition::Null("state"))),
    };
    let mut open: Vec<_> = State::ALL.map(|state| (state.as_str(), 0)).into();
    for row in core.store.read(&query.build()).await? {
        let mut from = Fields::new(row);
        let (state, found) = (from.text()?, from.int()?);
        if let Some((_, count)) = open.iter_mut().find(|(known, _)| *known == state) {
            *count = found;
        }
    }
    Ok(open)
}

async fn count(core: &Core, table: Name, filter: Condition) -> Result<i64> {
    let rows = core.store.read(&Count { table, filter }.build()).await?;
    Ok(rows.first().and_then(|row| row.first()).and_then(Value::as_int).unwrap_or(0))
}

/// A moment of the first row that fits.
async fn first(
    core: &Core,
    table: Name,
    column: Name,
    filter: Condition,
    order: Name,
) -> Result<Option<Timestamp>> {
    let query = Select {
        table,
        columns: vec![(column, Type::Timestamp)],
        filter,
        order: vec![(order, false)],
        limit: Some(1),
        offset: None,
    };
    match core.store.read(&query.build()).await?.into_iter().next() {
        Some(row) => Fields::new(row).moment(),
        None => Ok(None),
    }
}
