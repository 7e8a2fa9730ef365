//! What another process finds, and what one that lost its hold cannot do.

use super::*;
use crate::engine::journal::Hold;
use crate::engine::run::{Beginning, Run, Verdict};
use crate::engine::runner;
use crate::execution::JobStatus;
use crate::retention::Retention;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Hangs in its second node until it is let go.
macro_rules! hanging {
    ($name:ident, $key:literal) => {
        fn $name() -> (WorkflowMeta, &'static tokio::sync::Notify, &'static AtomicBool) {
            static STARTED: tokio::sync::Notify = tokio::sync::Notify::const_new();
            static FREE: AtomicBool = AtomicBool::new(false);
            let meta = workflow($key, |call| {
                Box::pin(async move {
                    let (claim, cx) = open(&call);
                    cx.create(Payment::new().claim(&claim).amount(1)).await?;
                    cx.run("hang", async || {
                        STARTED.notify_one();
                        if !FREE.load(Ordering::SeqCst) {
                            std::future::pending::<()>().await;
                        }
                        Ok(())
                    })
                    .await?;
                    cx.create(Payment::new().claim(&claim).amount(2)).await?;
                    Ok(())
                })
            });
            (meta, &STARTED, &FREE)
        }
    };
}

hanging!(interrupted, "interrupted");
hanging!(fenced, "fenced");

#[tokio::test]
async fn another_process_goes_on_where_a_dead_one_stopped() {
    let (meta, started, free) = interrupted();
    let dead = World::started(&[meta]).await;
    let id = dead.fire("interrupted").await;
    soon(started.notified()).await;
    // It dies: nothing of it runs any more, and its row still says that it holds the execution.
    crate::engine::lock(&dead.core.engine.tasks).abort_all();
    free.store(true, Ordering::SeqCst);
    let next = dead.beside(&[meta]).await;
    next.core.engine.start().await.expect("an engine");
    assert_eq!(next.outcome(id).await, (Status::Resolved, None));
    assert_eq!(next.payments().await, 2, "the first node did not run again");
}

#[tokio::test]
async fn a_process_that_lost_its_hold_writes_nothing_more() {
    let (meta, started, free) = fenced();
    let stale = World::started(&[meta]).await;
    let id = stale.fire("fenced").await;
    soon(started.notified()).await;
    // Another process takes over, and the first one does not know.
    free.store(true, Ordering::SeqCst);
    let next = stale.beside(&[meta]).await;
    next.core.engine.start().await.expect("an engine");
    assert_eq!(next.outcome(id).await, (Status::Resolved, None));

    let (execution, _) = next.found(id).await;
    let claim = Row::from_json(
        Claim::definition(),
        &serde_json::from_str::<serde_json::Value>(execution.context.as_deref().expect("context"))
            .expect("json")["data"]
            .to_string(),
    )
    .expect("a row");
    let (workflow, _) = stale.core.workflows.get("fenced").expect("a workflow");
    let snapshot = stale.execution("fenced", &claim, NewStatus::Queued).snapshot;
    let run = Run::new(
        &stale.core,
        Beginning {
            workflow,
            snapshot,
            hold: Hold { id, owner: stale.core.engine.owner(), epoch: 1 },
            record: claim.id(),
            wakes: 0,
            in_request: false,
            is_rehearsal: false,
            started: stale.core.clock.now(),
            deadline: None,
            trace: crate::watch::Trace::begin(),
            journal: HashMap::new(),
            resumed: false,
        },
    );
    soon(runner::drive(&stale.core, &run)).await.expect("it stops");
    assert_eq!(run.verdict(), Some(Verdict::Lost));
    assert_eq!(next.payments().await, 2, "nothing was written without the hold");
    assert_eq!(next.status(id).await, Status::Resolved);
}

