//! Waiting for time to pass.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime, civil};

use super::{Context, Within};
use crate::engine::run::{Begun, Wait};
use crate::engine::{journal, settle};
use crate::error::Result;
use crate::execution::JobStatus;
use crate::store::BoxFuture;

/// A moment: a jiff timestamp or zoned time; a date or date with time is one in UTC.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no moment",
    label = "expected a moment",
    note = "a moment is a `Timestamp`, a jiff `Zoned`, or a `DateTime` or `Date` in UTC"
)]
pub trait Moment {
    /// The moment itself.
    ///
    /// # Errors
    ///
    /// There is no such moment.
    fn moment(self) -> Result<Timestamp>;
}

#[diagnostic::do_not_recommend]
impl Moment for Timestamp {
    fn moment(self) -> Result<Timestamp> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl Moment for ZonedDateTime {
    fn moment(self) -> Result<Timestamp> {
        Ok(self.timestamp())
    }
}

#[diagnostic::do_not_recommend]
impl Moment for civil::DateTime {
    fn moment(self) -> Result<Timestamp> {
        Ok(self.to_zoned_datetime(TimeZone::UTC)?.timestamp())
    }
}

#[diagnostic::do_not_recommend]
impl Moment for civil::Date {
    fn moment(self) -> Result<Timestamp> {
        self.to_datetime(civil::Time::midnight()).moment()
    }
}

/// What an ended sleep gives, as its job keeps it.
const NOTHING: &str = "null";

type Due<'a> = Box<dyn FnOnce(Timestamp) -> Result<Timestamp> + Send + 'a>;

impl Context {
    /// Waits for a length of time, from the moment at which this node is reached first.
    ///
    /// The execution is a row while it waits: it costs no memory and survives restarts. A length
    /// of nothing, or less, waits for nothing.
    ///
    /// ```
    /// # use wfruntime::prelude::*;
    /// # use std::time::Duration;
    /// # async fn remind(cx: Context) -> Result<()> {
    /// cx.sleep(Duration::from_secs(3 * 24 * 3600)).await?;
    /// cx.run("remind", async || Ok(println!("three days are over"))).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The moment at its end is beyond the year 9999.
    // No `async fn`: its future would name the length's type, and a wrong one would be told at the
    // `await` as well.
    pub fn sleep<'a>(&'a self, time: impl Within + Send + 'a) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.rest(Box::new(move |now| time.after(now))))
    }

    /// Waits until a moment; one in the past is over at once.
    ///
    /// # Errors
    ///
    /// There is no such moment.
    pub fn sleep_until<'a>(&'a self, moment: impl Moment + Send + 'a) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.rest(Box::new(move |_| moment.moment())))
    }

    async fn rest(&self, due: Due<'_>) -> Result<()> {
        let run = &self.run;
        let Begun::New(mut node) = self.begin("sleep", "").await? else { return Ok(()) };
        if node.waiting {
            return run.wait(node, Wait::default()).await.map(drop);
        }
        let now = run.core.clock.now();
        let due = match due(now) {
            Ok(due) => due,
            Err(error) => return run.broke(&node, error).await,
        };
        node.place.given(&serde_json::json!({ "until": due.to_string() }));
        let nothing = || Some(NOTHING.to_owned());
        if due <= now {
            return run.record(&node, JobStatus::Resolved, nothing(), (None, 1)).await;
        }
        let (id, place) = (run.hold.id, node.place.clone());
        let pending = journal::write(&run.core, id, &place, JobStatus::Pending, None, (None, 0));
        let timer = settle::timer(id, &place.key, due, nothing());
        let wait = Wait { statements: vec![pending, timer], due: Some(due) };
        // Where another branch keeps the run from being put away, the time passes here.
        tokio::select! {
            woken = run.wait(node, wait) => woken.map(drop),
            () = run.core.clock.until(due) => {
                let node = run.fresh(place);
                run.record(&node, JobStatus::Resolved, nothing(), (None, 1)).await
            }
        }
    }
}
