//! Journals that fit today's code, and those that do not.

use super::*;
use crate::context::Outcome;
use crate::engine::tasks;
use crate::execution::JobStatus;

/// Pays so much at a node of this key.
async fn pay(cx: &Context, claim: &Record<Claim>, key: &'static str, amount: i64) -> Result<()> {
    cx.node(key, 1).create(Payment::new().claim(claim).amount(amount)).await.map(drop)
}

/// The workflow `changes`, of this revision.
fn changes(revision: u64, handler: Handler) -> WorkflowMeta {
    WorkflowMeta { revision, ..workflow("changes", handler) }
}

fn first(call: Invocation) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        pay(&cx, &claim, "a", 1).await?;
        pay(&cx, &claim, "b", 2).await?;
        let decision = cx.node("ask", 1).approve("Well?").by_role("boss").await?;
        cx.reject_unless_approved(&decision)
    })
}

/// Runs `first` until it waits, and goes on in another process with this code.
async fn changed(handler: Handler) -> (World, i64) {
    let world = World::still(&[changes(1, first)]).await;
    let id = world.fire("changes").await;
    world.settled().await;
    assert_eq!(world.payments().await, 2);
    world.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");
    let next = world.beside(&[changes(2, handler)]).await;
    next.core.engine.start().await.expect("an engine");
    next.settled().await;
    (next, id)
}

async fn approve(world: &World, id: i64) {
    let filter = Condition::eq("execution_id", id).and(Condition::eq("open", true));
    let found = tasks::list(&world.core.store, &person(1, "root"), filter, Vec::new(), 10, 0).await;
    let task = found.expect("tasks").0.pop().expect("a task").id;
    world.decide(&person(3, "boss"), task, Outcome::Approved, None).await.expect("a decision");
    world.settled().await;
}

fn revision_of(execution: &Execution) -> &str {
    execution.revision.trim_start_matches('0')
}

#[tokio::test]
async fn a_journal_that_fits_goes_on_with_the_new_revision() {
    let (world, id) = changed(|call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            pay(&cx, &claim, "a", 1).await?;
            pay(&cx, &claim, "b", 2).await?;
            cx.node("ask", 1).approve("Well?").by_role("boss").await?;
            pay(&cx, &claim, "new", 3).await
        })
    })
    .await;
    let (execution, jobs) = world.found(id).await;
    assert_eq!((execution.status, revision_of(&execution)), (Status::Started, "2"));
    assert_eq!(jobs.len(), 3, "its task is the same one");
    approve(&world, id).await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    assert_eq!(world.payments().await, 3);
}

#[tokio::test]
async fn what_was_done_and_is_not_reached_strands_before_anything_runs() {
    let removed: Handler = |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            pay(&cx, &claim, "a", 1).await?;
            cx.node("ask", 1).approve("Well?").by_role("boss").await?;
            pay(&cx, &claim, "c", 3).await
        })
    };
    let reordered: Handler = |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            pay(&cx, &claim, "b", 2).await?;
            pay(&cx, &claim, "new", 3).await?;
            pay(&cx, &claim, "a", 1).await
        })
    };
    let shorter: Handler = |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            pay(&cx, &claim, "a", 1).await
        })
    };
    let ended: Handler = |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            pay(&cx, &claim, "a", 1).await?;
            cx.end_failed("no more").map(drop)
        })
    };
    let another: Handler = |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            cx.node("a", 2).create(Payment::new().claim(&claim).amount(7)).await.map(drop)
        })
    };
    let has = |key, before| {
        format!(
            "its journal has `create` at `{key}`, which today's code does not reach before {before}"
        )
    };
    let other = "its journal has `create` at `a`, which today's code has changed".to_owned();
    for (handler, text) in [
        (removed, has("b", "`ask`")),
        (reordered, has("a", "`new`")),
        (shorter, has("b", "its end")),
        (ended, has("b", "its end")),
        (another, other),
    ] {
        let (world, id) = changed(handler).await;
        let (execution, jobs) = world.found(id).await;
        assert_eq!((execution.status, execution.error), (Status::Stranded, Some(text)));
        assert_eq!(execution.revision.trim_start_matches('0'), "1");
        assert_eq!((world.payments().await, jobs.len()), (2, 3), "nothing ran, nothing is lost");
        world.core.engine.cancel(id).await.expect("it can be cancelled");
        assert_eq!(world.status(id).await, Status::Aborted);
    }
}

