//! The inside of `parallel` and `race`: several branches polled in one task.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context as Waiting, Poll};

use super::{Scope, SyncContext};
use crate::engine::journal::Place;
use crate::engine::run::blocks::{Branch, Decided, Entered};
use crate::error::{Error, Result};

/// Waits until nodes may begin in a branch.
///
/// A block first polls each of its branches only as far as the journal goes: if one is at its end
/// there, the others must not do more.
pub(super) async fn opened(branch: &Branch) {
    poll_fn(|cx| {
        if branch.is_open() {
            return Poll::Ready(());
        }
        // The block opens it, and polls again, before its own poll ends.
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// A `parallel` or `race` that runs.
#[doc(hidden)]
pub struct Block {
    cx: SyncContext,
    place: Place,
    open: Arc<AtomicBool>,
    /// Whether it was decided in an earlier run.
    decided: bool,
    /// Who won it then, if it is a race.
    winner: Option<usize>,
}

/// What a `parallel` begins with.
pub(super) async fn parallel(cx: &SyncContext) -> Result<Block> {
    let Entered { place, decided } = cx.run.enter(cx.place("parallel", "")).await?;
    // All branches are asked again for what they gave; none of them has to wait for the others.
    let decided = decided.is_some();
    let open = Arc::new(AtomicBool::new(decided));
    Ok(Block { cx: cx.clone(), place, open, decided, winner: None })
}

/// What a `race` of so many begins with.
pub(super) async fn race(cx: &SyncContext, branches: usize) -> Result<Block> {
    let Entered { place, decided } = cx.run.enter(cx.place("race", "")).await?;
    let winner = match decided {
        Some(output) => match cx.run.winner(&place.key, &output, branches) {
            Some(winner) => Some(winner),
            None => std::future::pending().await,
        },
        None => None,
    };
    let open = Arc::new(AtomicBool::new(winner.is_some()));
    Ok(Block { cx: cx.clone(), place, open, decided: winner.is_some(), winner })
}

impl Block {
    /// Whether a branch runs: all do, but of a decided race only the winner.
    pub(super) fn runs(&self, index: usize) -> bool {
        self.winner.is_none_or(|winner| winner == index)
    }

    /// The context of a branch.
    pub(super) fn branch(&self, index: usize) -> SyncContext {
        let outer = self.cx.scope.within.clone();
        let (open, block) = (Arc::clone(&self.open), self.place.key.clone());
        let branch = Branch { open, block, index, outer };
        let path = format!("{}.{index}/", self.place.key);
        let scope = Scope::new(path, Some(Arc::new(branch)));
        SyncContext { run: Arc::clone(&self.cx.run), scope, next: None }
    }

    /// Whether a branch that is at its end did no more in earlier runs; if it did, the execution
    /// is stranded.
    fn ends_where_it_did(&self, index: usize) -> bool {
        self.cx.run.ends_where_it_did(&self.place.key, index)
    }

    /// Waits until all branches are at their ends, or one failed.
    pub(super) fn poll_all(
        &self,
        cx: &mut Waiting<'_>,
        branches: &mut [&mut (dyn Polled + '_)],
    ) -> Poll<Result<()>> {
        loop {
            for (index, branch) in branches.iter_mut().enumerate() {
                let Poll::Ready(result) = branch.poll(cx) else { continue };
                if !self.ends_where_it_did(index) {
                    return Poll::Pending;
                }
                if let Err(error) = result {
                    return Poll::Ready(Err(error));
                }
            }
            if branches.iter().all(|branch| branch.is_done()) {
                return Poll::Ready(Ok(()));
            }
            if self.open.swap(true, Ordering::Relaxed) {
                return Poll::Pending;
            }
        }
    }

    /// Waits until a branch is at its end.
    pub(super) fn poll_first(
        &self,
        cx: &mut Waiting<'_>,
        branches: &mut [&mut (dyn Polled + '_)],
    ) -> Poll<(usize, Result<()>)> {
        let replayed = !self.open.load(Ordering::Relaxed);
        let ends = replayed.then(|| self.cx.run.ends_of_branches(&self.place.key, branches.len()));
        if let Some(ends) = ends {
            let ready = |(index, branch): (usize, &mut &mut (dyn Polled + '_))| {
                let Poll::Ready(result) = branch.poll(cx) else { return None };
                Some((index, result))
            };
            let ready = branches.iter_mut().enumerate().filter_map(ready);
            if let Some(first) = ready.min_by_key(|(index, _)| (ends[*index], *index)) {
                return if self.ends_where_it_did(first.0) {
                    Poll::Ready(first)
                } else {
                    Poll::Pending
                };
            }
            self.open.store(true, Ordering::Relaxed);
        }
        for (index, branch) in branches.iter_mut().enumerate() {
            if let Poll::Ready(result) = branch.poll(cx) {
                return Poll::Ready((index, result));
            }
        }
        Poll::Pending
    }

    /// Keeps how a `parallel` ended; its branches are dropped by now.
    pub(super) async fn joined(&self, result: &Result<()>) -> Result<()> {
        match result {
            Ok(()) if self.decided => Ok(()),
            Ok(()) => self.cx.run.settle_block(&self.place, Decided::All).await,
            Err(error) => self.failed(error).await,
        }
    }

    /// Keeps who won a `race`; the others are dropped by now.
    pub(super) async fn won(&self, winner: usize, result: &Result<()>) -> Result<()> {
        match result {
            Ok(()) if self.decided => Ok(()),
            Ok(()) => self.cx.run.settle_block(&self.place, Decided::Winner(winner)).await,
            Err(error) => self.failed(error).await,
        }
    }

    async fn failed(&self, error: &Error) -> Result<()> {
        // An end of the workflow closes all that it has.
        if self.cx.run.is_decided() {
            return Ok(());
        }
        self.cx.run.settle_block(&self.place, Decided::Failed(error)).await
    }
}

/// A branch as its block polls it.
pub(super) trait Polled {
    fn poll(&mut self, cx: &mut Waiting<'_>) -> Poll<Result<()>>;

    fn is_done(&self) -> bool;
}

/// The future of a branch, or what it gave.
pub(super) struct Slot<F, R> {
    future: Option<Pin<Box<F>>>,
    output: Option<R>,
}

impl<F, R> Slot<F, R> {
    pub(super) fn new(future: Option<F>) -> Self {
        Self { future: future.map(Box::pin), output: None }
    }

    pub(super) fn take(&mut self) -> Option<R> {
        self.output.take()
    }
}

impl<F: Future<Output = Result<R>>, R> Polled for Slot<F, R> {
    fn poll(&mut self, cx: &mut Waiting<'_>) -> Poll<Result<()>> {
        let Some(future) = &mut self.future else { return Poll::Pending };
        let Poll::Ready(result) = future.as_mut().poll(cx) else { return Poll::Pending };
        self.future = None;
        Poll::Ready(result.map(|output| self.output = Some(output)))
    }

    fn is_done(&self) -> bool {
        self.output.is_some()
    }
}
