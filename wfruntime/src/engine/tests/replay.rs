//! Nodes, ends, failures and retries of single executions.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::*;
use crate::collection::Filter;
use crate::execution::JobStatus;

fn pays(call: Invocation) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let (mut claim, cx) = open(&call);
        cx.update(&mut claim, Claim::changes().title("Paid")).await?;
        assert_eq!(claim.title, "Paid");
        let paid = cx.create(Payment::new().claim(&claim).amount(claim.amount)).await?;
        let found = cx.find(<Payment as Collection>::FIELDS.amount.eq(claim.amount)).await?;
        assert_eq!(found.map(|found| found.id), Some(paid.id));
        assert_eq!(cx.count(Filter::<Payment>::all()).await?, 1);
        let doubled: i64 = cx.run("double", async || Ok(claim.amount * 2)).await?;
        assert_eq!(doubled, 1000);
        cx.respond("thank you").await
    })
}

#[tokio::test]
async fn an_execution_runs_its_nodes_and_keeps_their_jobs() {
    let world = World::started(&[workflow("pays", pays)]).await;
    let id = world.fire("pays").await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    let (execution, jobs) = world.found(id).await;
    assert_eq!(execution.messages, ["thank you"]);
    assert_eq!(execution.chain, ["pays"]);
    let mut keys: Vec<&str> = jobs.iter().map(|job| job.key.as_str()).collect();
    keys.sort_unstable();
    let expected =
        ["count Payment#1", "create Payment#1", "find Payment#1", "run double#1", "update Claim#1"];
    assert_eq!(keys, expected);
    assert!(jobs.iter().all(|job| job.status == JobStatus::Resolved));
    assert_eq!(world.payments().await, 1);
}

#[tokio::test]
async fn an_end_stands_although_the_handler_swallows_it() {
    let world = World::started(&[workflow("stubborn", |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            let _ = cx.end_failed("not today");
            cx.create(Payment::new().claim(&claim).amount(1)).await?;
            Ok(())
        })
    })])
    .await;
    let id = world.fire("stubborn").await;
    assert_eq!(world.outcome(id).await, (Status::Failed, Some("not today".into())));
    assert_eq!(world.payments().await, 0);
}

#[tokio::test]
async fn ends_of_every_kind_are_told_apart() {
    let world = World::started(&[
        workflow("ends", |call| {
            Box::pin(async move {
                call.cx.end()?;
                Ok(())
            })
        }),
        workflow("requires", |call| {
            Box::pin(async move {
                let (claim, cx) = open(&call);
                cx.require(claim.amount > 1000, "too little")
            })
        }),
        workflow("breaks", |_| Box::pin(async { Err(Error::internal("the printer burns")) })),
        workflow("panics", |_| Box::pin(async { panic!("the roof is on fire") })),
        workflow("says_no", |_| Box::pin(async { Err(Error::new(ErrorKind::Failed, "no", "no")) })),
    ])
    .await;
    for (key, status, text) in [
        ("ends", Status::Resolved, None),
        ("requires", Status::Failed, Some("too little")),
        ("breaks", Status::Error, Some("the printer burns")),
        ("panics", Status::Error, Some("the handler panicked: the roof is on fire")),
        ("says_no", Status::Failed, Some("no")),
    ] {
        let id = world.fire(key).await;
        assert_eq!(world.outcome(id).await, (status, text.map(str::to_owned)), "{key}");
    }
}

#[tokio::test]
async fn a_record_that_is_gone_ends_the_workflow_as_failed() {
    let world = World::started(&[workflow("deletes", |call| {
        Box::pin(async move {
            let (mut claim, cx) = open(&call);
            cx.delete(&claim).await?;
            let _ = cx.update(&mut claim, Claim::changes().amount(1)).await;
            cx.create(Payment::new().claim(&claim).amount(1)).await?;
            Ok(())
        })
    })])
    .await;
    let id = world.fire("deletes").await;
    let gone = Some("the record no longer exists".to_owned());
    assert_eq!(world.outcome(id).await, (Status::Failed, gone));
}

#[tokio::test]
async fn a_record_that_is_gone_ends_the_workflow_as_failed_after_a_crash_too() {
    let world = World::started(&[workflow("updates", |call| {
        Box::pin(async move {
            let (mut claim, cx) = open(&call);
            cx.delete(&claim).await?;
            cx.update(&mut claim, Claim::changes().amount(1)).await
        })
    })])
    .await;
    let claim = world.claim(1).await;
    let id = world.fire_for("updates", &claim).await;
    let gone = Some("the record no longer exists".to_owned());
    assert_eq!(world.outcome(id).await, (Status::Failed, gone.clone()));
    // As if the process had died behind the node and before the end was written.
    let unfinished = vec![
        ("status", Set::To("started".into())),
        ("state", Set::To("ready".into())),
        ("error", Set::To(Value::Null)),
        ("finished_at", Set::To(Value::Null)),
    ];
    world.rewrite(id, unfinished).await;
    world.core.engine.woken(id, "updates", claim.id());
    assert_eq!(ended(&world, id).await, Status::Failed);
    assert_eq!(world.outcome(id).await, (Status::Failed, gone));
}

