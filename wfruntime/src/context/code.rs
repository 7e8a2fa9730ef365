//! Nodes that run the program's own code.

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::Instrument as _;

use super::SyncContext;
use crate::engine::run::{Begun, Node};
use crate::error::{Error, ErrorKind, Result};
use crate::execution::JobStatus;
use crate::workflow::Retry;

/// The longest pause that an error can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// The pause after the first attempt; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

impl SyncContext {
    /// Runs own code, at least once, and keeps what it gives.
    ///
    /// No transaction is open meanwhile. An error is tried again as the workflow's `retry` says;
    /// if the process dies after the code ran and before that was written, it runs again: give
    /// outside services the [`Self::idempotency_key`].
    ///
    /// # Errors
    ///
    /// That of the last attempt.
    // `AsyncFn` would be the natural bound, but a future of one that borrows is not seen as `Send`
    // for every lifetime. `async || …` is a `Fn` as well, as long as it moves nothing into itself.
    pub async fn run<R, F, C>(&self, name: &str, code: C) -> Result<R>
    where
        R: Serialize + DeserializeOwned,
        F: Future<Output = Result<R>>,
        C: Fn() -> F,
    {
        self.run_with(name, self.run.workflow.retry, code).await
    }

    /// [`Self::run`] with its own retry.
    ///
    /// # Errors
    ///
    /// That of the last attempt.
    pub async fn run_with<R, F, C>(&self, name: &str, retry: Retry, code: C) -> Result<R>
    where
        R: Serialize + DeserializeOwned,
        F: Future<Output = Result<R>>,
        C: Fn() -> F,
    {
        self.run_given(name, Some(retry), code, Vec::new).await
    }

    /// [`Self::run_with`] with what the code was given, for people to look at.
    #[doc(hidden)]
    pub async fn run_given<R, F, C, G>(
        &self,
        name: &str,
        retry: Option<Retry>,
        code: C,
        given: G,
    ) -> Result<R>
    where
        R: Serialize + DeserializeOwned,
        F: Future<Output = Result<R>>,
        C: Fn() -> F,
        G: FnOnce() -> Vec<(&'static str, Value)>,
    {
        let retry = retry.unwrap_or(self.run.workflow.retry);
        let mut node = match self.begin("run", name).await? {
            Begun::Done(output) => return Ok(serde_json::from_str(&output)?),
            Begun::New(node) => node,
        };
        // A node that is tried again kept it.
        if node.place.input.is_none() {
            node.place.given_each(given());
        }
        self.run.flush().await?;
        loop {
            self.run.moment("before_node", &node.place.key).await;
            let started = self.run.core.clock.now();
            let result = code().instrument(node.span.clone()).await;
            let attempts = node.attempts + 1;
            self.tried(&mut node, started, result.as_ref().err());
            let error = match result {
                Ok(output) => {
                    let text = serde_json::to_string(&output)?;
                    if let Err(error) = self.run.check_size(&node.place.key, text.len()) {
                        return self.run.broke(&node, error).await;
                    }
                    let kept =
                        self.run.record(&node, JobStatus::Resolved, Some(text), (None, attempts));
                    kept.await?;
                    self.run.moment("after_node", &node.place.key).await;
                    return Ok(output);
                }
                // Not the code's own: a node in it ended the workflow.
                Err(error) if matches!(error.kind(), ErrorKind::Ended | ErrorKind::Fenced) => {
                    return Err(error);
                }
                Err(error) => error,
            };
            if attempts >= retry.attempts.max(1) {
                return self.run.broke(&node, error).await;
            }
            self.pause(&mut node, &error, retry).await?;
        }
    }

    /// Keeps when an attempt that has just ended began, and why it failed.
    pub(super) fn tried(&self, node: &mut Node, started: Timestamp, error: Option<&Error>) {
        let times = (started, self.run.core.clock.now());
        node.place.tries.add(node.attempts + 1, times, error);
    }

    /// Waits for the next attempt; longer than `retry` says if the error asks for it.
    pub(super) async fn pause(&self, node: &mut Node, error: &Error, retry: Retry) -> Result<()> {
        node.attempts += 1;
        let asked = error.retry_after().unwrap_or_default().min(LONGEST_PAUSE);
        let pause = pause_after(node.attempts, retry.max_pause).max(asked);
        tracing::warn!(
            workflow = self.run.workflow.key,
            execution = self.run.hold.id,
            attempt = node.attempts,
            %error,
            "`{}` is tried again in {pause:?}",
            node.place.key
        );
        let until = self.run.core.clock.after(pause);
        let tried = (Some(error), node.attempts);
        self.run.record(node, JobStatus::Pending, None, tried).await?;
        self.run.rest_until(until).await;
        Ok(())
    }
}

/// Exponential, with up to a quarter taken off so that many do not come at once.
fn pause_after(attempt: u32, longest: Duration) -> Duration {
    let factor = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    let pause = FIRST_PAUSE.saturating_mul(factor).min(longest);
    let mut byte = [0_u8];
    // Without random numbers there is no jitter, which does no harm.
    let _ = getrandom::fill(&mut byte);
    pause.saturating_sub(pause / 4 * u32::from(byte[0]) / 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let longest = Duration::from_secs(60);
        for (attempt, full) in [(1, 500), (2, 1000), (5, 8000), (8, 60_000), (200, 60_000)] {
            let full = Duration::from_millis(full);
            let pause = pause_after(attempt, longest);
            assert!(pause <= full && pause >= full / 4 * 3, "{attempt}: {pause:?}");
        }
    }
}
