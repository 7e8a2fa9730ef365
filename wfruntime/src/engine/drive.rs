//! The poll loop around a handler: it decides after each poll how the run goes on.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::run::{Nudge, Run, Verdict};
use crate::error::{Error, ErrorKind, Result};
use crate::execution::Status;
use crate::store::BoxFuture;
use crate::watch;
use crate::workflow::Invocation;

/// Polls a handler until its run comes to a verdict.
pub(super) struct Drive {
    run: Arc<Run>,
    handler: Option<BoxFuture<'static, Result<()>>>,
    deadline: Option<BoxFuture<'static, ()>>,
    warned: bool,
}

impl Drive {
    /// Calls the handler; its body begins with the first poll.
    pub(super) fn new(run: &Arc<Run>) -> Self {
        let snapshot = Arc::clone(&run.snapshot);
        let invocation = Invocation { snapshot, cx: crate::Context::of(Arc::clone(run)) };
        let deadline = run.deadline.map(|deadline| {
            let clock = run.core.clock.clone();
            Box::pin(async move { clock.until(deadline).await }) as BoxFuture<'static, ()>
        });
        let handler = run.workflow.handler;
        match catch_unwind(AssertUnwindSafe(|| handler(invocation))) {
            Ok(handler) => {
                Self { run: Arc::clone(run), handler: Some(handler), deadline, warned: false }
            }
            Err(panic) => {
                run.decide(panicked(panic.as_ref()));
                Self { run: Arc::clone(run), handler: None, deadline, warned: false }
            }
        }
    }

    fn step(&mut self, cx: &mut Context<'_>) -> Option<Verdict> {
        self.run.waker.register(cx.waker());
        match self.run.nudged() {
            Nudge::Drop => return Some(Verdict::Lost),
            Nudge::Leave if !self.run.is_in_flight() => return Some(Verdict::Leave),
            Nudge::Leave | Nudge::None => {}
        }
        if let Some(deadline) = &mut self.deadline
            && deadline.as_mut().poll(cx).is_ready()
        {
            let text = "it took longer than it may".to_owned();
            return Some(Verdict::Final(Status::Aborted, Some(text)));
        }
        let handler = self.handler.as_mut()?;
        let polled = catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(cx)));
        // What a node has decided counts, whatever the handler made of it.
        if let Some(verdict) = self.run.verdict() {
            return Some(verdict);
        }
        match polled {
            Err(panic) => Some(panicked(panic.as_ref())),
            Ok(Poll::Ready(result)) => Some(match self.run.left_at("its end") {
                Some(misfit) => Verdict::Stranded(misfit),
                None => ended(result),
            }),
            Ok(Poll::Pending) => match self.run.unpark() {
                Ok(false) => self.pending(),
                // What begins now has woken the task.
                Ok(true) => None,
                Err(misfit) => Some(Verdict::Stranded(misfit)),
            },
        }
    }

    fn pending(&mut self) -> Option<Verdict> {
        if self.run.is_in_flight() {
            return None;
        }
        if self.run.nudged() == Nudge::Leave {
            return Some(Verdict::Leave);
        }
        if self.run.is_rehearsal() {
            return Some(Verdict::Suspend);
        }
        if self.run.seal_waits() {
            if self.run.in_request {
                let text = "a synchronous workflow cannot wait".to_owned();
                return Some(Verdict::Final(Status::Error, Some(text)));
            }
            return Some(Verdict::Suspend);
        }
        if !self.warned {
            self.warned = true;
            let key = self.run.workflow.key;
            tracing::warn!(
                workflow = key,
                execution = self.run.hold.id,
                "`{key}` awaits something that is no node: it holds its place until that is done"
            );
        }
        None
    }
}

impl Future for Drive {
    type Output = Verdict;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Verdict> {
        if let Some(verdict) = self.run.verdict() {
            return Poll::Ready(verdict);
        }
        let run = Arc::clone(&self.run);
        let _entered = run.span.enter();
        match run.trace.enter(|| self.step(cx)) {
            Some(verdict) => {
                self.drop_handler();
                watch::came_to(&run.span, &verdict);
                Poll::Ready(verdict)
            }
            None => Poll::Pending,
        }
    }
}

impl Drive {
    /// The handler's variables may panic as they are dropped: that ends nothing but them.
    fn drop_handler(&mut self) {
        let handler = self.handler.take();
        if catch_unwind(AssertUnwindSafe(|| drop(handler))).is_err() {
            tracing::error!(
                workflow = self.run.workflow.key,
                "a handler panicked as it was dropped"
            );
        }
    }
}

impl Drop for Drive {
    fn drop(&mut self) {
        self.drop_handler();
    }
}

fn ended(result: Result<()>) -> Verdict {
    let error = match result {
        Ok(()) => return Verdict::Final(Status::Resolved, None),
        Err(error) => error,
    };
    match error.kind() {
        ErrorKind::Failed => Verdict::Final(Status::Failed, Some(error.to_string())),
        ErrorKind::Fenced => Verdict::Lost,
        _ => Verdict::Final(Status::Error, Some(text(&error))),
    }
}

/// The whole text of an error, for those who may see it.
fn text(error: &Error) -> String {
    format!("{error:?}")
}

fn panicked(panic: &(dyn Any + Send)) -> Verdict {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    Verdict::Final(Status::Error, Some(format!("the handler panicked: {message}")))
}