#[tokio::test]
async fn a_failing_record_node_writes_nothing_and_can_be_handled() {
    let world = World::started(&[workflow("twice", |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            let payment =
                |reference: &str| Payment::new().claim(&claim).amount(1).reference(reference);
            cx.create(payment("a")).await?;
            let again = cx.create(payment("a")).await;
            assert_eq!(again.map(|_| ()).map_err(|error| error.kind()), Err(ErrorKind::Conflict));
            cx.create(payment("b")).await?;
            Ok(())
        })
    })])
    .await;
    let id = world.fire("twice").await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    assert_eq!(world.payments().await, 2);
    let (_, jobs) = world.found(id).await;
    let broken: Vec<_> = jobs.iter().filter(|job| job.status == JobStatus::Error).collect();
    assert_eq!(broken.len(), 1);
    assert_eq!(broken[0].key, "create Payment#2");
}

static CALLS: AtomicU32 = AtomicU32::new(0);

#[tokio::test]
async fn own_code_is_tried_again_until_it_gives_up_and_can_be_rerun() {
    let flaky = WorkflowMeta {
        retry: Retry { attempts: 3, max_pause: Duration::from_millis(1) },
        ..workflow("flaky", |call| {
            Box::pin(async move {
                let (claim, cx) = open(&call);
                cx.create(Payment::new().claim(&claim).amount(1)).await?;
                let key = cx.idempotency_key("mail");
                let sent = cx.run("mail", async || {
                    assert!(!key.is_empty());
                    match CALLS.fetch_add(1, Ordering::SeqCst) {
                        0..3 => Err(Error::internal("no line")),
                        calls => Ok(calls),
                    }
                });
                assert_eq!(sent.await?, 3);
                Ok(())
            })
        })
    };
    let world = World::started(&[flaky]).await;
    let id = world.fire("flaky").await;
    assert_eq!(world.outcome(id).await, (Status::Error, Some("no line".into())));
    let (_, jobs) = world.found(id).await;
    let job = jobs.iter().find(|job| job.key == "run mail#1").expect("a job");
    assert_eq!((job.status, job.attempts), (JobStatus::Error, 3));
    assert!(job.error.as_deref().is_some_and(|error| error.contains("no line")));

    world.core.engine.restart(id, None).await.expect("a rerun");
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    assert_eq!(world.payments().await, 1, "what finished before does not run again");
    let refused = world.core.engine.restart(id, None).await.expect_err("it is resolved");
    assert_eq!(refused.kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn results_and_contexts_over_the_limit_are_clear_errors() {
    let world = World::started(&[
        workflow("large", |call| {
            Box::pin(async move {
                let text: String = call.cx.run("read", async || Ok("x".repeat(2 << 20))).await?;
                assert!(text.is_empty(), "not reached");
                Ok(())
            })
        }),
        workflow("quiet", |_| Box::pin(async { Ok(()) })),
    ])
    .await;
    let id = world.fire("large").await;
    let (status, error) = world.outcome(id).await;
    assert_eq!(status, Status::Error);
    assert!(error.is_some_and(|error| error.contains("over the limit of 1048576")));

    let mut claim = world.claim(1).await;
    claim.values[Definition::SYSTEM] = "x".repeat(2 << 20).into();
    let id = world.fire_for("quiet", &claim).await;
    let (status, error) = world.outcome(id).await;
    assert_eq!(status, Status::Error);
    assert!(error.is_some_and(|error| error.contains("its context has")));
    let refused = world.core.engine.restart(id, None).await.expect_err("it has no context");
    assert_eq!(refused.all()[0].code, "no_context");
}

#[tokio::test]
async fn an_execution_has_at_most_so_many_nodes() {
    let settings = Settings { nodes_limit: 3, ..Settings::default() };
    let endless = workflow("endless", |call| {
        Box::pin(async move {
            loop {
                call.cx.run("step", async || Ok(())).await?;
            }
        })
    });
    let world = World::with(&[endless], Clock::System, settings).await;
    world.core.engine.start().await.expect("an engine");
    let id = world.fire("endless").await;
    let text = "it has more than 3 nodes: `run step#4` would be one more";
    assert_eq!(world.outcome(id).await, (Status::Error, Some(text.into())));
}

#[tokio::test]
async fn a_loop_over_a_million_items_ends_at_the_limit_and_loses_nothing() {
    let settings = Settings { nodes_limit: 40, ..Settings::default() };
    let endless = workflow("endless", |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            cx.create(Payment::new().claim(&claim).amount(0)).await?;
            for item in 0..1_000_000_u64 {
                let pass = cx.pass("items", item);
                pass.create(Payment::new().claim(&claim).amount(1)).await?;
            }
            Ok(())
        })
    });
    let world = World::with(&[endless], Clock::System, settings).await;
    world.core.engine.start().await.expect("an engine");
    let id = world.fire("endless").await;
    let (status, error) = world.outcome(id).await;
    assert_eq!(status, Status::Error);
    let error = error.expect("why it ended");
    let text =
        "it has more than 40 nodes: the loop `items` has come to its pass 39; do the work of";
    assert!(error.starts_with(text), "{error}");
    assert_eq!((world.found(id).await.1.len(), world.payments().await), (40, 40));
}

