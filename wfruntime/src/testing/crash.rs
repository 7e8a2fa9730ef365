//! Killed, stopped and started again.

use std::panic::Location;

use super::app::{TestApp, rest};
use super::fail;
use crate::core::Core;
use crate::engine::crash::Place;
use crate::error::Result;
use crate::workflow::Named;

impl TestApp {
    /// Kills the application when an execution of the workflow comes to this node, before the
    /// node does or writes anything.
    ///
    /// `node` is the key of its job, as [`Execution::job`](super::Execution::job) takes it. From
    /// that moment on nothing is written and nothing is answered, as after `kill -9`. Then
    /// [`Self::restart`] it.
    ///
    /// ```standalone_crate
    /// # use wfruntime::prelude::*;
    /// # use wfruntime::testing::TestApp;
    /// # use wfruntime::Status;
    /// # #[collection] pub struct Claim { pub project: String }
    /// # #[collection] pub struct Payment { pub project: String }
    /// # role! { employee { Claim: view, create; workflows: pay; } }
    /// workflow! {
    ///     #[post_action(mode = "local")]
    ///     pay<Claim> {
    ///         create Payment { project: data.project.clone() };
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let app = TestApp::start(|app| app).await;
    /// let ann = app.user("ann", &["employee"]).await;
    /// app.crash_after(pay, "create#1");
    /// let claim = ann.create(Claim::new().project("Berlin")).fire(pay).await?;
    /// app.restart().await;
    ///
    /// app.execution_of(pay, &claim).await.expect_status(Status::Resolved);
    /// assert_eq!(app.all::<Payment>().await.len(), 1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Panics
    ///
    /// If what was given is no workflow.
    #[track_caller]
    pub fn crash_before<M>(&self, workflow: impl Named<M>, node: &str) {
        self.crash_at(true, workflow, node);
    }

    /// Kills the application when an execution of the workflow has written what this node did; of
    /// one that waits, when it has begun to wait.
    ///
    /// # Panics
    ///
    /// As [`Self::crash_before`].
    #[track_caller]
    pub fn crash_after<M>(&self, workflow: impl Named<M>, node: &str) {
        self.crash_at(false, workflow, node);
    }

    #[track_caller]
    fn crash_at<M>(&self, before: bool, workflow: impl Named<M>, node: &str) {
        let workflow = super::execution::key_of(workflow, Location::caller());
        let place = Place { before, workflow, key: node.to_owned() };
        self.core().engine.crash_at(place);
    }

    /// Kills the application now.
    ///
    /// # Panics
    ///
    /// If it is stopped.
    #[track_caller]
    pub fn crash(&self) {
        self.core().engine.crash();
    }

    /// Lets nodes in flight come to their ends and stops, as after `SIGTERM`.
    ///
    /// # Panics
    ///
    /// If what it holds cannot be given back.
    #[track_caller]
    pub fn stop(&self) -> impl Future<Output = ()> + Send {
        let (at, app) = (Location::caller(), self.clone());
        async move {
            let running = app.slot().take();
            let Some(running) = running else { return };
            let core = running.core();
            let ended =
                if core.engine.is_crashed() { bury(core).await } else { running.shutdown().await };
            if let Err(error) = ended {
                fail(at, format_args!("the application does not stop:\n{error:?}"));
            }
        }
    }

    /// Starts the application again, on the same database and at the same time.
    ///
    /// If it is to crash at a node, it waits for that; if it runs, it stops first. Who was signed
    /// in still is.
    ///
    /// # Panics
    ///
    /// If no execution came to the node at which it was to crash, or if it does not start.
    #[track_caller]
    pub fn restart(&self) -> impl Future<Output = ()> + Send {
        let (at, app) = (Location::caller(), self.clone());
        async move {
            let core = app.slot().as_ref().map(|running| running.core().clone());
            if let Some(core) = core {
                crashed_as_told(&core, at).await;
            }
            app.stop().await;
            if let Err(error) = app.start_again().await {
                fail(at, format_args!("the application does not start again:\n{error:?}"));
            }
        }
    }
}

/// Waits for the crash that is ahead.
async fn crashed_as_told(core: &Core, at: &Location<'_>) {
    if core.engine.crash_ahead().is_none() {
        return;
    }
    rest(core, at).await;
    if let Some(place) = core.engine.crash_ahead() {
        let when = if place.before { "before" } else { "after" };
        let ran = super::execution::all_of(core, place.workflow).await;
        let text = format!(
            "expected a crash {when} `{}` of `{}`, and no execution came there\n\n{ran}",
            place.key, place.workflow
        );
        fail(at, text);
    }
}

/// Ends what a killed process would have left to the operating system.
async fn bury(core: &Core) -> Result<()> {
    core.engine.bury().await;
    core.store.shutdown().await
}