#[tokio::test]
async fn a_waiting_execution_survives_its_process() {
    let meta = workflow("waits", |call| {
        Box::pin(async move {
            let decision = call.cx.approve("Well?").by_role("boss").await?;
            call.cx.reject_unless_approved(&decision)
        })
    });
    let first = World::started(&[meta]).await;
    let id = first.fire("waits").await;
    first.settled().await;
    first.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");
    let next = first.beside(&[meta]).await;
    // Decided while nothing runs: found at the start.
    let boss = person(3, "boss");
    let all = Condition::always();
    let (tasks, _) = crate::engine::tasks::list(&next.core.store, &boss, all, Vec::new(), 1, 0)
        .await
        .expect("tasks");
    let no = crate::context::Outcome::Rejected;
    let why = Some("no money".to_owned());
    next.decide(&boss, tasks[0].id, no, why).await.expect("a decision");
    next.core.engine.start().await.expect("an engine");
    assert_eq!(next.outcome(id).await, (Status::Rejected, Some("no money".into())));
}

#[tokio::test]
async fn a_synchronous_execution_of_a_dead_process_goes_on_in_the_background() {
    let meta = workflow("answers", |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            cx.create(Payment::new().claim(&claim).amount(1)).await?;
            cx.respond("for nobody").await
        })
    });
    let dead = World::held(&[meta], Clock::System).await;
    let claim = dead.claim(1).await;
    let execution = dead.commit(dead.execution("answers", &claim, NewStatus::StartedSync)).await;
    let next = dead.beside(&[meta]).await;
    next.core.engine.start().await.expect("an engine");
    assert_eq!(next.outcome(execution.id).await, (Status::Resolved, None));
    assert_eq!(next.found(execution.id).await.0.messages, ["for nobody"]);
}

#[tokio::test]
async fn a_journal_that_does_not_fit_strands_its_execution() {
    static CHANGED: AtomicU32 = AtomicU32::new(0);
    let handler: Handler = |call| {
        Box::pin(async move {
            let fingerprint = u64::from(CHANGED.load(Ordering::SeqCst));
            call.cx.node("step", fingerprint).run("step", async || Ok(())).await?;
            call.cx.approve("Well?").by_role("boss").await?;
            Ok(())
        })
    };
    let meta = workflow("changes", handler);
    let world = World::started(&[meta]).await;
    let id = world.fire("changes").await;
    world.settled().await;
    CHANGED.store(1, Ordering::SeqCst);
    let boss = person(3, "boss");
    let (tasks, _) =
        crate::engine::tasks::list(&world.core.store, &boss, Condition::always(), Vec::new(), 1, 0)
            .await
            .expect("tasks");
    let yes = crate::context::Outcome::Approved;
    world.decide(&boss, tasks[0].id, yes, None).await.expect("a decision");
    let (status, error) = world.outcome(id).await;
    assert_eq!(status, Status::Stranded);
    assert!(error.is_some_and(|error| error.contains("has `run` at `step`")));
    let (_, jobs) = world.found(id).await;
    assert!(jobs.iter().all(|job| job.status == JobStatus::Resolved), "the journal is untouched");

    CHANGED.store(0, Ordering::SeqCst);
    world.core.engine.restart(id, None).await.expect("a rerun");
    assert_eq!(world.outcome(id).await.0, Status::Resolved);
}

#[tokio::test]
async fn executions_of_a_workflow_that_is_gone_are_stranded() {
    let meta = workflow("gone", |_| Box::pin(async { Ok(()) }));
    let world = World::held(&[meta], Clock::System).await;
    let claim = world.claim(1).await;
    let execution = world.commit(world.execution("gone", &claim, NewStatus::Queued)).await;
    let next = world.beside(&[]).await;
    next.core.engine.start().await.expect("an engine");
    let text = "the program has no workflow `gone`".to_owned();
    assert_eq!(next.outcome(execution.id).await, (Status::Stranded, Some(text)));
    next.core.engine.cancel(execution.id).await.expect("cancelled");
    assert_eq!(next.status(execution.id).await, Status::Aborted);
}

