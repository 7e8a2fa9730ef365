//! The part of a node's unit whose job depends on what its statements give.

use std::sync::Arc;

use jiff::Timestamp;

use super::calls::Calling;
use super::too_large;
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
}

/// The part of a unit whose job depends on what its statement gives.
pub(super) enum Step {
    Done,
    Counted(Statement, Statement),
    Returned(Statement, &'static Definition, Arc<Earlier>, Statement),
    Call(Box<Calling>),
    /// The ends of executions that nobody waits for any more.
    EndCalled(Condition, Timestamp),
}

impl Step {
    /// Whether it writes to this table.
    pub(super) fn is_about(&self, table: Name) -> bool {
        match self {
            Self::Done | Self::Call(_) | Self::EndCalled(..) => false,
            Self::Counted(statement, _) | Self::Returned(statement, ..) => statement.table == table,
        }
    }

    pub(super) async fn apply(&self, tx: &mut Tx, limit: usize) -> Result<Effected> {
        match self {
            Self::Done => Ok(Effected::default()),
            Self::Call(call) => {
                Ok(Effected { ended: call.apply(tx).await?, ..Effected::default() })
            }
            Self::EndCalled(called, now) => {
                let ids = end_called(tx, called.clone(), *now).await?;
                Ok(Effected { ended: vec![Ended::new(ids, None)], ..Effected::default() })
            }
            Self::Counted(statement, job) => {
                let changed = tx.execute(statement).await?;
                tx.execute(&with_output(job, changed.to_string())).await?;
                Ok(Effected { changed, ..Effected::default() })
            }
            Self::Returned(statement, definition, earlier, job) => {
                let row: Option<Values> = tx.query(statement).await?.into_iter().next();
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
                Ok(Effected { changed: 1, row, ..Effected::default() })
            }
        }
    }
}

fn with_output(job: &Statement, output: String) -> Statement {
    let mut job = job.clone();
    job.params[journal::OUTPUT] = Value::Text(output);
    job
}
