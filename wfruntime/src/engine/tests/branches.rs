//! Branches: all of them, the first of them, and what becomes of the others.

use jiff::SignedDuration;

use super::*;
use crate::collection::Filter;
use crate::context::Outcome;
use crate::engine::journal::{self, Place};
use crate::engine::tasks::{self, Task};
use crate::execution::JobStatus;

const HOUR: Duration = Duration::from_secs(3600);

async fn tasks_of(world: &World, execution: i64) -> Vec<Task> {
    let filter = Condition::eq("execution_id", execution);
    let root = person(1, "root");
    let mut tasks =
        tasks::list(&world.core.store, &root, filter, Vec::new(), 10, 0).await.expect("tasks").0;
    tasks.sort_by(|left, right| left.title.cmp(&right.title));
    tasks
}

async fn decide(world: &World, execution: i64, title: &str, outcome: Outcome) {
    let tasks = tasks_of(world, execution).await;
    let task = tasks.iter().find(|task| task.title == title).expect("the task");
    let boss = person(2, "boss");
    world
        .core
        .engine
        .submit(&boss, task.id, tasks::Submission::decision(outcome))
        .await
        .expect("a decision");
    world.settled().await;
}

async fn statuses(world: &World, execution: i64) -> Vec<(String, JobStatus)> {
    let mut jobs: Vec<_> =
        world.found(execution).await.1.into_iter().map(|job| (job.key, job.status)).collect();
    jobs.sort_by(|left, right| left.0.cmp(&right.0));
    jobs
}

fn words(jobs: &[(String, JobStatus)]) -> Vec<String> {
    jobs.iter().map(|(key, status)| format!("{key}: {}", status.as_str())).collect()
}

/// Until an execution does not wait for time any more.
async fn passed(world: &World, id: i64, time: SignedDuration) {
    world.core.clock.advance(time);
    let wakes = async {
        while world
            .found(id)
            .await
            .1
            .iter()
            .any(|job| job.kind == "sleep" && job.status == JobStatus::Pending)
        {
            tokio::task::yield_now().await;
        }
    };
    soon(wakes).await;
    world.core.engine.look();
    world.settled().await;
}

fn both(call: Invocation) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        let pay = |amount| Payment::new().claim(&claim).amount(amount);
        let (paid, decision) = cx
            .parallel((
                |cx: Context| async move {
                    let paid = cx.create(pay(1)).await?;
                    cx.sleep(HOUR).await?;
                    Ok(paid.amount)
                },
                |cx: Context| async move { cx.approve("Well?").by_role("boss").await },
            ))
            .await?;
        assert!(paid == 1 && decision.is_approved());
        cx.create(pay(2)).await.map(drop)
    })
}

#[tokio::test]
async fn parallel_waits_for_all_its_branches() {
    let world = World::still(&[workflow("both", both)]).await;
    let id = world.fire("both").await;
    world.settled().await;
    decide(&world, id, "Well?", Outcome::Approved).await;
    assert_eq!(world.status(id).await, Status::Started);
    assert_eq!(world.payments().await, 1);
    passed(&world, id, SignedDuration::from_hours(1)).await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    assert_eq!(world.payments().await, 2);
    let expected = [
        "create Payment#1: resolved",
        "parallel#1: resolved",
        "parallel#1.0/create Payment#1: resolved",
        "parallel#1.0/sleep#1: resolved",
        "parallel#1.1/approve#1: resolved",
    ];
    assert_eq!(words(&statuses(&world, id).await), expected);
}

fn hurried(call: Invocation) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        let (first, word) = cx
            .race((
                |cx: Context| async move {
                    let decision = cx.approve("Quick?").by_role("boss").within(2 * HOUR).await?;
                    Ok(if decision.is_approved() { "yes" } else { "no" })
                },
                |cx: Context| async move {
                    cx.sleep(HOUR).await?;
                    Ok("late")
                },
            ))
            .await?;
        let amount = i64::try_from(first)?;
        cx.create(Payment::new().claim(&claim).amount(amount).reference(word)).await?;
        let after = cx.approve("And now?").by_role("boss").await?;
        cx.reject_unless_approved(&after)
    })
}

