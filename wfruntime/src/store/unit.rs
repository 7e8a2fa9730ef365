//! A unit of work on its way through a writer: run once, answered once.

use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(feature = "sqlite")]
use std::task::Waker;
use std::task::{Context, Poll};

#[cfg(feature = "postgres")]
use futures_util::FutureExt as _;

use super::{BoxFuture, Tx};
use crate::error::{Error, Result};

/// A unit of work whose type is forgotten, so that different ones stand in one queue.
pub(super) trait Unit: Send {
    /// Runs it where a transaction never waits; says whether it may be committed.
    #[cfg(feature = "sqlite")]
    fn run(&mut self, tx: &mut Tx) -> bool;

    /// Runs it where a transaction waits for a server; says whether it may be committed.
    #[cfg(feature = "postgres")]
    fn drive<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool>;

    /// Whether it may write anything.
    #[cfg(feature = "postgres")]
    fn writes(&self) -> bool;

    /// Tells its caller: its own result, or why its group was not committed.
    fn answer(self: Box<Self>, lost: Option<&Error>);
}

pub(super) struct UnitOfWork<T, F, A> {
    unit: Option<F>,
    result: Option<Result<T>>,
    answer: A,
    #[cfg_attr(
        not(feature = "postgres"),
        expect(dead_code, reason = "a file is always looked at")
    )]
    purpose: Purpose,
}

/// What a unit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It may write.
    Write,
    /// It only looks: a group of such needs no commit.
    Look,
}

impl<T, F, A> UnitOfWork<T, F, A> {
    /// `answer` is called on the writer's thread, once the unit is committed or undone.
    pub(super) fn new(unit: F, purpose: Purpose, answer: A) -> Self {
        Self { unit: Some(unit), result: None, answer, purpose }
    }

    /// Keeps what came of it; says whether it may be committed.
    fn ended(&mut self, ran: std::thread::Result<Result<T>>, broken: bool) -> bool {
        let result = match ran {
            Ok(Ok(_)) if broken => {
                Err(Error::internal("a unit ended well after one of its statements had failed"))
            }
            Ok(result) => result,
            Err(panic) => Err(Error::internal(format!("a unit panicked: {}", words(&*panic)))),
        };
        self.result.insert(result).is_ok()
    }
}

impl<T, F, A> Unit for UnitOfWork<T, F, A>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    A: FnOnce(Result<T>) + Send + 'static,
{
    #[cfg(feature = "sqlite")]
    fn run(&mut self, tx: &mut Tx) -> bool {
        let Some(unit) = self.unit.take() else { return false };
        // The transaction is rolled back after a panic: nothing half-done is seen by anybody.
        let ran = catch_unwind(AssertUnwindSafe(|| {
            let mut future = unit(tx);
            match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(result) => result,
                Poll::Pending => Err(foreign_await()),
            }
        }));
        self.ended(ran, tx.broken)
    }

    #[cfg(feature = "postgres")]
    fn drive<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool> {
        Box::pin(async move {
            let Some(unit) = self.unit.take() else { return false };
            let asks = tx.asks();
            let ran = AssertUnwindSafe(async {
                let mut future = unit(&mut *tx);
                // Pending while nothing was asked of the server: it waits for something else.
                std::future::poll_fn(|cx: &mut Context<'_>| match future.as_mut().poll(cx) {
                    Poll::Pending if !asks.any() => Poll::Ready(Err(foreign_await())),
                    other => other,
                })
                .await
            });
            let ran = ran.catch_unwind().await;
            self.ended(ran, tx.broken)
        })
    }

    #[cfg(feature = "postgres")]
    fn writes(&self) -> bool {
        self.purpose == Purpose::Write
    }

    fn answer(self: Box<Self>, lost: Option<&Error>) {
        let result = match (self.result, lost) {
            (Some(Ok(_)) | None, Some(lost)) => Err(again(lost)),
            (Some(result), _) => result,
            (None, None) => Err(super::gone()),
        };
        let answer = self.answer;
        // Whatever becomes of the answer, the thread goes on.
        if catch_unwind(AssertUnwindSafe(|| answer(result))).is_err() {
            tracing::error!("what follows a commit panicked");
        }
    }
}

fn foreign_await() -> Error {
    Error::internal("a unit of work waited for something else than its transaction")
}

fn words(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// The same error for another caller.
fn again(error: &Error) -> Error {
    Error::faults(error.kind(), error.all().to_vec())
}