#[tokio::test]
async fn an_expired_lease_is_taken_over() {
    let meta = workflow("pays", |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            cx.create(Payment::new().claim(&claim).amount(1)).await?;
            Ok(())
        })
    });
    let clock = Clock::manual(start_of_time());
    let next = World::held(&[meta], clock.clone()).await;
    let silent = next.joined_by(&[meta], false).await;
    next.core.engine.start().await.expect("an engine");
    next.settled().await;
    let claim = silent.claim(1).await;
    let execution = silent.execution("pays", &claim, NewStatus::StartedSync);
    let execution = silent.commit(execution).await;
    assert_eq!(lease::take_over(&next.core, false).await.expect("nothing"), 0);
    clock.advance(jiff::SignedDuration::from_secs(11));
    assert_eq!(lease::take_over(&next.core, false).await.expect("one"), 1);
    next.core.engine.look();
    assert_eq!(next.outcome(execution.id).await.0, Status::Resolved);
}

#[tokio::test]
async fn processes_get_numbers_of_their_own() {
    let world = World::held(&[], Clock::System).await;
    let (store, clock) = (&world.core.store, &world.core.clock);
    let hour = Duration::from_secs(3600);
    let mut numbers = vec![world.core.engine.membership().number()];
    for _ in 0..31 {
        let member = lease::join(store, clock, hour, false).await.expect("a number");
        numbers.push(member.number());
    }
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 32);
    let full = lease::join(store, clock, hour, false).await.expect_err("all are taken");
    assert_eq!(full.kind(), ErrorKind::Unavailable);
    let serving = lease::join(store, clock, hour, true).await.expect("the dead server's");
    assert_eq!(serving.number(), world.core.engine.membership().number());
}

