//! The part of a node's unit whose job depends on what its statements give.

use std::sync::Arc;

use jiff::Timestamp;

use super::calls::Calling;
use super::too_large;
use crate::change::{self, Telling, Told, Write};
use crate::collection::{Definition, Row};
use crate::context::Earlier;
use crate::engine::ending::{Ended, end_called};
use crate::engine::journal;
use crate::error::Result;
use crate::execution::write_row;
use crate::store::sql::{Condition, Name};
use crate::store::{Statement, Tx, Values};
use crate::value::Value;

/// What an [`Effect`] came to.
#[derive(Default)]
pub(crate) struct Effected {
    pub(crate) changed: u64,
    pub(crate) row: Option<Row>,
    /// The executions that it ended.
    pub(super) ended: Vec<Ended>,
    /// The executions of collection events that hear of it.
    pub(super) told: Told,
}

/// The part of a unit whose job depends on what its statement gives.
pub(super) enum Step {
    Done,
    Fixed(Vec<Write>, Statement),
    Counted(Write, Statement),
    Returned(Write, &'static Definition, Arc<Earlier>, Statement),
    Call(Box<Calling>),
    /// The ends of executions that nobody waits for any more.
    EndCalled(Condition, Timestamp),
}

impl Step {
    /// Whether it writes to this table.
    pub(super) fn is_about(&self, table: Name) -> bool {
        match self {
            Self::Done | Self::Call(_) | Self::EndCalled(..) => false,
            Self::Fixed(..) | Self::Counted(..) | Self::Returned(..) => {
                self.writes().iter().any(|write| write.table() == table)
            }
        }
    }

    /// What it writes of records.
    pub(super) fn writes(&self) -> &[Write] {
        match self {
            Self::Done | Self::Call(_) | Self::EndCalled(..) => &[],
            Self::Fixed(writes, _) => writes,
            Self::Counted(write, _) | Self::Returned(write, ..) => std::slice::from_ref(write),
        }
    }

    /// `telling` is there if somebody listens to what it writes.
    pub(super) async fn apply(
        &self,
        tx: &mut Tx,
        limit: usize,
        telling: Option<&Telling>,
    ) -> Result<Effected> {
        let mut changes = telling.map(Telling::changes).unwrap_or_default();
        match self {
            Self::Done => Ok(Effected::default()),
            Self::Call(call) => {
                Ok(Effected { ended: call.apply(tx).await?, ..Effected::default() })
            }
            Self::EndCalled(called, now) => {
                let ended = end_called(tx, called.clone(), *now).await?;
                Ok(Effected { ended: vec![ended], ..Effected::default() })
            }
            Self::Fixed(writes, job) => {
                let told = change::write(tx, writes, telling).await?;
                tx.execute(job).await?;
                Ok(Effected { told, ..Effected::default() })
            }
            Self::Counted(write, job) => {
                let changed = write.execute(tx, &mut changes).await?;
                tx.execute(&with_output(job, changed.to_string())).await?;
                let told = change::tell(tx, telling, &changes).await?;
                Ok(Effected { changed, told, ..Effected::default() })
            }
            Self::Returned(write, definition, earlier, job) => {
                let row: Option<Values> = write.query(tx, &mut changes).await?.into_iter().next();
                let row = row.map(|values| Row::new(definition, values));
                let row = match row {
                    Some(row) => Some(earlier.load_changed(tx, row).await?),
                    None => None,
                };
                let output = row.as_ref().map_or_else(|| Ok("null".to_owned()), write_row)?;
                if output.len() > limit {
                    return Err(too_large(definition.name(), output.len(), limit));
                }
                tx.execute(&with_output(job, output)).await?;
                let told = change::tell(tx, telling, &changes).await?;
                Ok(Effected { changed: 1, row, told, ..Effected::default() })
            }
        }
    }
}

fn with_output(job: &Statement, output: String) -> Statement {
    let mut job = job.clone();
    job.params[journal::OUTPUT] = Value::Text(output);
    job
}