#[tokio::test]
async fn the_first_branch_wins_and_the_others_close() {
    let world = World::still(&[workflow("hurried", hurried)]).await;
    for (sleeps, winner) in [(true, "1"), (false, "0")] {
        let id = world.fire("hurried").await;
        world.settled().await;
        if sleeps {
            passed(&world, id, SignedDuration::from_hours(1)).await;
        } else {
            decide(&world, id, "Quick?", Outcome::Approved).await;
        }
        let (_, jobs) = world.found(id).await;
        let race = jobs.iter().find(|job| job.key == "race#1").expect("its job");
        assert_eq!((race.status, race.output.as_deref()), (JobStatus::Resolved, Some(winner)));
        let loser = if sleeps { "race#1.0/approve#1" } else { "race#1.1/sleep#1" };
        let loser = jobs.iter().find(|job| job.key == loser).expect("the loser's job");
        assert_eq!(loser.status, JobStatus::Aborted);
        let timers = Count { table: execution::TIMERS, filter: Condition::eq("execution_id", id) };
        let timers = world.core.store.read(&timers.build()).await.expect("a count");
        assert_eq!(timers[0][0].as_int(), Some(0), "neither a deadline nor a sleep is left");
        let tasks = tasks_of(&world, id).await;
        let quick = tasks.iter().find(|task| task.title == "Quick?").expect("its task");
        assert_eq!(quick.status, if sleeps { "closed" } else { "approved" });
        if sleeps {
            let root = person(1, "root");
            let late = world.core.engine.submit(
                &root,
                quick.id,
                tasks::Submission::decision(Outcome::Approved),
            );
            assert_eq!(late.await.expect_err("too late").all()[0].code, "task_closed");
        }
        decide(&world, id, "And now?", Outcome::Approved).await;
        assert_eq!(world.outcome(id).await, (Status::Resolved, None), "{winner}");
    }
    assert_eq!(world.payments().await, 2, "what followed the race ran once");
}

#[tokio::test]
async fn a_branch_that_fails_ends_the_others_and_can_be_caught() {
    let once = Retry { attempts: 1, ..Retry::DEFAULT };
    let meta = WorkflowMeta {
        retry: once,
        ..workflow("careful", |call| {
            Box::pin(async move {
                let (claim, cx) = open(&call);
                let done = cx
                    .parallel((
                        |cx: Context| async move { cx.approve("Inner?").by_role("boss").await },
                        |cx: Context| async move {
                            cx.sleep(HOUR).await?;
                            let broken = || async { Err::<(), _>(Error::invalid("no", "no line")) };
                            cx.run("call", broken).await
                        },
                    ))
                    .await;
                let error = done.map(drop).expect_err("it fails");
                assert_eq!(
                    (error.kind(), error.to_string().as_str()),
                    (ErrorKind::Invalid, "no line")
                );
                cx.create(Payment::new().claim(&claim).amount(1)).await?;
                let after = cx.approve("After?").by_role("boss").await?;
                cx.reject_unless_approved(&after)
            })
        })
    };
    let world = World::still(&[meta]).await;
    let id = world.fire("careful").await;
    world.settled().await;
    passed(&world, id, SignedDuration::from_hours(1)).await;
    let expected = [
        "approve#1: pending",
        "create Payment#1: resolved",
        "parallel#1: error",
        "parallel#1.0/approve#1: aborted",
        "parallel#1.1/run call#1: error",
        "parallel#1.1/sleep#1: resolved",
    ];
    assert_eq!(words(&statuses(&world, id).await), expected);
    let tasks: Vec<_> =
        tasks_of(&world, id).await.into_iter().map(|task| (task.title, task.status)).collect();
    let expected = [("After?".to_owned(), "open".to_owned()), ("Inner?".into(), "closed".into())];
    assert_eq!(tasks, expected);
    decide(&world, id, "After?", Outcome::Approved).await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    assert_eq!(world.payments().await, 1);
}

#[tokio::test]
async fn an_end_within_a_branch_ends_the_workflow() {
    let world = World::still(&[workflow("ends", |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            let swallowed = cx
                .parallel((
                    |cx: Context| async move {
                        cx.approve("One?").by_role("boss").await?;
                        cx.end_failed("enough").map(drop)
                    },
                    |cx: Context| async move { cx.approve("Two?").by_role("boss").await },
                ))
                .await;
            assert!(swallowed.is_err());
            cx.create(Payment::new().claim(&claim).amount(1)).await.map(drop)
        })
    })])
    .await;
    let id = world.fire("ends").await;
    world.settled().await;
    decide(&world, id, "One?", Outcome::Approved).await;
    assert_eq!(world.outcome(id).await, (Status::Failed, Some("enough".into())));
    assert_eq!(world.payments().await, 0);
    assert_eq!(tasks_of(&world, id).await[1].status, "closed");
    let expected = [
        "parallel#1: aborted",
        "parallel#1.0/approve#1: resolved",
        "parallel#1.1/approve#1: aborted",
    ];
    assert_eq!(words(&statuses(&world, id).await), expected);
}

