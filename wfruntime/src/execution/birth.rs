//! How new executions are written within a unit, in their order.

use crate::engine::ending::{Ended, Ending};
use crate::error::Result;
use crate::store::{Statement, Tx};

/// What writes one new execution.
#[derive(Debug, Clone)]
pub(crate) struct Birth {
    /// The earlier ones whose place it takes.
    pub(super) ends: Option<Ending>,
    pub(super) insert: Statement,
}

/// Writes new executions; what they end is told to [`crate::engine::Engine::ended`] after the
/// commit.
pub(crate) async fn bear(tx: &mut Tx, births: &[Birth]) -> Result<Vec<Ended>> {
    let mut ended = Vec::new();
    let mut inserts = Vec::with_capacity(births.len());
    for birth in births {
        if let Some(ends) = &birth.ends {
            // In their order: a later one may take the place of an earlier one of the same unit.
            tx.batch(&std::mem::take(&mut inserts)).await?;
            ended.push(ends.apply(tx).await?);
        }
        inserts.push(birth.insert.clone());
    }
    tx.batch(&inserts).await?;
    Ok(ended)
}
