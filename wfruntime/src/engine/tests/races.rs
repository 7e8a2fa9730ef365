//! What happens between two steps: callers that go away, a restart within a second.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use futures_util::FutureExt as _;

use super::*;
use crate::context::Outcome;
use crate::engine::tasks;

/// Waits for the end of an execution, however it is woken.
async fn ended(world: &World, id: i64) -> Status {
    let begun = Instant::now();
    loop {
        let status = world.status(id).await;
        if !matches!(status, Status::Queued | Status::Started) {
            return status;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "it is `{status}` for ever");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_decision_counts_though_nobody_waits_for_its_answer() {
    let world = World::started(&[workflow("asks", |call| {
        Box::pin(async move {
            let decision = call.cx.approve("Well?").by_role("boss").await?;
            call.cx.reject_unless_approved(&decision)
        })
    })])
    .await;
    let id = world.fire("asks").await;
    world.settled().await;
    let (store, boss) = (&world.core.store, person(3, "boss"));
    let (tasks, _) = tasks::list(store, &boss, Condition::always(), 1, 0).await.expect("the task");
    let decision = world.core.engine.submit(&boss, tasks[0].id, Outcome::Approved, None);
    // The client hangs up as soon as the decision is on its way.
    assert!(decision.now_or_never().is_none(), "it was written without waiting");
    assert_eq!(ended(&world, id).await, Status::Resolved);
}

#[tokio::test]
async fn a_rerun_begins_though_nobody_waits_for_its_answer() {
    static BROKEN: AtomicBool = AtomicBool::new(true);
    let world = World::started(&[workflow("breaks", |_| {
        Box::pin(async {
            match BROKEN.load(Ordering::SeqCst) {
                true => Err(Error::internal("it is broken")),
                false => Ok(()),
            }
        })
    })])
    .await;
    let id = world.fire("breaks").await;
    assert_eq!(world.outcome(id).await.0, Status::Error);
    BROKEN.store(false, Ordering::SeqCst);
    assert!(world.core.engine.rerun(id).now_or_never().is_none());
    let begun = Instant::now();
    while world.status(id).await != Status::Resolved {
        assert!(begun.elapsed() < Duration::from_secs(10), "it does not begin");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_task_has_an_id_that_none_before_a_restart_had() {
    let asks = workflow("asks", |call| {
        Box::pin(async move { call.cx.approve("Well?").by_role("boss").await.map(drop) })
    });
    let dead = World::still(&[asks]).await;
    dead.fire("asks").await;
    dead.settled().await;
    let (store, boss) = (&dead.core.store, person(3, "boss"));
    let (tasks, _) = tasks::list(store, &boss, Condition::always(), 1, 0).await.expect("the task");
    // Killed, and started again within the same second.
    let next = dead.beside(&[asks]).await;
    assert_eq!(next.core.engine.membership().number(), dead.core.engine.membership().number());
    assert!(next.core.ids.next(&next.core.clock) > tasks[0].id);
}
