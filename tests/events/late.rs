//! What takes longer than a request waits for it.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::sync::Notify;
use wfruntime::Clock;
use wfruntime::prelude::*;

use crate::client::{Program, workflows};
use crate::model::{Claim, Tag};

/// What the slow workflows have come to: the test moves the clock then.
struct Reached(Arc<Notify>);

/// Takes longer than any request waits.
#[pre_action(mode = "local")]
async fn slow_gate(claim: PreAction<Claim>, cx: PreContext<Claim>) -> Result<()> {
    let reached = cx.state::<Reached>()?;
    let _ = claim;
    cx.run("wait", async || {
        reached.0.notify_one();
        std::future::pending::<()>().await;
        Ok(())
    })
    .await
}

/// The same behind a change.
#[collection_event(on = [create], execution = "sync", when = data.name == "slow")]
async fn slow_event(tag: CollectionEvent<Tag>, cx: SyncContext) -> Result<()> {
    let reached = cx.state::<Reached>()?;
    let _ = tag;
    cx.run("wait", async || {
        reached.0.notify_one();
        std::future::pending::<()>().await;
        Ok(())
    })
    .await
}

/// Sends a request, and lets half a minute pass once a workflow of it waits.
async fn late(path: &str, body: Value) -> (Program, u16, Value) {
    let reached = Arc::new(Notify::new());
    let clock = Clock::manual("2026-01-01T00:00:00Z".parse().expect("a moment"));
    let state = Reached(Arc::clone(&reached));
    let program = Program::of(|app| app.clock(clock.clone()).state(state)).await;
    let ((status, answer), ()) = tokio::join!(program.post(path, body), async {
        reached.notified().await;
        clock.advance(SignedDuration::from_secs(31));
    });
    (program, status, answer)
}

#[tokio::test]
async fn a_pre_action_that_takes_too_long_lets_nothing_be_written() {
    let claim = json!({"project": "Bern", "amount": 5});
    let (program, status, answer) = late("claims:create?triggerWorkflows=slow_gate", claim).await;
    assert_eq!((status, answer.get("committed")), (500, None), "{answer}");
    assert_eq!(workflows(&answer), ["slow_gate aborted"]);
    assert_eq!(program.count("claims").await, 0);
}

#[tokio::test]
async fn a_synchronous_event_that_takes_too_long_undoes_nothing() {
    let (program, status, answer) = late("tags:create", json!({"name": "slow"})).await;
    assert_eq!((status, &answer["committed"]), (500, &json!(true)), "{answer}");
    assert_eq!(workflows(&answer), ["slow_event aborted"]);
    assert_eq!(program.count("tags").await, 1);
}
