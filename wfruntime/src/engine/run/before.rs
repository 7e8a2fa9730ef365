//! What a run that stands before a write keeps for it.

use super::Run;
use crate::change::{Telling, Write};
use crate::error::Result;
use crate::value::Value;

impl Run {
    /// What a unit of these writes needs to tell of them, once those agree who may undo them.
    pub(super) async fn judged(&self, writes: &[Write]) -> Result<Option<Telling>> {
        let mut telling = Telling::of(&self.core, writes, Some(self.hold.id)).await?;
        if let Some(telling) = &mut telling {
            telling.judge(Some(&self.hold.fence()), writes, self.sync_deadline()).await?;
        }
        Ok(telling)
    }

    /// When what runs inside of a node is aborted.
    pub(super) fn sync_deadline(&self) -> jiff::Timestamp {
        let own = self.core.clock.after(self.core.settings.sync_timeout);
        self.deadline.map_or(own, |deadline| deadline.min(own))
    }

    /// Whether nothing of it has run yet.
    pub(in crate::engine) fn is_fresh(&self) -> bool {
        self.state().position == 0
    }

    /// Sets the value of a column of what is about to be written; the last one counts.
    pub(crate) fn set(&self, column: usize, value: Value) {
        let sets = &mut self.state().sets;
        sets.retain(|(set, _)| *set != column);
        sets.push((column, value));
    }

    /// The values that were set, in the order of their columns' last `set`.
    pub(in crate::engine) fn take_sets(&self) -> Vec<(usize, Value)> {
        std::mem::take(&mut self.state().sets)
    }
}
