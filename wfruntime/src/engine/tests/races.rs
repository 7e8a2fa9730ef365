//! What happens between two steps: callers that go away, reads not yet written, false alarms.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Instant;

use futures_util::FutureExt as _;

use super::*;
use crate::collection::Filter;
use crate::context::Outcome;
use crate::engine::{SyncOutcome, tasks};
use crate::execution::JobStatus;

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
    let (tasks, _) =
        tasks::list(store, &boss, Condition::always(), Vec::new(), 1, 0).await.expect("the task");
    let decision = world.decide(&boss, tasks[0].id, Outcome::Approved, None);
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
    assert!(world.core.engine.restart(id, None).now_or_never().is_none());
    let begun = Instant::now();
    while world.status(id).await != Status::Resolved {
        assert!(begun.elapsed() < Duration::from_secs(10), "it does not begin");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn what_was_read_stays_though_the_next_node_fails() {
    let world = World::started(&[workflow("counts", |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            let payment = || Payment::new().claim(&claim).amount(1).reference("same");
            cx.create(payment()).await?;
            assert_eq!(cx.count(Filter::<Payment>::all()).await?, 1);
            assert!(cx.create(payment()).await.is_err(), "the reference is taken");
            cx.create(Payment::new().claim(&claim).amount(2)).await?;
            Ok(())
        })
    })])
    .await;
    let id = world.fire("counts").await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    let (_, jobs) = world.found(id).await;
    let count = jobs.iter().find(|job| job.kind == "count").expect("the count was written");
    assert_eq!(count.output.as_deref(), Some("1"));
}

#[tokio::test]
async fn own_code_begins_once_all_that_was_read_is_written() {
    static STORE: OnceLock<Store> = OnceLock::new();
    static EARLY: AtomicU32 = AtomicU32::new(0);
    async fn look(id: i64) -> Result<()> {
        let store = STORE.get().ok_or_else(|| Error::internal("no store"))?;
        let found = control::get(store, id).await?;
        if !found.jobs.iter().any(|job| job.kind == "count") {
            EARLY.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }
    let world = World::held(
        &[workflow("looks", |call| {
            Box::pin(async move {
                let cx = &call.cx;
                cx.count(Filter::<Payment>::all()).await?;
                let id = cx.execution();
                let both = futures_util::future::join(
                    cx.run("one", async || look(id).await),
                    cx.run("other", async || look(id).await),
                );
                let (one, other) = both.await;
                one.and(other)
            })
        })],
        Clock::System,
    )
    .await;
    assert!(STORE.set(world.core.store.clone()).is_ok());
    world.core.engine.start().await.expect("an engine");
    let id = world.fire("looks").await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    assert_eq!(EARLY.load(Ordering::SeqCst), 0, "code ran before what it may depend on was kept");
}

#[tokio::test]
async fn an_execution_that_is_told_to_stop_by_mistake_goes_on() {
    static STARTED: tokio::sync::Notify = tokio::sync::Notify::const_new();
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let world = World::started(&[workflow("mistaken", |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            cx.create(Payment::new().claim(&claim).amount(1)).await?;
            cx.run("hang", async || {
                STARTED.notify_one();
                if CALLS.fetch_add(1, Ordering::SeqCst) == 0 {
                    std::future::pending::<()>().await;
                }
                Ok(())
            })
            .await
        })
    })])
    .await;
    let id = world.fire("mistaken").await;
    soon(STARTED.notified()).await;
    // As a later execution does whose word comes late: this one is held as before.
    world.core.engine.drop_run(id);
    assert_eq!(ended(&world, id).await, Status::Resolved);
    assert_eq!(world.payments().await, 1);
}

#[tokio::test]
async fn a_result_over_the_limit_is_not_made_twice() {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let asks = workflow("large", |call| {
        Box::pin(async move {
            let code = async || {
                CALLS.fetch_add(1, Ordering::SeqCst);
                Ok("x".repeat(2 << 20))
            };
            let large = call.cx.run("large", code).await.map(drop);
            assert_eq!(large.map_err(|error| error.kind()), Err(ErrorKind::TooLarge));
            call.cx.approve("Well?").by_role("boss").await.map(drop)
        })
    });
    let world = World::started(&[asks]).await;
    let id = world.fire("large").await;
    world.settled().await;
    let (_, jobs) = world.found(id).await;
    assert!(jobs.iter().any(|job| job.kind == "run" && job.status == JobStatus::Error));
    let (store, boss) = (&world.core.store, person(3, "boss"));
    let (tasks, _) =
        tasks::list(store, &boss, Condition::always(), Vec::new(), 1, 0).await.expect("the task");
    let yes = Outcome::Approved;
    world.decide(&boss, tasks[0].id, yes, None).await.expect("a decision");
    assert_eq!(ended(&world, id).await, Status::Resolved);
    assert_eq!(CALLS.load(Ordering::SeqCst), 1, "the code ran again");
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
    let (tasks, _) =
        tasks::list(store, &boss, Condition::always(), Vec::new(), 1, 0).await.expect("the task");
    // Killed, and started again within the same second.
    let next = dead.beside(&[asks]).await;
    assert_eq!(next.core.engine.membership().number(), dead.core.engine.membership().number());
    assert!(next.core.ids.next(&next.core.clock) > tasks[0].id);
}