#[tokio::test]
async fn scopes_and_given_keys_make_the_keys_of_jobs() {
    let world = World::started(&[workflow("scopes", |call| {
        Box::pin(async move {
            for index in 0..2 {
                let cx = call.cx.scope(format!("for[{index}]"));
                cx.run("step", async || Ok(())).await?;
                cx.node("pay", 7).run("step", async || Ok(())).await?;
            }
            call.cx.scope("again").run("step", async || Ok(())).await?;
            call.cx.scope("again").run("step", async || Ok(())).await
        })
    })])
    .await;
    let id = world.fire("scopes").await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    let mut keys: Vec<_> = world.found(id).await.1.into_iter().map(|job| job.key).collect();
    keys.sort_unstable();
    let expected = [
        "again#2/run step#1",
        "again/run step#1",
        "for[0]/pay",
        "for[0]/run step#1",
        "for[1]/pay",
        "for[1]/run step#1",
    ];
    assert_eq!(keys, expected);
}

#[tokio::test]
async fn a_key_used_twice_is_an_error() {
    let world = World::started(&[workflow("same", |call| {
        Box::pin(async move {
            call.cx.node("pay", 7).run("step", async || Ok(())).await?;
            call.cx.node("pay", 7).run("step", async || Ok(())).await
        })
    })])
    .await;
    let id = world.fire("same").await;
    let text = "the node key `pay` is used twice".to_owned();
    assert_eq!(world.outcome(id).await, (Status::Error, Some(text)));
}

#[tokio::test]
async fn a_synchronous_execution_answers_what_it_came_to() {
    let endless =
        |_: Invocation| -> BoxFuture<'static, Result<()>> { Box::pin(std::future::pending()) };
    let world = World::still(&[workflow("pays", pays), workflow("endless", endless)]).await;
    let claim = world.claim(500).await;
    let execution = world.execution("pays", &claim, NewStatus::StartedSync);
    let execution = world.commit(execution).await;
    let id = execution.id;
    let deadline = world.core.clock.after(Duration::from_secs(30));
    let outcome = soon(world.core.engine.run_sync(execution, deadline)).await;
    assert_eq!(outcome.status, Status::Resolved);
    assert_eq!(outcome.messages, ["thank you"]);
    assert!(outcome.changed && outcome.failure.is_none());
    assert_eq!(world.status(id).await, Status::Resolved);

    let execution = world.execution("endless", &claim, NewStatus::StartedSync);
    let execution = world.commit(execution).await;
    let id = execution.id;
    let core = Arc::clone(&world.core);
    let run = tokio::spawn(async move { core.engine.run_sync(execution, deadline).await });
    world.core.clock.advance(jiff::SignedDuration::from_secs(31));
    let outcome = soon(run).await.expect("an outcome");
    assert_eq!((outcome.status, outcome.changed), (Status::Aborted, false));
    assert_eq!(world.status(id).await, Status::Aborted);
}

#[tokio::test]
async fn a_running_execution_is_cancelled_at_once() {
    static STARTED: tokio::sync::Notify = tokio::sync::Notify::const_new();
    let world = World::started(&[workflow("hangs", |call| {
        Box::pin(async move {
            call.cx
                .run("hang", async || {
                    STARTED.notify_one();
                    std::future::pending::<Result<()>>().await
                })
                .await
        })
    })])
    .await;
    let id = world.fire("hangs").await;
    soon(STARTED.notified()).await;
    world.core.engine.cancel(id).await.expect("cancelled");
    assert_eq!(world.outcome(id).await, (Status::Aborted, Some("it was cancelled".into())));
    let refused = world.core.engine.cancel(id).await.expect_err("it is at its end");
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    control::destroy(&world.core.store, id).await.expect("removed");
    let gone = control::get(&world.core.store, id).await.expect_err("it is gone");
    assert_eq!(gone.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn an_execution_is_aborted_when_its_time_is_over() {
    static STARTED: tokio::sync::Notify = tokio::sync::Notify::const_new();
    let slow = WorkflowMeta {
        timeout: Some(Duration::from_secs(60)),
        ..workflow("slow", |call| {
            Box::pin(async move {
                call.cx
                    .run("hang", async || {
                        STARTED.notify_one();
                        std::future::pending::<Result<()>>().await
                    })
                    .await
            })
        })
    };
    let world = World::still(&[slow]).await;
    let id = world.fire("slow").await;
    soon(STARTED.notified()).await;
    world.core.clock.advance(jiff::SignedDuration::from_secs(61));
    let text = Some("it took longer than it may".to_owned());
    assert_eq!(world.outcome(id).await, (Status::Aborted, text));
}