#[tokio::test]
async fn finished_executions_are_removed_after_a_while() {
    let meta = workflow("waits", |call| {
        Box::pin(async move {
            call.cx.approve("Well?").by_role("boss").await?;
            Ok(())
        })
    });
    let world = World::still(&[meta]).await;
    let (old, open) = (world.fire("waits").await, world.fire("waits").await);
    world.settled().await;
    world.core.engine.cancel(old).await.expect("cancelled");
    world.core.clock.advance(jiff::SignedDuration::from_hours(24 * 91));
    let removed = crate::engine::housekeeping::sweep(&world.core).await.expect("swept");
    assert_eq!(removed, 1);
    assert_eq!(world.status(open).await, Status::Started);
    let gone = control::get(&world.core.store, old).await.expect_err("it is gone");
    assert_eq!(gone.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn each_status_is_kept_for_its_own_time() {
    let fails =
        workflow("fails", |call| Box::pin(async move { call.cx.end_failed("no").map(drop) }));
    let plain = workflow("plain", |_| Box::pin(async { Ok(()) }));
    let day = Duration::from_secs(24 * 3600);
    let retention = Retention::all(day * 2).failed(day * 10);
    let settings = Settings { retention, ..Settings::default() };
    let world = World::with(&[fails, plain], Clock::manual(start_of_time()), settings).await;
    world.core.engine.start().await.expect("an engine");
    let (failed, resolved) = (world.fire("fails").await, world.fire("plain").await);
    world.settled().await;
    let is_gone = async |id| control::get(&world.core.store, id).await.is_err();
    for (days, gone) in [(1, [false, false]), (2, [true, false]), (8, [true, true])] {
        world.core.clock.advance(jiff::SignedDuration::from_hours(24 * days));
        crate::engine::housekeeping::sweep(&world.core).await.expect("swept");
        assert_eq!([is_gone(resolved).await, is_gone(failed).await], gone, "{days} days more");
    }
}

#[tokio::test]
async fn what_was_called_stays_as_long_as_its_caller() {
    let waits = workflow("waits", |call| {
        Box::pin(async move { call.cx.approve("Well?").by_role("boss").await.map(drop) })
    });
    let plain = workflow("plain", |_| Box::pin(async { Ok(()) }));
    let world = World::still(&[waits, plain]).await;
    let (caller, called) = (world.fire("waits").await, world.fire("plain").await);
    world.settled().await;
    world.rewrite(called, vec![("caller_id", Set::To(caller.into()))]).await;
    world.core.clock.advance(jiff::SignedDuration::from_hours(24 * 91));
    let sweep = async || crate::engine::housekeeping::sweep(&world.core).await.expect("swept");
    assert_eq!(sweep().await, 0);
    world.core.engine.cancel(caller).await.expect("cancelled");
    assert_eq!(sweep().await, 1, "the caller has ended just now");
    assert!(control::get(&world.core.store, called).await.is_err());
}

#[tokio::test]
async fn a_number_is_not_taken_from_a_server_that_may_be_alive() {
    let clock = Clock::manual(start_of_time());
    let world = World::held(&[], clock.clone()).await;
    let (store, server) = (&world.core.store, world.core.engine.membership().number());
    let lease = Duration::from_secs(10);
    let beside = lease::join(store, &clock, lease, false).await.expect("a number").number();
    // The server could not renew its lease: its disk was full, or its machine slept.
    clock.advance(jiff::SignedDuration::from_secs(11));
    let mut numbers = Vec::new();
    for _ in 0..31 {
        numbers.push(lease::join(store, &clock, lease, false).await.expect("a number").number());
    }
    assert!(!numbers.contains(&server));
    assert_eq!(numbers.last(), Some(&beside), "one that was in use is the last to be taken");
    assert!(lease::join(store, &clock, lease, false).await.is_err(), "all are taken");
    let next = lease::join(store, &clock, lease, true).await.expect("a number");
    assert_eq!(next.number(), server, "the next server knows that this one is dead");
}

#[tokio::test]
async fn what_cannot_be_removed_does_not_keep_housekeeping_busy() {
    let meta = workflow("waits", |call| {
        Box::pin(async move { call.cx.approve("Well?").by_role("boss").await.map(drop) })
    });
    let world = World::still(&[meta]).await;
    let (odd, old) = (world.fire("waits").await, world.fire("waits").await);
    world.settled().await;
    world.core.engine.cancel(old).await.expect("cancelled");
    let now = world.core.clock.now();
    world.rewrite(odd, vec![("finished_at", Set::To(now.into()))]).await;
    world.core.clock.advance(jiff::SignedDuration::from_hours(24 * 91));
    let sweep = crate::engine::housekeeping::sweep(&world.core);
    let swept = tokio::time::timeout(Duration::from_secs(5), sweep).await;
    assert_eq!(swept.expect("it comes to an end").expect("swept"), 1);
    assert_eq!(world.status(odd).await, Status::Started);
}

#[tokio::test]
async fn what_nobody_told_of_is_found_after_a_while() {
    let world = World::still(&[workflow("plain", |_| Box::pin(async { Ok(()) }))]).await;
    world.settled().await;
    let claim = world.claim(1).await;
    let execution = world.commit(world.execution("plain", &claim, NewStatus::Queued)).await;
    assert_eq!(world.status(execution.id).await, Status::Queued);
    let clock = world.core.clock.clone();
    clock.advance(jiff::SignedDuration::from_secs(10));
    assert_eq!(ended(&world, execution.id).await, Status::Resolved);
}

#[tokio::test]
async fn what_nobody_told_of_is_found_while_another_execution_runs_for_long() {
    static STARTED: tokio::sync::Notify = tokio::sync::Notify::const_new();
    let hangs = workflow("hangs", |_| {
        Box::pin(async {
            STARTED.notify_one();
            std::future::pending().await
        })
    });
    let plain = workflow("plain", |_| Box::pin(async { Ok(()) }));
    let world = World::still(&[hangs, plain]).await;
    world.fire("hangs").await;
    soon(STARTED.notified()).await;
    let claim = world.claim(1).await;
    let execution = world.commit(world.execution("plain", &claim, NewStatus::Queued)).await;
    world.core.clock.advance(jiff::SignedDuration::from_secs(10));
    assert_eq!(ended(&world, execution.id).await, Status::Resolved);
}
