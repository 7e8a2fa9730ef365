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
    /// The workflows of those that this alone ended, and what they ended as.
    counted: Vec<(String, Status)>,
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
            ended.counted.push((called.key.clone(), self.status));
            let message = Some(self.error.clone());
            ended.woken.extend(called.tell(tx, self.status, message, self.now).await?);
        }
        tx.batch(&wind_up::several(&ended.ids, self.now)).await?;
        ended.extend(end_called(tx, called_by(&ended.ids), self.now).await?);
        Ok(ended)
    }
}

impl Ended {
    /// Whether there was nothing to end.
    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub(super) fn waking(woken: Option<Woken>) -> Self {
        Self { woken: woken.into_iter().collect(), ..Self::default() }
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.ids.extend(other.ids);
        self.counted.extend(other.counted);
        self.woken.extend(other.woken);
    }
}

/// An execution that has just ended, and the node that called it.
pub(super) struct Finished {
    id: i64,
    key: String,
    caller: Option<(i64, String)>,
}

impl Finished {
    /// Of the columns that [`wind_up::FINISHED`] names.
    pub(super) fn of(row: Values) -> Result<Self> {
        let mut from = Fields::new(row);
        let (id, key, caller) = (from.int()?, from.text()?, from.next().as_int());
        Ok(Self { id, key, caller: caller.zip(from.optional_text()) })
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
pub(super) async fn end_called(tx: &mut Tx, called: Condition, now: Timestamp) -> Result<Ended> {
    let mut filter = called;
    let mut ended = Ended::default();
    loop {
        let open = filter.and(Condition::Not(Box::new(Condition::Null("state"))));
        let text = "the execution that called it does not wait for it any more";
        let finish = wind_up::finish(open, Status::Aborted, now, Some(text));
        let rows = tx.query(&finish).await?;
        if rows.is_empty() {
            return Ok(ended);
        }
        let rows = rows.into_iter().map(Finished::of).collect::<Result<Vec<_>>>()?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        tx.batch(&wind_up::several(&ids, now)).await?;
        ended.ids.extend(&ids);
        ended.counted.extend(rows.into_iter().map(|row| (row.key, Status::Aborted)));
        filter = called_by(&ids);
    }
}

impl Engine {
    /// Drops the runs of what a unit ended, and lets those go on that it woke.
    pub(crate) fn ended(&self, ended: &Ended) {
        for id in &ended.ids {
            self.drop_run(*id);
        }
        for (key, status) in &ended.counted {
            self.count(key, *status);
        }
        for woken in &ended.woken {
            self.woken(woken.id, &woken.key, woken.record);
        }
    }

    /// Counts what ended without a run that did.
    pub(super) fn count(&self, key: &str, status: Status) {
        let Some(core) = self.core.upgrade() else { return };
        if let (Some(metrics), Some((workflow, _))) = (&core.metrics, core.workflows.get(key)) {
            metrics.ended(workflow.key, status, None);
        }
    }
}