#[tokio::test]
async fn what_is_executed_begins_though_nobody_waits_for_its_answer() {
    let world = World::started(&[workflow("plain", |_| Box::pin(async { Ok(()) }))]).await;
    let claim = world.claim(1).await;
    let execution = world.execution("plain", &claim, NewStatus::Queued);
    let id = execution.id;
    assert!(world.core.engine.execute(execution).now_or_never().is_none());
    let begun = Instant::now();
    while control::get(&world.core.store, id).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(10), "it is not written");
        tokio::task::yield_now().await;
    }
    assert_eq!(ended(&world, id).await, Status::Resolved);
}

#[tokio::test]
async fn a_cancelled_run_stops_though_nobody_waits_for_the_answer() {
    static STARTED: tokio::sync::Notify = tokio::sync::Notify::const_new();
    let world = World::started(&[workflow("hangs", |call| {
        Box::pin(async move {
            let hang = async || {
                STARTED.notify_one();
                std::future::pending::<Result<()>>().await
            };
            call.cx.run("hang", hang).await
        })
    })])
    .await;
    let id = world.fire("hangs").await;
    soon(STARTED.notified()).await;
    assert!(world.core.engine.cancel(id).now_or_never().is_none());
    assert_eq!(ended(&world, id).await, Status::Aborted);
    let stopped = tokio::time::timeout(Duration::from_secs(10), world.core.engine.idle());
    assert!(stopped.await.is_ok(), "its code runs on");
}

/// Runs until it is let go, and then writes nothing more.
macro_rules! answering {
    ($name:ident, $key:literal) => {
        fn $name() -> (WorkflowMeta, &'static tokio::sync::Notify, &'static tokio::sync::Notify) {
            static STARTED: tokio::sync::Notify = tokio::sync::Notify::const_new();
            static FREE: tokio::sync::Notify = tokio::sync::Notify::const_new();
            let meta = workflow($key, |_| {
                Box::pin(async {
                    STARTED.notify_one();
                    FREE.notified().await;
                    Ok(())
                })
            });
            (meta, &STARTED, &FREE)
        }
    };
}

answering!(cancelled, "cancelled");
answering!(alarmed, "alarmed");

/// Begins an execution within a request.
async fn in_request(world: &World, key: &str) -> (i64, tokio::task::JoinHandle<SyncOutcome>) {
    let claim = world.claim(1).await;
    let execution = world.commit(world.execution(key, &claim, NewStatus::StartedSync)).await;
    let (id, core) = (execution.id, Arc::clone(&world.core));
    let deadline = core.clock.after(Duration::from_secs(30));
    (id, tokio::spawn(async move { core.engine.run_sync(execution, deadline).await }))
}

#[tokio::test]
async fn a_request_answers_what_its_execution_was_ended_as_by_another() {
    let (meta, started, free) = cancelled();
    let world = World::started(&[meta]).await;
    let (id, run) = in_request(&world, "cancelled").await;
    soon(started.notified()).await;
    // By a command beside the server, which cannot tell the run.
    control::cancel(&world.core.store, id, world.core.clock.now()).await.expect("cancelled");
    free.notify_one();
    let outcome = soon(run).await.expect("an outcome");
    assert_eq!(outcome.status, Status::Aborted);
    assert_eq!(outcome.failure.as_deref(), Some("it was cancelled"));
}

#[tokio::test]
async fn a_request_that_is_told_to_stop_by_mistake_leaves_its_execution_to_the_background() {
    let (meta, started, free) = alarmed();
    let world = World::started(&[meta]).await;
    let (id, run) = in_request(&world, "alarmed").await;
    soon(started.notified()).await;
    world.core.engine.drop_run(id);
    assert_eq!(soon(run).await.expect("an outcome").status, Status::Started);
    free.notify_one();
    assert_eq!(ended(&world, id).await, Status::Resolved);
}