#[tokio::test]
async fn blocks_stand_within_blocks() {
    let world = World::still(&[workflow("nested", |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            let pay = |amount| Payment::new().claim(&claim).amount(amount);
            let (first, pair) = cx
                .race((
                    |cx: Context| async move {
                        cx.parallel((
                            |cx: Context| async move { cx.approve("A").by_role("boss").await },
                            |cx: Context| async move {
                                let racers = (
                                    |cx: Context| async move { cx.sleep(HOUR).await },
                                    |cx: Context| async move { cx.sleep(9 * HOUR).await },
                                );
                                let (first, ()) = cx.race(racers).await?;
                                cx.create(pay(7)).await?;
                                Ok(first)
                            },
                        ))
                        .await
                        .map(|(decision, first)| (decision.is_approved(), first))
                    },
                    |cx: Context| async move {
                        cx.sleep(5 * HOUR).await?;
                        cx.create(pay(9)).await?;
                        Ok((false, 9))
                    },
                ))
                .await?;
            assert_eq!((first, pair), (0, (true, 0)));
            Ok(())
        })
    })])
    .await;
    let id = world.fire("nested").await;
    world.settled().await;
    world.core.clock.advance(SignedDuration::from_hours(1));
    let inner = async {
        while world.payments().await == 0 {
            tokio::task::yield_now().await;
        }
    };
    soon(inner).await;
    world.settled().await;
    decide(&world, id, "A", Outcome::Approved).await;
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    let expected = [
        "race#1: resolved",
        "race#1.0/parallel#1: resolved",
        "race#1.0/parallel#1.0/approve#1: resolved",
        "race#1.0/parallel#1.1/create Payment#1: resolved",
        "race#1.0/parallel#1.1/race#1: resolved",
        "race#1.0/parallel#1.1/race#1.0/sleep#1: resolved",
        "race#1.0/parallel#1.1/race#1.1/sleep#1: aborted",
        "race#1.1/sleep#1: aborted",
    ];
    assert_eq!(words(&statuses(&world, id).await), expected);
}

#[tokio::test]
async fn nothing_of_a_loser_is_committed_once_the_race_is_decided() {
    let world = World::started(&[workflow("many", |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            let claim = &claim;
            let (first, ()) = cx
                .race((
                    |cx: Context| async move {
                        for _ in 0..500 {
                            cx.create(Payment::new().claim(claim).amount(1)).await?;
                        }
                        Ok(())
                    },
                    |cx: Context| async move {
                        for _ in 0..5 {
                            cx.run("step", async || Ok(())).await?;
                        }
                        Ok(())
                    },
                ))
                .await?;
            assert_eq!(first, 1);
            let filter = <Payment as Collection>::FIELDS.claim.eq(claim.id);
            let count = cx.count(filter).await?;
            cx.respond(count.to_string()).await
        })
    })])
    .await;
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(world.fire("many").await);
    }
    world.settled().await;
    let mut seen = 0;
    for id in ids {
        assert_eq!(world.outcome(id).await, (Status::Resolved, None));
        let (execution, jobs) = world.found(id).await;
        let counted: usize = execution.messages[0].parse().expect("a number");
        let created = jobs.iter().filter(|job| job.kind == "create");
        assert_eq!(created.count(), counted, "a payment without its job, or after the decision");
        seen += counted;
    }
    assert_eq!(world.payments().await, i64::try_from(seen).expect("a number"));
}

/// Two branches of one node each.
fn close(call: Invocation) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        let claim = &claim;
        let pay = |amount: i64| {
            move |cx: Context| async move {
                cx.create(Payment::new().claim(claim).amount(amount)).await?;
                cx.run("end", async || Ok(amount)).await
            }
        };
        let (first, amount) = cx.race((pay(1), pay(2))).await?;
        cx.respond(format!("{first}: {amount}")).await
    })
}

