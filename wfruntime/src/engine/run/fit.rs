//! Whether a journal fits today's code: what finished in earlier runs is asked for again before
//! anything begins.
//!
//! A node whose job is there answers at once, so one poll of the handler asks for all jobs that
//! today's code reaches. A node that begins while others are left waits for the end of that poll;
//! what is left then, the code does not reach any more.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, Waker};

use super::blocks::{Branch, branch_of};
use super::{Run, Verdict};
use crate::engine::journal::Place;
use crate::execution::{Job, JobStatus, Status};

/// A node that waits for the end of the poll.
pub(super) struct Parked {
    within: Option<Arc<Branch>>,
    waker: Waker,
}

impl Run {
    /// Waits until it is certain that the journal fits as far as this node; never ends if it does
    /// not.
    pub(crate) async fn fitting(&self, place: &Place, within: Option<&Arc<Branch>>) {
        let parking = Parking(self, &place.key);
        poll_fn(|cx| {
            let mut state = self.state();
            if left(&state.journal, within.map(|branch| &**branch)).is_none() {
                return Poll::Ready(());
            }
            let parked = Parked { within: within.cloned(), waker: cx.waker().clone() };
            state.parked.insert(place.key.clone(), parked);
            drop(state);
            // A task of its own may poll it: the handler's has to see it.
            self.waker.wake();
            Poll::Pending
        })
        .await;
        drop(parking);
    }

    /// Lets the nodes begin that waited for the end of a poll; whether there were any.
    ///
    /// # Errors
    ///
    /// What does not fit.
    pub(in crate::engine) fn unpark(&self) -> Result<bool, String> {
        let parked = {
            let mut state = self.state();
            for (key, parked) in &state.parked {
                if let Some(job) = left(&state.journal, parked.within.as_deref()) {
                    return Err(not_reached(job, &format!("`{key}`")));
                }
            }
            std::mem::take(&mut state.parked)
        };
        for parked in parked.values() {
            parked.waker.wake_by_ref();
        }
        Ok(!parked.is_empty())
    }

    /// What does not fit if the run comes to this now.
    pub(in crate::engine) fn left_at(&self, what: &str) -> Option<String> {
        left(&self.state().journal, None).map(|job| not_reached(job, what))
    }

    /// Records that the workflow ends here, unless it has done more than today's code does.
    pub(crate) fn end(&self, status: Status, text: Option<String>, within: Option<&Arc<Branch>>) {
        let left = left(&self.state().journal, within.map(|branch| &**branch))
            .map(|job| not_reached(job, "its end"));
        self.decide(left.map_or(Verdict::Final(status, text), Verdict::Stranded));
    }

    /// Whether a branch that is at its end did no more in earlier runs; if it did, the execution
    /// is stranded.
    pub(crate) fn ends_where_it_did(&self, block: &str, index: usize) -> bool {
        let more = {
            let state = self.state();
            let theirs = state.journal.values().filter(|job| {
                job.status != JobStatus::Aborted && branch_of(block, &job.key) == Some(index)
            });
            let first = theirs.min_by_key(|job| (job.position, &job.key));
            first.map(|job| not_reached(job, "the end of its branch"))
        };
        match more {
            Some(text) => {
                self.decide(Verdict::Stranded(text));
                false
            }
            None => true,
        }
    }
}

/// Forgets a parked node whose branch is dropped.
struct Parking<'r>(&'r Run, &'r str);

impl Drop for Parking<'_> {
    fn drop(&mut self) {
        self.0.state().parked.remove(self.1);
    }
}

/// The first job that nobody asked for, apart from those of branches beside this one.
fn left<'j>(journal: &'j HashMap<String, Job>, within: Option<&Branch>) -> Option<&'j Job> {
    let counts = |job: &&Job| {
        job.status != JobStatus::Aborted && !within.is_some_and(|branch| branch.is_beside(&job.key))
    };
    journal.values().filter(counts).min_by_key(|job| (job.position, &job.key))
}

fn not_reached(job: &Job, before: &str) -> String {
    format!(
        "its journal has `{}` at `{}`, which today's code does not reach before {before}",
        job.kind, job.key
    )
}

/// Why a node does not fit the job of its key.
pub(super) fn other_node(job: &Job, place: &Place) -> String {
    if job.kind == place.kind {
        return format!(
            "its journal has `{}` at `{}`, which today's code has changed",
            job.kind, job.key
        );
    }
    format!(
        "its journal has `{}` at `{}`, where today's code has `{}`",
        job.kind, job.key, place.kind
    )
}
