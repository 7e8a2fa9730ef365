//! Order, limits and overlap.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::execution::refuse_overlaps;

/// Writes down in which order executions ran.
macro_rules! noting {
    ($log:ident, $key:literal) => {{
        static $log: Mutex<Vec<i64>> = Mutex::new(Vec::new());
        let meta = workflow($key, |call| {
            Box::pin(async move {
                call.cx.run("note", async || Ok(())).await?;
                $log.lock().expect("a log").push(call.cx.execution());
                Ok(())
            })
        });
        (meta, &$log)
    }};
}

#[tokio::test]
async fn executions_for_one_record_run_one_after_the_other() {
    let (meta, log) = noting!(ORDER, "ordered");
    let world = World::held(&[meta], Clock::System).await;
    let claim = world.claim(1).await;
    let mut ids = Vec::new();
    for _ in 0..200 {
        ids.push(world.fire_for("ordered", &claim).await);
    }
    world.core.engine.start().await.expect("an engine");
    for _ in 0..100 {
        ids.push(world.fire_for("ordered", &claim).await);
    }
    world.settled().await;
    assert_eq!(*log.lock().expect("a log"), ids);
}

#[tokio::test]
async fn a_waiting_execution_does_not_hold_its_line() {
    let meta = workflow("waits", |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            if claim.amount == 1 {
                cx.approve("Well?").by_role("boss").await?;
            }
            Ok(())
        })
    });
    let world = World::started(&[WorkflowMeta { concurrency: Some(1), ..meta }]).await;
    let mut claim = world.claim(1).await;
    let first = world.fire_for("waits", &claim).await;
    claim.values[Definition::SYSTEM + 1] = 2.into();
    let second = world.fire_for("waits", &claim).await;
    world.settled().await;
    assert_eq!(world.status(first).await, Status::Started);
    assert_eq!(world.status(second).await, Status::Resolved);
}

#[tokio::test]
async fn no_more_run_at_once_than_a_workflow_allows() {
    static NOW: AtomicI64 = AtomicI64::new(0);
    static MOST: AtomicI64 = AtomicI64::new(0);
    let meta = workflow("few", |call| {
        Box::pin(async move {
            let now = NOW.fetch_add(1, Ordering::SeqCst) + 1;
            MOST.fetch_max(now, Ordering::SeqCst);
            for _ in 0..3 {
                call.cx.run("step", async || Ok(())).await?;
            }
            NOW.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        })
    });
    let world = World::started(&[WorkflowMeta { concurrency: Some(2), ..meta }]).await;
    for _ in 0..50 {
        world.fire("few").await;
    }
    world.settled().await;
    assert_eq!(MOST.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_record_with_thousands_of_executions_holds_up_no_other() {
    let (meta, log) = noting!(HOT, "hot");
    let settings = Settings::default();
    let world = World::with(&[meta], Clock::System, settings).await;
    let (hot, other) = (world.claim(1).await, world.claim(2).await);
    let mut commits = Vec::new();
    for index in 0..2_100 {
        let claim = if index >= 2_000 { &other } else { &hot };
        commits.push(world.commit(world.execution("hot", claim, NewStatus::Queued)));
    }
    // In pieces: the store's queue is bounded.
    let mut ids = Vec::new();
    let mut commits = commits.into_iter();
    loop {
        let piece: Vec<_> = commits.by_ref().take(500).collect();
        if piece.is_empty() {
            break;
        }
        let done = futures_util::future::join_all(piece).await;
        ids.extend(done.into_iter().map(|execution| (execution.id, execution.record)));
    }
    world.core.engine.start().await.expect("an engine");
    world.settled().await;
    let log = log.lock().expect("a log");
    assert_eq!(log.len(), 2_100);
    let of = |record: i64, log: &[i64]| -> Vec<i64> {
        log.iter()
            .copied()
            .filter(|id| ids.iter().any(|(known, of)| known == id && *of == Some(record)))
            .collect()
    };
    let last = log.iter().rposition(|id| ids.contains(&(*id, Some(other.id())))).expect("others");
    assert!(last < 1000, "the other record's last one ran as number {last}");
    let hot_order = of(hot.id(), &log[..200]);
    assert!(hot_order.is_sorted());
}

#[tokio::test]
async fn a_later_execution_cancels_earlier_ones_if_the_workflow_says_so() {
    let meta = WorkflowMeta {
        overlap: Overlap::CancelPrevious,
        ..workflow("latest", |call| {
            Box::pin(async move {
                call.cx.approve("Well?").by_role("boss").await?;
                Ok(())
            })
        })
    };
    let world = World::started(&[meta]).await;
    let claim = world.claim(1).await;
    let first = world.fire_for("latest", &claim).await;
    world.settled().await;
    let other = world.fire("latest").await;
    let second = world.fire_for("latest", &claim).await;
    world.settled().await;
    let text = "a later one took its place".to_owned();
    assert_eq!(world.outcome(first).await, (Status::Aborted, Some(text)));
    assert_eq!(world.status(second).await, Status::Started);
    assert_eq!(world.status(other).await, Status::Started);
    let boss = person(3, "boss");
    let open = Condition::eq("status", "open");
    let (_, count) = crate::engine::tasks::list(&world.core.store, &boss, open, Vec::new(), 10, 0)
        .await
        .expect("tasks");
    assert_eq!(count, 2);
}

#[tokio::test]
async fn an_action_is_refused_while_an_execution_may_not_be_overlapped() {
    let meta = WorkflowMeta {
        overlap: Overlap::Refuse,
        ..workflow("single", |call| {
            Box::pin(async move {
                call.cx.approve("Well?").by_role("boss").await?;
                Ok(())
            })
        })
    };
    let world = World::started(&[meta]).await;
    let claim = world.claim(1).await;
    let first = world.fire_for("single", &claim).await;
    world.settled().await;
    let next = world.execution("single", &claim, NewStatus::Queued);
    let refused = world.core.engine.execute(next).await.expect_err("the first one waits");
    assert_eq!((refused.kind(), refused.all()[0].code.as_str()), (ErrorKind::Conflict, "overlap"));
    world.core.engine.cancel(first).await.expect("cancelled");
    let next = world.execution("single", &claim, NewStatus::Queued);
    let checks: Vec<_> = next.overlap_check().into_iter().collect();
    let unit = world
        .core
        .store
        .write(move |tx| Box::pin(async move { refuse_overlaps(tx, &checks).await }));
    unit.await.expect("nothing is in the way");
    world.core.engine.execute(next).await.expect("it runs");
}

#[tokio::test]
async fn two_executions_of_one_action_overlap_as_well() {
    let meta = workflow("single", |_| Box::pin(async { Ok(()) }));
    let meta = WorkflowMeta { overlap: Overlap::Refuse, ..meta };
    let world = World::held(&[meta], Clock::System).await;
    let (claim, other) = (world.claim(1).await, world.claim(2).await);
    for (second, refused) in [(&claim, true), (&other, false)] {
        let of = |claim| world.execution("single", claim, NewStatus::Queued).overlap_check();
        let checks: Vec<_> = [&claim, second].into_iter().filter_map(of).collect();
        let unit = world
            .core
            .store
            .write(move |tx| Box::pin(async move { refuse_overlaps(tx, &checks).await }));
        let code = unit.await.map_err(|error| error.all()[0].code.clone());
        assert_eq!(code, if refused { Err("overlap".to_owned()) } else { Ok(()) });
    }
}
