//! Waiting: tasks, decisions, deadlines.

use std::time::Duration;

use super::*;
use crate::context::Outcome;
use crate::engine::tasks::{self, Task};
use crate::execution::JobStatus;
use jiff::SignedDuration;

fn reviewed(call: Invocation) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let (mut claim, cx) = open(&call);
        cx.create(Payment::new().claim(&claim).amount(1)).await?;
        let approve =
            cx.approve("Check the receipts").by_role("supervisor").by_user::<User>(Id::new(7));
        let review = approve.within(Duration::from_secs(3 * 24 * 3600)).await?;
        if review.is_rejected() {
            let comment = review.comment.unwrap_or_else(|| "too late".into());
            cx.end_failed(comment)?;
        }
        cx.update(&mut claim, Claim::changes().title("Approved")).await
    })
}

async fn task_of(world: &World, execution: i64) -> Task {
    let filter = Condition::eq("execution_id", execution);
    let root = person(1, "root");
    let (mut tasks, _) =
        tasks::list(&world.core.store, &root, filter, Vec::new(), 10, 0).await.expect("tasks");
    tasks.pop().expect("a task")
}

#[tokio::test]
async fn an_execution_waits_as_a_row_and_goes_on_once_it_is_decided() {
    let world = World::still(&[workflow("reviewed", reviewed)]).await;
    let id = world.fire("reviewed").await;
    world.settled().await;
    assert_eq!(world.status(id).await, Status::Started);
    let task = task_of(&world, id).await;
    assert_eq!((task.status.as_str(), task.title.as_str()), ("open", "Check the receipts"));
    let (_, jobs) = world.found(id).await;
    assert!(jobs.iter().any(|job| job.kind == "approve" && job.status == JobStatus::Pending));

    let engine = &world.core.engine;
    let stranger = engine.submit(&person(9, "employee"), task.id, Outcome::Approved, None).await;
    assert_eq!(stranger.expect_err("not theirs").kind(), ErrorKind::NotFound);
    let nobody = engine.submit(&Identity::anonymous(), task.id, Outcome::Approved, None).await;
    assert_eq!(nobody.expect_err("nobody").kind(), ErrorKind::Forbidden);

    let supervisor = person(8, "supervisor");
    let comment = Some("fine".to_owned());
    let decided = engine.submit(&supervisor, task.id, Outcome::Approved, comment).await;
    let decided = decided.expect("a decision");
    assert_eq!(decided.status, "approved");
    assert_eq!(decided.decisions[0].user_id, 8);
    assert!(!decided.decisions[0].as_root);
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    assert_eq!(world.payments().await, 1, "replay does not run finished nodes again");

    let again = engine.submit(&supervisor, task.id, Outcome::Rejected, None).await;
    assert_eq!(again.expect_err("it is closed").kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn a_deadline_decides_if_nobody_does() {
    let world = World::still(&[workflow("reviewed", reviewed)]).await;
    let id = world.fire("reviewed").await;
    world.settled().await;
    world.core.clock.advance(SignedDuration::from_hours(71));
    world.settled().await;
    assert_eq!(world.status(id).await, Status::Started);
    world.core.clock.advance(SignedDuration::from_hours(2));
    let end = async {
        while world.status(id).await == Status::Started {
            world.settled().await;
            tokio::task::yield_now().await;
        }
    };
    soon(end).await;
    assert_eq!(world.outcome(id).await, (Status::Failed, Some("too late".into())));
    assert_eq!(task_of(&world, id).await.status, "timed_out");
}

#[tokio::test]
async fn cancelling_closes_the_task() {
    let world = World::still(&[workflow("reviewed", reviewed)]).await;
    let id = world.fire("reviewed").await;
    world.settled().await;
    let task = task_of(&world, id).await;
    world.core.engine.cancel(id).await.expect("cancelled");
    let root = person(1, "root");
    let late = world.core.engine.submit(&root, task.id, Outcome::Approved, None);
    let late = late.await.expect_err("it is closed");
    assert_eq!((late.kind(), late.all()[0].code.as_str()), (ErrorKind::Conflict, "task_closed"));
    assert_eq!(task_of(&world, id).await.status, "closed");
    assert_eq!(world.status(id).await, Status::Aborted);
}

#[tokio::test]
async fn several_people_decide_together() {
    let world = World::still(&[
        workflow("all", |call| {
            Box::pin(async move {
                let user = |id| Id::<User>::new(id);
                let ask = call.cx.approve("All?").by_user(user(1)).by_user(user(2)).all();
                let decision = ask.await?;
                call.cx.reject_unless_approved(&decision)
            })
        }),
        workflow("quorum", |call| {
            Box::pin(async move {
                let decision = call.cx.approve("Two?").by_role("board").quorum(2).await?;
                call.cx.reject_unless_approved(&decision)
            })
        }),
    ])
    .await;
    use Outcome::{Approved, Rejected};
    for (key, decisions, expected) in [
        ("all", vec![(1, Approved), (2, Approved)], Status::Resolved),
        ("all", vec![(1, Approved), (2, Rejected)], Status::Rejected),
        ("all", vec![(2, Rejected)], Status::Rejected),
        ("all", vec![(1, Approved)], Status::Started),
        ("quorum", vec![(1, Approved), (2, Rejected), (3, Approved)], Status::Resolved),
        ("quorum", vec![(1, Rejected), (2, Rejected)], Status::Rejected),
    ] {
        let id = world.fire(key).await;
        world.settled().await;
        let task = task_of(&world, id).await;
        for (user, outcome) in decisions.clone() {
            let who = person(user, "board");
            world.core.engine.submit(&who, task.id, outcome, None).await.expect("a decision");
        }
        world.settled().await;
        assert_eq!(world.status(id).await, expected, "{key} {decisions:?}");
        if expected == Status::Started {
            let who = person(1, "board");
            let again = world.core.engine.submit(&who, task.id, Approved, None).await;
            assert_eq!(again.expect_err("twice").all()[0].code, "already_decided");
        }
    }
}

#[tokio::test]
async fn a_task_can_be_given_to_another_user() {
    let world = World::still(&[workflow("asks", |call| {
        Box::pin(async move {
            let decision = call.cx.approve("You?").by_user(Id::<User>::new(1)).await?;
            call.cx.reject_unless_approved(&decision)
        })
    })])
    .await;
    let id = world.fire("asks").await;
    world.settled().await;
    let task = task_of(&world, id).await;
    let engine = &world.core.engine;
    engine.delegate(&person(1, "clerk"), task.id, 2).await.expect("delegated");
    let gone = engine.submit(&person(1, "clerk"), task.id, Outcome::Approved, None).await;
    assert_eq!(gone.expect_err("given away").kind(), ErrorKind::NotFound);
    let two = person(2, "clerk");
    engine.submit(&two, task.id, Outcome::Approved, None).await.expect("a decision");
    assert_eq!(world.outcome(id).await.0, Status::Resolved);
}

#[tokio::test]
async fn two_waits_at_once_are_woken_one_by_one() {
    let world = World::still(&[workflow("both", |call| {
        Box::pin(async move {
            let ask = |role: &'static str| call.cx.approve(role).by_role(role).into_future();
            let (one, two) = futures_util::future::join(ask("one"), ask("two")).await;
            assert!(one?.is_approved() && two?.is_approved());
            Ok(())
        })
    })])
    .await;
    let id = world.fire("both").await;
    world.settled().await;
    for role in ["two", "one"] {
        assert_eq!(world.status(id).await, Status::Started);
        let who = person(5, role);
        let all = Condition::eq("status", "open");
        let (tasks, count) =
            tasks::list(&world.core.store, &who, all, Vec::new(), 10, 0).await.expect("tasks");
        assert_eq!(count, 1);
        world.core.engine.submit(&who, tasks[0].id, Outcome::Approved, None).await.expect("yes");
        world.settled().await;
    }
    assert_eq!(world.status(id).await, Status::Resolved);
}
