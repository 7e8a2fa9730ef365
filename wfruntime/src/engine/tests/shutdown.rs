//! The end of a process that is asked to end.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::execution::JobStatus;

/// Hangs in its second node until it is let go.
macro_rules! hanging {
    ($name:ident, $key:literal) => {
        fn $name() -> (WorkflowMeta, &'static tokio::sync::Notify, &'static tokio::sync::Notify) {
            static STARTED: tokio::sync::Notify = tokio::sync::Notify::const_new();
            static FREE: tokio::sync::Notify = tokio::sync::Notify::const_new();
            let meta = workflow($key, |call| {
                Box::pin(async move {
                    let (claim, cx) = open(&call);
                    cx.create(Payment::new().claim(&claim).amount(1)).await?;
                    cx.run("hang", async || {
                        STARTED.notify_one();
                        FREE.notified().await;
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

hanging!(shut, "shut");
hanging!(asked, "asked");

#[tokio::test]
async fn a_shutdown_loses_nothing() {
    let (meta, started, free) = shut();
    let first = World::started(&[meta]).await;
    let id = first.fire("shut").await;
    soon(started.notified()).await;
    let queued = first.claim(1).await;
    soon(first.core.engine.shutdown(Duration::from_millis(50))).await.expect("a shutdown");
    let late = first.fire_for("shut", &queued).await;
    assert_eq!(first.status(id).await, Status::Started);
    assert_eq!(first.status(late).await, Status::Queued);
    let next = first.beside(&[meta]).await;
    next.core.engine.start().await.expect("an engine");
    for _ in 0..2 {
        soon(started.notified()).await;
        free.notify_one();
    }
    assert_eq!(next.outcome(id).await.0, Status::Resolved);
    assert_eq!(next.status(late).await, Status::Resolved);
    assert_eq!(next.payments().await, 4);
}

#[tokio::test]
async fn a_shutdown_waits_for_what_begins_while_it_waits() {
    static DONE: AtomicBool = AtomicBool::new(false);
    let world = World::started(&[]).await;
    let core = Arc::clone(&world.core);
    // As the runner does that has just claimed something.
    crate::engine::lock(&world.core.engine.tasks).spawn(async move {
        core.engine.closing().await;
        tokio::task::yield_now().await;
        let tasks = Arc::clone(&core);
        crate::engine::lock(&tasks.engine.tasks).spawn(async move {
            for _ in 0..20 {
                core.store.write(|_| Box::pin(async { Ok(()) })).await.expect("a unit");
            }
            DONE.store(!core.engine.is_closed(), Ordering::SeqCst);
        });
    });
    soon(world.core.engine.shutdown(Duration::from_secs(30))).await.expect("a shutdown");
    assert!(DONE.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_shutdown_waits_for_the_node_that_a_request_runs() {
    let (meta, started, free) = asked();
    let world = World::started(&[meta]).await;
    let claim = world.claim(1).await;
    let execution = world.commit(world.execution("asked", &claim, NewStatus::StartedSync)).await;
    let (id, core) = (execution.id, Arc::clone(&world.core));
    let deadline = core.clock.after(Duration::from_secs(30));
    let run = tokio::spawn(async move { core.engine.run_sync(execution, deadline).await });
    soon(started.notified()).await;
    let core = Arc::clone(&world.core);
    let end = tokio::spawn(async move { core.engine.shutdown(Duration::from_secs(30)).await });
    soon(world.core.engine.closing()).await;
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    free.notify_one();
    soon(end).await.expect("it ends").expect("a shutdown");
    assert_eq!(soon(run).await.expect("an outcome").status, Status::Started);
    let (execution, jobs) = world.found(id).await;
    assert_eq!(execution.status, Status::Started);
    let job = jobs.iter().find(|job| job.kind == "run").expect("the node was written");
    assert_eq!(job.status, JobStatus::Resolved);
    assert_eq!(world.payments().await, 1, "nothing began after it");
}
