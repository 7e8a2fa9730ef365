//! What else happens in the unit in which executions end: those that they called end with them,
//! and whoever called them is woken with what they came to.

use jiff::Timestamp;

use super::Engine;
use super::wake::{Wake, Woken, resolve_job};
use crate::context::Called;
use crate::error::Result;
use crate::execution::{self, Fields, Status, wind_up};
use crate::store::sql::Condition;
use crate::store::{Statement, Tx, Values};
use crate::value::Value;

/// Executions that end whoever holds them: what a unit does with them.
#[derive(Debug, Clone)]
pub(crate) struct Ending {
    finish: Statement,
    status: Status,
    error: String,
    now: Timestamp,
}

/// What a unit ended and woke: what [`Engine::ended`] is told after the commit.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Ended {
    ids: Vec<i64>,
    woken: Vec<Woken>,
}

impl Ending {
    /// The end of all executions that fit.
    pub(crate) fn new(filter: Condition, status: Status, now: Timestamp, error: &str) -> Self {
        let open = filter.and(Condition::Not(Box::new(Condition::Null("state"))));
        let finish = wind_up::finish(open, status, now, Some(error));
        Self { finish, status, error: error.to_owned(), now }
    }

    /// The end of every execution of a workflow for a record, or of all of it without one: a later
    /// one takes their place.
    pub(crate) fn of_line(key: &str, record: Option<i64>, now: Timestamp) -> Self {
        Self::new(
            execution::of_line(key, record),
            Status::Aborted,
            now,
            "a later one took its place",
        )
    }

    /// Ends them, with all that waits for them and that they wait for.
    pub(crate) async fn apply(&self, tx: &mut Tx) -> Result<Ended> {
        let rows = tx.query(&self.finish).await?;
        if rows.is_empty() {
            return Ok(Ended::default());
        }
        let mut ended = Ended::default();
        for row in rows {
            let called = Finished::of(row)?;
            ended.ids.push(called.id);
            let message = Some(self.error.clone());
            ended.woken.extend(called.tell(tx, self.status, message, self.now).await?);
        }
        tx.batch(&wind_up::several(&ended.ids, self.now)).await?;
        let called = end_called(tx, called_by(&ended.ids), self.now).await?;
        ended.ids.extend(called);
        Ok(ended)
    }
}

impl Ended {
    /// Whether there was nothing to end.
    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub(super) fn new(ids: Vec<i64>, woken: Option<Woken>) -> Self {
        Self { ids, woken: woken.into_iter().collect() }
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.ids.extend(other.ids);
        self.woken.extend(other.woken);
    }
}

/// An execution that has just ended, and the node that called it.
pub(super) struct Finished {
    id: i64,
    caller: Option<(i64, String)>,
}

impl Finished {
    /// Of the columns that [`wind_up::FINISHED`] names.
    pub(super) fn of(row: Values) -> Result<Self> {
        let mut from = Fields::new(row);
        let (id, caller) = (from.int()?, from.next().as_int());
        Ok(Self { id, caller: caller.zip(from.optional_text()) })
    }

    /// Gives the node that called it what it came to, and wakes that node's execution.
    pub(super) async fn tell(
        &self,
        tx: &mut Tx,
        status: Status,
        message: Option<String>,
        now: Timestamp,
    ) -> Result<Option<Woken>> {
        let Some((caller, key)) = &self.caller else { return Ok(None) };
        let called = serde_json::to_string(&Called::new(self.id, status, message))?;
        if tx.execute(&resolve_job(*caller, key, Some(called), now)).await? == 0 {
            // It does not wait for it any more.
            return Ok(None);
        }
        Wake::new(*caller).apply(tx).await
    }
}

/// The executions that these called.
pub(super) fn called_by(callers: &[i64]) -> Condition {
    Condition::In("caller_id", callers.iter().copied().map(Value::from).collect())
}

/// Ends executions whose callers do not wait for them any more, and all that those called.
pub(super) async fn end_called(tx: &mut Tx, called: Condition, now: Timestamp) -> Result<Vec<i64>> {
    let mut filter = called;
    let mut ended = Vec::new();
    loop {
        let open = filter.and(Condition::Not(Box::new(Condition::Null("state"))));
        let text = "the execution that called it does not wait for it any more";
        let finish = wind_up::finish(open, Status::Aborted, now, Some(text));
        let rows = tx.query(&finish).await?;
        if rows.is_empty() {
            return Ok(ended);
        }
        let ids = rows.into_iter().map(|row| Fields::new(row).int()).collect::<Result<Vec<_>>>()?;
        tx.batch(&wind_up::several(&ids, now)).await?;
        ended.extend(&ids);
        filter = called_by(&ids);
    }
}

impl Engine {
    /// Drops the runs of what a unit ended, and lets those go on that it woke.
    pub(crate) fn ended(&self, ended: &Ended) {
        for id in &ended.ids {
            self.drop_run(*id);
        }
        for woken in &ended.woken {
            self.woken(woken.id, &woken.key, woken.record);
        }
    }
}
