//! Waiting for time, and the passes of loops.

use jiff::SignedDuration;

use super::*;
use crate::execution::JobStatus;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn sleeper(call: Invocation) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        cx.create(Payment::new().claim(&claim).amount(1)).await?;
        cx.sleep(2 * DAY).await?;
        cx.create(Payment::new().claim(&claim).amount(2)).await?;
        Ok(())
    })
}

/// Moves the clock and waits until an execution has as many payments.
async fn advance(world: &World, hours: i64, payments: i64) {
    world.core.clock.advance(SignedDuration::from_hours(hours));
    let paid = async {
        while world.payments().await < payments {
            world.settled().await;
            tokio::task::yield_now().await;
        }
    };
    soon(paid).await;
}

#[tokio::test]
async fn a_sleep_ends_when_its_time_has_come() {
    let world = World::still(&[workflow("sleeper", sleeper)]).await;
    let id = world.fire("sleeper").await;
    world.settled().await;
    world.core.clock.advance(SignedDuration::from_hours(47));
    world.settled().await;
    let (execution, jobs) = world.found(id).await;
    assert_eq!(execution.status, Status::Started);
    let sleep = jobs.iter().find(|job| job.key == "sleep#1").expect("its job");
    assert_eq!((sleep.kind.as_str(), sleep.status), ("sleep", JobStatus::Pending));
    advance(&world, 2, 2).await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    assert_eq!(world.payments().await, 2);
}

#[tokio::test]
async fn a_sleep_survives_its_process_and_keeps_its_end() {
    let meta = workflow("sleeper", sleeper);
    let first = World::still(&[meta]).await;
    let id = first.fire("sleeper").await;
    first.settled().await;
    first.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");
    first.core.clock.advance(SignedDuration::from_hours(40));
    let next = first.beside(&[meta]).await;
    next.core.engine.start().await.expect("an engine");
    next.settled().await;
    assert_eq!(next.status(id).await, Status::Started);
    advance(&next, 9, 2).await;
    assert_eq!(next.outcome(id).await, (Status::Resolved, None));
}

#[tokio::test]
async fn a_time_in_the_past_is_over_at_once() {
    let world = World::still(&[workflow("late", |call| {
        Box::pin(async move {
            let cx = &call.cx;
            cx.sleep_until(start_of_time()).await?;
            cx.sleep_until(jiff::civil::date(2026, 2, 28)).await?;
            cx.sleep_until(jiff::civil::date(2026, 3, 1).at(8, 0, 0, 0)).await?;
            cx.sleep(Duration::ZERO).await?;
            cx.sleep(SignedDuration::from_hours(-1)).await
        })
    })])
    .await;
    let id = world.fire("late").await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    let (_, jobs) = world.found(id).await;
    assert_eq!(jobs.len(), 5);
    assert!(jobs.iter().all(|job| job.status == JobStatus::Resolved));
}

#[tokio::test]
async fn a_moment_that_does_not_exist_is_an_error_of_its_node() {
    let world = World::still(&[workflow("forever", |call| {
        Box::pin(async move { call.cx.sleep(Duration::MAX).await })
    })])
    .await;
    let id = world.fire("forever").await;
    assert_eq!(world.outcome(id).await.0, Status::Error);
    let (_, jobs) = world.found(id).await;
    assert_eq!(jobs[0].status, JobStatus::Error);
}

#[tokio::test]
async fn a_cancelled_sleep_leaves_no_timer() {
    let world = World::still(&[workflow("sleeper", sleeper)]).await;
    let id = world.fire("sleeper").await;
    world.settled().await;
    world.core.engine.cancel(id).await.expect("cancelled");
    let count = Count { table: execution::TIMERS, filter: Condition::always() };
    let rows = world.core.store.read(&count.build()).await.expect("a count");
    assert_eq!(rows[0][0].as_int(), Some(0));
    assert_eq!(world.found(id).await.1[1].status, JobStatus::Aborted);
}

#[tokio::test]
async fn each_pass_of_a_loop_has_its_own_keys() {
    let world = World::still(&[workflow("loops", |call| {
        Box::pin(async move {
            for index in 0..2 {
                let cx = call.cx.pass("for#1", index);
                cx.run("step", async || Ok(())).await?;
                let inner = cx.pass("for#1", 7);
                inner.node("nap", 3).sleep(DAY).await?;
            }
            Ok(())
        })
    })])
    .await;
    let id = world.fire("loops").await;
    world.settled().await;
    let end = async {
        while world.status(id).await == Status::Started {
            world.core.clock.advance(SignedDuration::from_hours(25));
            world.settled().await;
            tokio::task::yield_now().await;
        }
    };
    soon(end).await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    let mut keys: Vec<_> = world.found(id).await.1.into_iter().map(|job| job.key).collect();
    keys.sort_unstable();
    let expected =
        ["for#1.0/for#1.7/nap", "for#1.0/run step#1", "for#1.1/for#1.7/nap", "for#1.1/run step#1"];
    assert_eq!(keys, expected);
}
