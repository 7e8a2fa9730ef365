//! Waiting: tasks, decisions, deadlines.

use std::time::Duration;

use super::*;
use crate::context::Outcome;
use crate::engine::tasks;
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

#[tokio::test]
async fn an_execution_waits_as_a_row_and_goes_on_once_it_is_decided() {
    let world = World::still(&[workflow("reviewed", reviewed)]).await;
    let id = world.fire("reviewed").await;
    world.settled().await;
    assert_eq!(world.status(id).await, Status::Started);
    let task = world.task_of(id).await;
    assert_eq!((task.status.as_str(), task.title.as_str()), ("open", "Check the receipts"));
    let (_, jobs) = world.found(id).await;
    assert!(jobs.iter().any(|job| job.kind == "approve" && job.status == JobStatus::Pending));

    let stranger = world.decide(&person(9, "employee"), task.id, Outcome::Approved, None).await;
    assert_eq!(stranger.expect_err("not theirs").kind(), ErrorKind::NotFound);
    let nobody = world.decide(&Identity::anonymous(), task.id, Outcome::Approved, None).await;
    assert_eq!(nobody.expect_err("nobody").kind(), ErrorKind::Forbidden);

    let supervisor = person(8, "supervisor");
    let comment = Some("fine".to_owned());
    let decided = world.decide(&supervisor, task.id, Outcome::Approved, comment).await;
    let decided = decided.expect("a decision");
    assert_eq!(decided.status, "approved");
    assert_eq!(decided.decisions[0].user_id, 8);
    assert!(!decided.decisions[0].as_root);
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    assert_eq!(world.payments().await, 1, "replay does not run finished nodes again");

    let again = world.decide(&supervisor, task.id, Outcome::Rejected, None).await;
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
    assert_eq!(world.task_of(id).await.status, "timed_out");
}

#[tokio::test]
async fn cancelling_closes_the_task() {
    let world = World::still(&[workflow("reviewed", reviewed)]).await;
    let id = world.fire("reviewed").await;
    world.settled().await;
    let task = world.task_of(id).await;
    world.core.engine.cancel(id).await.expect("cancelled");
    let root = person(1, "root");
    let late = world.decide(&root, task.id, Outcome::Approved, None);
    let late = late.await.expect_err("it is closed");
    assert_eq!((late.kind(), late.all()[0].code.as_str()), (ErrorKind::Conflict, "task_closed"));
    assert_eq!(world.task_of(id).await.status, "closed");
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
        let task = world.task_of(id).await;
        for (user, outcome) in decisions.clone() {
            let who = person(user, "board");
            world.decide(&who, task.id, outcome, None).await.expect("a decision");
        }
        world.settled().await;
        assert_eq!(world.status(id).await, expected, "{key} {decisions:?}");
        if expected == Status::Started {
            let who = person(1, "board");
            let again = world.decide(&who, task.id, Approved, None).await;
            assert_eq!(again.expect_err("twice").all()[0].code, "already_decided");
        }
    }
}

#[tokio::test]
async fn every_place_is_filled_by_another_person() {
    let world = World::still(&[
        workflow("both", |call| {
            Box::pin(async move {
                let user = |id| Id::<User>::new(id);
                let ask = call.cx.approve("Both?").by_role("finance").by_user(user(1));
                let decision = ask.by_user(user(1)).by_role("legal").all().await?;
                call.cx.reject_unless_approved(&decision)
            })
        }),
        workflow("three", |call| {
            Box::pin(async move {
                let users = [1, 2, 3].map(Id::<User>::new);
                let decision = call.cx.approve("Three?").by_users(users).quorum(3).await?;
                call.cx.reject_unless_approved(&decision)
            })
        }),
    ])
    .await;
    use Outcome::{Approved, Rejected};
    let id = world.fire("both").await;
    world.settled().await;
    let task = world.task_of(id).await;
    assert_eq!((task.needed, task.assignees.len()), (3, 3), "named twice counts once");
    // In the role of finance, but named: that is the place that nobody else can fill.
    let named = person(1, "finance");
    world.decide(&named, task.id, Approved, None).await.expect("a decision");
    world.decide(&person(2, "finance"), task.id, Approved, None).await.expect("a decision");
    let third = world.decide(&person(3, "finance"), task.id, Approved, None).await;
    let third = third.expect_err("the place is filled");
    assert_eq!(
        third.to_string(),
        format!("user 2 has approved the task {} in your place already", task.id)
    );
    let twice = world.decide(&person(2, "legal"), task.id, Approved, None).await;
    let twice = twice.expect_err("one decision a person");
    assert_eq!(twice.to_string(), format!("you have approved the task {} already", task.id));
    assert_eq!(world.status(id).await, Status::Started);
    world.decide(&person(4, "legal"), task.id, Approved, None).await.expect("a decision");
    assert_eq!(world.outcome(id).await.0, Status::Resolved);

    let id = world.fire("three").await;
    world.settled().await;
    let task = world.task_of(id).await;
    world.decide(&person(1, "clerk"), task.id, Approved, None).await.expect("a decision");
    world.decide(&person(2, "clerk"), task.id, Rejected, None).await.expect("a decision");
    assert_eq!(world.outcome(id).await.0, Status::Rejected, "two are left, three are needed");
    let late = world.decide(&person(3, "clerk"), task.id, Approved, None).await;
    let late = late.expect_err("it is closed");
    assert_eq!(late.to_string(), format!("the task {} was rejected by user 2 already", task.id));
}

#[tokio::test]
async fn root_fills_one_place_without_a_seat() {
    let world = World::still(&[workflow("two", |call| {
        Box::pin(async move {
            let users = vec![Id::<User>::new(1), Id::new(2)];
            let decision = call.cx.approve("Both?").by_users(users).all().await?;
            call.cx.reject_unless_approved(&decision)
        })
    })])
    .await;
    let id = world.fire("two").await;
    world.settled().await;
    let task = world.task_of(id).await;
    let root = person(9, "root");
    let decided = world.decide(&root, task.id, Outcome::Approved, None).await.expect("a decision");
    assert!(decided.decisions[0].as_root && decided.status == "open");
    world.decide(&person(2, "clerk"), task.id, Outcome::Approved, None).await.expect("a decision");
    assert_eq!(world.outcome(id).await.0, Status::Resolved);
}

#[tokio::test]
async fn what_nobody_can_decide_ends_as_an_error_that_says_so() {
    let world = World::still(&[
        workflow("nobody", |call| {
            Box::pin(async move {
                let nobody: Vec<Id<User>> = Vec::new();
                call.cx.approve("Who?").by_users(nobody).await.map(drop)
            })
        }),
        workflow("too_few", |call| {
            Box::pin(async move {
                let users = vec![Id::<User>::new(1), Id::new(1), Id::new(2)];
                call.cx.approve("Who?").by_users(users).quorum(3).await.map(drop)
            })
        }),
    ])
    .await;
    for (key, expected) in [
        (
            "nobody",
            "nobody can decide \"Who?\": `by` names no user and no role, or its list is empty",
        ),
        ("too_few", "nobody can decide \"Who?\": 3 have to approve, and 2 may"),
    ] {
        let id = world.fire(key).await;
        assert_eq!(world.outcome(id).await, (Status::Error, Some(expected.into())));
    }
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
        world.decide(&who, tasks[0].id, Outcome::Approved, None).await.expect("yes");
        world.settled().await;
    }
    assert_eq!(world.status(id).await, Status::Resolved);
}