/// The kinds and outputs of an execution's jobs in the order of their ends, none of them the
/// race's: as a crash between the last node and the decision leaves them.
async fn crashed(world: &World, jobs: &[(&str, &'static str, &str)]) -> i64 {
    let claim = world.claim(1).await;
    let execution = world.commit(world.execution("close", &claim, NewStatus::StartedSync)).await;
    for (key, kind, output) in jobs {
        world.core.clock.advance(SignedDuration::from_secs(1));
        // As the context makes it of the node's label.
        let label = key.rsplit('/').next().and_then(|label| label.split('#').next());
        let fingerprint = crate::context::fingerprint(label.expect("a label"));
        let collection = (kind == &"create").then_some("enginePayments");
        let place = Place { collection, ..Place::new((*key).to_owned(), fingerprint, kind) };
        let output = match *kind {
            "create" => execution::write_row(&payment_of(&claim)).expect("json"),
            _ => (*output).to_owned(),
        };
        let id = execution.id;
        let job = (JobStatus::Resolved, Some(output));
        let job = journal::write(&world.core, id, &place, job.0, job.1, (None, 1));
        let unit = world
            .core
            .store
            .write(move |tx| Box::pin(async move { tx.execute(&job).await.map(drop) }));
        unit.await.expect("a job");
    }
    execution.id
}

fn payment_of(claim: &Row) -> Row {
    let definition = Payment::definition();
    let mut values = vec![Value::Null; definition.columns.len()];
    values[..Definition::SYSTEM].clone_from_slice(&claim.values[..Definition::SYSTEM]);
    let column = |name| definition.columns.iter().position(|it| it.rust == name).expect(name);
    values[column("claim")] = claim.id().into();
    values[column("amount")] = 1_i64.into();
    Row::new(definition, values)
}

#[tokio::test]
async fn a_race_that_was_run_but_not_decided_is_won_by_the_first_end() {
    let meta = workflow("close", close);
    let dead = World::held(&[meta], Clock::manual(start_of_time())).await;
    let create = |branch: &str| format!("race#1.{branch}/create Payment#1");
    let end = |branch: &str| format!("race#1.{branch}/run end#1");
    let (create_0, create_1, end_0, end_1) = (create("0"), create("1"), end("0"), end("1"));
    let both = [
        (create_1.as_str(), "create", ""),
        (end_1.as_str(), "run", "2"),
        (create_0.as_str(), "create", ""),
        (end_0.as_str(), "run", "1"),
    ];
    let later = crashed(&dead, &both).await;
    // Here the other branch had not begun: it does not begin any more.
    let alone = crashed(&dead, &both[..2]).await;
    let next = dead.beside(&[meta]).await;
    next.core.engine.start().await.expect("an engine");
    for id in [later, alone] {
        assert_eq!(next.outcome(id).await, (Status::Resolved, None));
        assert_eq!(next.found(id).await.0.messages, ["1: 2"]);
    }
    assert_eq!(next.payments().await, 0, "no node ran again, and none began");
}

#[tokio::test]
async fn a_synchronous_workflow_has_branches_too() {
    let world = World::still(&[workflow("sync", |call| {
        Box::pin(async move {
            let (claim, cx) = open(&call);
            let cx = cx.into_sync();
            let claim = &claim;
            let pay = |amount: i64| {
                move |cx: SyncContext| async move {
                    cx.create(Payment::new().claim(claim).amount(amount)).await.map(drop)
                }
            };
            cx.parallel((pay(1), pay(2), pay(3))).await?;
            let (_, word) = cx
                .race((
                    |_: SyncContext| async move { Ok("at once".to_owned()) },
                    |cx: SyncContext| async move {
                        cx.run("slow", async || Ok("slow".to_owned())).await
                    },
                ))
                .await?;
            let count = cx.count(Filter::<Payment>::all()).await?;
            cx.respond(format!("{word}: {count}")).await
        })
    })])
    .await;
    let claim = world.claim(500).await;
    let execution = world.commit(world.execution("sync", &claim, NewStatus::StartedSync)).await;
    let deadline = world.core.clock.after(Duration::from_secs(30));
    let outcome = soon(world.core.engine.run_sync(execution, deadline)).await;
    assert_eq!((outcome.status, outcome.failure), (Status::Resolved, None));
    assert_eq!(outcome.messages, ["at once: 3"]);
}