fn shorter(call: Invocation) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        pay(&cx, &claim, "a", 1).await?;
        pay(&cx, &claim, "c", 3).await
    })
}

#[tokio::test]
async fn a_stranded_execution_is_restarted_from_a_named_node() {
    let (world, id) = changed(shorter).await;
    assert_eq!(world.status(id).await, Status::Stranded);
    let engine = &world.core.engine;
    let unknown = engine.restart(id, Some("bb".into())).await.expect_err("no such node");
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    let text = format!(
        "the execution {id} has no job of a node `bb`; did you mean `b`? It has `a`, `b`, `ask`"
    );
    assert_eq!(unknown.to_string(), text);
    engine.restart(id, Some("b".into())).await.expect("a restart");
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    let (execution, jobs) = world.found(id).await;
    assert_eq!(revision_of(&execution), "2");
    let mut keys: Vec<_> = jobs.iter().map(|job| job.key.as_str()).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["a", "c"]);
    let past = control::get(&world.core.store, id).await.expect("an execution").past;
    let past: Vec<_> =
        past.iter().map(|(_, job)| (job.key.as_str(), job.status.as_str())).collect();
    assert_eq!(past, [("b", "resolved"), ("ask", "aborted")], "what was done is still seen");
    assert_eq!(world.payments().await, 3);
    let root = person(1, "root");
    let open = Condition::eq("open", true);
    let (_, count) =
        tasks::list(&world.core.store, &root, open, Vec::new(), 1, 0).await.expect("tasks");
    assert_eq!(count, 0, "the task of the dropped node is closed");
}

#[tokio::test]
async fn the_old_code_takes_up_what_the_new_one_stranded() {
    let (world, id) = changed(shorter).await;
    assert_eq!(world.status(id).await, Status::Stranded);
    world.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");
    let old = world.beside(&[changes(1, first)]).await;
    old.core.engine.start().await.expect("an engine");
    old.settled().await;
    assert_eq!(old.status(id).await, Status::Started);
    approve(&old, id).await;
    assert_eq!(old.outcome(id).await, (Status::Resolved, None));
    assert_eq!(old.payments().await, 2);
}

#[tokio::test]
async fn a_node_added_to_a_branch_that_is_over_does_not_run() {
    macro_rules! branches {
        ($more:expr) => {
            |call| {
                Box::pin(async move {
                    let (claim, cx) = open(&call);
                    let claim = &claim;
                    cx.node("both", 1)
                        .parallel((
                            |cx: Context| async move {
                                pay(&cx, claim, "a", 1).await?;
                                if $more { pay(&cx, claim, "more", 9).await } else { Ok(()) }
                            },
                            |cx: Context| async move { pay(&cx, claim, "b", 2).await },
                        ))
                        .await?;
                    pay(&cx, claim, "c", 3).await?;
                    cx.node("ask", 1).approve("Well?").by_role("boss").await.map(drop)
                })
            }
        };
    }
    let world = World::still(&[changes(1, branches!(false))]).await;
    let id = world.fire("changes").await;
    world.settled().await;
    world.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");
    let next = world.beside(&[changes(2, branches!(true))]).await;
    next.core.engine.start().await.expect("an engine");
    let (status, error) = next.outcome(id).await;
    assert_eq!(status, Status::Stranded);
    assert!(error.is_some_and(|error| error.contains("before `both.0/more`")));
    assert_eq!(next.payments().await, 3);

    // From within a branch: the other branch keeps what it did.
    next.core.engine.restart(id, Some("both.0/a".into())).await.expect("a restart");
    next.settled().await;
    assert_eq!(next.status(id).await, Status::Started);
    assert_eq!(next.payments().await, 6, "a, more and c ran; b did not");
    approve(&next, id).await;
    assert_eq!(next.outcome(id).await, (Status::Resolved, None));
}

