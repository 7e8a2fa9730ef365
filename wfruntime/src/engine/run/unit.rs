//! The one unit of a node: the fence, what was read before it, its records and its job.

use std::sync::Arc;

use super::step::Step;
use super::{Effected, Run};
use crate::error::Result;
use crate::store::Statement;
use crate::watch;

/// How often events with `rollback` are asked again because a record was changed meanwhile.
const ATTEMPTS: usize = 20;

impl Run {
    /// [`Self::write`] of what changes users: who they are is believed from memory no longer,
    /// though this run is dropped meanwhile.
    pub(super) async fn write_users(
        self: &Arc<Self>,
        step: Step,
        limit: usize,
    ) -> Result<Effected> {
        let run = Arc::clone(self);
        watch::spawn(async move {
            let written = run.write(Vec::new(), step, limit).await;
            run.core.auth.users_changed();
            written
        })
        .await?
    }

    /// One unit: the fence, what was read before, and this.
    pub(super) async fn write(
        &self,
        statements: Vec<Statement>,
        step: Step,
        limit: usize,
    ) -> Result<Effected> {
        let step = Arc::new(step);
        for _ in 1..ATTEMPTS {
            match self.attempt(&statements, &step, limit).await {
                Err(error) if error.is_overtaken() => {}
                done => return done,
            }
        }
        self.attempt(&statements, &step, limit).await
    }

    async fn attempt(
        &self,
        statements: &[Statement],
        step: &Arc<Step>,
        limit: usize,
    ) -> Result<Effected> {
        let telling = self.judged(step.writes()).await?;
        let mut head = vec![self.hold.fence()];
        let read = {
            let unwritten = &self.state().unwritten;
            head.extend(unwritten.jobs.iter().cloned());
            unwritten.before + unwritten.jobs.len()
        };
        head.extend_from_slice(statements);
        let work = Arc::new((head, Arc::clone(step), telling));
        let written = self.core.patiently(move |store| {
            let work = Arc::clone(&work);
            let (starting, is_done) = work.2.as_ref().map(|_| self.starting()).unzip();
            async move {
                let unit = store.write_reserved_then(
                    move |tx| {
                        Box::pin(async move {
                            tx.batch(&work.0).await?;
                            work.1.apply(tx, limit, work.2.as_ref()).await
                        })
                    },
                    move |effected: &Effected| {
                        starting.into_iter().for_each(|starting| starting.start(&effected.told));
                    },
                );
                Ok((unit.await?, is_done))
            }
        });
        let (written, is_done) = written.await?;
        // Only now: what a failed unit took along goes with the next one.
        {
            let unwritten = &mut self.state().unwritten;
            let done = read.saturating_sub(unwritten.before);
            unwritten.jobs.drain(..done);
            unwritten.before += done;
        }
        if let Some(is_done) = is_done {
            // An error: there was nothing to wait for.
            let _ = is_done.await;
        }
        Ok(written)
    }
}
