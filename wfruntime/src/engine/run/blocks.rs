//! Blocks of branches: how `parallel` and `race` begin, and how they are decided.
//!
//! A block is a node whose job is written once it is decided. The unit of that job closes what the
//! other branches wait for. What a branch that lost has sent to the store before stays: units are
//! written in the order in which they were sent, so none of it follows the decision.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::{Begun, Run, Step, Verdict};
use crate::engine::journal::{self, Place};
use crate::error::{Error, Result};
use crate::execution::{JobStatus, wind_up};
use crate::store::sql::Condition;

/// A branch of a block, and those around it.
pub(crate) struct Branch {
    /// Whether nodes may begin in it that did not begin in an earlier run.
    pub(crate) open: Arc<AtomicBool>,
    /// The key of its block.
    pub(crate) block: String,
    /// Which of the block's branches it is.
    pub(crate) index: usize,
    pub(crate) outer: Option<Arc<Branch>>,
}

impl Branch {
    /// It and those around it, from the inside.
    fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |branch| branch.outer.as_deref())
    }

    pub(crate) fn is_open(&self) -> bool {
        self.all().all(|branch| branch.open.load(Ordering::Relaxed))
    }

    /// Whether a job stands in another branch of the same block, or of one around it.
    pub(super) fn is_beside(&self, key: &str) -> bool {
        self.all().any(|branch| branch_of(&branch.block, key).is_some_and(|it| it != branch.index))
    }
}

/// What a block begins with.
pub(crate) struct Entered {
    pub(crate) place: Place,
    /// Its output, if it was decided in an earlier run.
    pub(crate) decided: Option<String>,
}

/// How a block ended.
pub(crate) enum Decided<'e> {
    /// All branches came to their ends.
    All,
    /// This branch was the first.
    Winner(usize),
    /// A branch failed.
    Failed(&'e Error),
}

impl Run {
    /// Begins a block.
    ///
    /// Its job is written with the next unit, so that it is known as one before it is decided.
    ///
    /// # Errors
    ///
    /// That of the branch with which it failed in an earlier run.
    pub(crate) async fn enter(self: &Arc<Self>, place: Place) -> Result<Entered> {
        match self.begin(place.clone()).await {
            Ok(Begun::Done(output)) => Ok(Entered { place, decided: Some(output) }),
            // Its branches count what is in flight.
            Ok(Begun::New(node)) => {
                if !node.waiting {
                    let (id, pending) = (self.hold.id, JobStatus::Pending);
                    let job = journal::write(&self.core, id, &node.place, pending, None, (None, 0));
                    let mut state = self.state();
                    state.unwritten.jobs.push(job);
                    state.loose = true;
                }
                Ok(Entered { place: node.place, decided: None })
            }
            Err(error) => {
                self.forget(&place.key, None);
                Err(error)
            }
        }
    }

    /// The winner as the job of a race keeps it; what the others left is of no account then.
    pub(crate) fn winner(&self, key: &str, output: &str, branches: usize) -> Option<usize> {
        let winner = output.parse().ok().filter(|winner| *winner < branches);
        match winner {
            Some(winner) => self.forget(key, Some(winner)),
            None => self.decide(Verdict::Stranded(format!(
                "its journal has branch {output} as the winner of `{key}`, where today's code has \
                 {branches} branches"
            ))),
        }
        winner
    }

    /// Writes how a block ended, and closes what its other branches wait for.
    pub(crate) async fn settle_block(
        self: &Arc<Self>,
        place: &Place,
        decided: Decided<'_>,
    ) -> Result<()> {
        if self.is_rehearsal() {
            if let Decided::Winner(winner) = decided {
                self.forget(&place.key, Some(winner));
            } else if let Decided::Failed(_) = decided {
                self.forget(&place.key, None);
            }
            return Ok(());
        }
        self.moment("before_branches", &place.key).await;
        let (status, output, error) = match decided {
            Decided::All => return self.keep(&self.fresh(place.clone()), "null".into()).await,
            Decided::Winner(winner) => (JobStatus::Resolved, Some(winner), None),
            Decided::Failed(error) => (JobStatus::Error, None, Some(error)),
        };
        let _flight = self.fresh(place.clone());
        let id = self.hold.id;
        let (mut statements, mut step) = (Vec::new(), Step::Done);
        if self.is_loose() {
            let now = self.core.clock.now();
            statements = wind_up::block(id, &place.key, output, now);
            let called = Condition::eq("caller_id", id);
            let losers = wind_up::losers(&place.key, output, "caller_key");
            step = Step::EndCalled(called.and(losers), now);
        }
        let text = output.map(|winner| winner.to_string());
        statements.push(journal::write(&self.core, id, place, status, text, (error, 1)));
        let written = self.write(statements, step, 0).await;
        self.moment("after_branches", &place.key).await;
        match written {
            Ok(effected) => {
                effected.ended.iter().for_each(|ended| self.core.engine.ended(ended));
                self.forget(&place.key, output);
                Ok(())
            }
            Err(error) => self.given_up(error).await,
        }
    }

    /// When the last job of each branch ended in earlier runs: the first of those that are at
    /// their ends is the winner.
    pub(crate) fn ends_of_branches(&self, key: &str, branches: usize) -> Vec<Option<Timestamp>> {
        let mut ends = vec![None; branches];
        for (job_key, job) in &self.state().journal {
            let branch = branch_of(key, job_key).and_then(|branch| ends.get_mut(branch));
            if let Some(end) = branch {
                *end = job.finished_at.max(*end);
            }
        }
        ends
    }

    /// Drops the jobs of a block's branches, except the kept one's.
    fn forget(&self, key: &str, kept: Option<usize>) {
        let mut state = self.state();
        state.journal.retain(|job_key, _| match branch_of(key, job_key) {
            Some(branch) => kept == Some(branch),
            None => true,
        });
    }
}

/// Whether the jobs of this kind are those of blocks.
pub(crate) fn is_block(kind: &str) -> bool {
    matches!(kind, "parallel" | "race")
}

/// In which branch of the block a job stands, if in any.
pub(crate) fn branch_of(block: &str, job_key: &str) -> Option<usize> {
    let rest = job_key.strip_prefix(block)?.strip_prefix('.')?;
    rest.split_once('/')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::branch_of;

    #[test]
    fn a_key_tells_its_branch() {
        for (key, branch) in [
            ("race#1.0/create", Some(0)),
            ("race#1.12/race#1.3/run", Some(12)),
            ("race#1", None),
            ("race#1.x/run", None),
            ("race#10.1/run", None),
            ("for#1.0/race#1.1/run", None),
        ] {
            assert_eq!(branch_of("race#1", key), branch, "{key}");
        }
    }
}