#[tokio::test]
async fn a_rerun_begins_at_the_failure_that_ended_it() {
    use std::sync::atomic::{AtomicBool, Ordering};
    static BROKEN: AtomicBool = AtomicBool::new(true);
    let meta = WorkflowMeta {
        retry: Retry { attempts: 1, ..Retry::DEFAULT },
        ..workflow("dealt", |call| {
            Box::pin(async move {
                let (claim, cx) = open(&call);
                let fails = || async { Err::<(), _>(Error::invalid("no", "never")) };
                assert!(cx.run("always", fails).await.is_err());
                pay(&cx, &claim, "a", 1).await?;
                let broken = BROKEN.load(Ordering::SeqCst);
                let code = || async move {
                    if broken { Err(Error::invalid("no", "no line")) } else { Ok(()) }
                };
                let both = cx
                    .parallel((
                        |cx: Context| async move { cx.run("call", code).await },
                        |cx: Context| async move { cx.approve("Well?").by_role("boss").await },
                    ))
                    .await;
                if let Err(error) = both {
                    pay(&cx, &claim, "sorry", 2).await?;
                    return Err(error);
                }
                Ok(())
            })
        })
    };
    let world = World::still(&[meta]).await;
    let id = world.fire("dealt").await;
    assert_eq!(world.outcome(id).await.0, Status::Error);
    assert_eq!(world.payments().await, 2);
    BROKEN.store(false, Ordering::SeqCst);
    world.core.engine.restart(id, None).await.expect("a rerun");
    world.settled().await;
    assert_eq!(world.status(id).await, Status::Started);
    approve(&world, id).await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    let (_, jobs) = world.found(id).await;
    assert!(jobs.iter().all(|job| job.key != "sorry"), "what followed the failure is dropped");
    assert!(jobs.iter().any(|job| job.key == "run always#1" && job.status == JobStatus::Error));
    let beside = world.core.engine.restart(id, None).await;
    assert_eq!(beside.expect_err("it is resolved").kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn an_old_version_stays_alive_beside_the_new_one() {
    let world = World::still(&[changes(1, first)]).await;
    let id = world.fire("changes").await;
    world.settled().await;
    world.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");
    let second = WorkflowMeta { version: 3, ..changes(9, shorter) };
    let next = world.beside(&[second, changes(1, first)]).await;
    next.core.engine.start().await.expect("an engine");
    next.settled().await;
    let new = next.fire("changes").await;
    assert_eq!(next.outcome(new).await, (Status::Resolved, None));
    assert_eq!(next.found(new).await.0.version, 3);
    assert_eq!(next.payments().await, 4);
    assert_eq!((next.found(id).await.0.version, next.status(id).await), (1, Status::Started));
    approve(&next, id).await;
    assert_eq!(next.outcome(id).await, (Status::Resolved, None));
    assert_eq!(next.payments().await, 4, "the old code had nothing left to pay");
}

#[tokio::test]
async fn an_execution_whose_version_is_gone_is_stranded_and_moves_with_a_restart() {
    let world = World::still(&[changes(1, first)]).await;
    let id = world.fire("changes").await;
    world.settled().await;
    world.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");
    let next = world.beside(&[WorkflowMeta { version: 2, ..changes(9, shorter) }]).await;
    next.core.engine.start().await.expect("an engine");
    let text = "the program has no version 1 of the workflow `changes`";
    assert_eq!(next.outcome(id).await, (Status::Stranded, Some(text.into())));
    next.core.engine.restart(id, Some("b".into())).await.expect("a restart");
    assert_eq!(next.outcome(id).await, (Status::Resolved, None));
    assert_eq!((next.found(id).await.0.version, next.payments().await), (2, 3));
}
