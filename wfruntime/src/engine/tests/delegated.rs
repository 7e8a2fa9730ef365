//! A place in a task, given to somebody else.

use super::*;
use crate::engine::tasks::Assignee;

fn asks(call: Invocation) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let user = |id| Id::<User>::new(id);
        let ask = call.cx.approve("Both?").by_user(user(1)).by_role("finance").all();
        let decision = ask.await?;
        call.cx.reject_unless_approved(&decision)
    })
}

async fn asked() -> (World, i64, i64) {
    let world = World::still(&[workflow("asks", asks)]).await;
    let id = world.fire("asks").await;
    world.settled().await;
    let task = world.task_of(id).await.id;
    (world, id, task)
}

impl World {
    async fn delegate(&self, from: &Identity, task: i64, to: i64) -> Result<Task> {
        let receiver = person(to, "clerk").user.expect("a user");
        self.core.engine.delegate(from, task, receiver).await
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T>) -> (ErrorKind, String) {
    let error = result.expect_err("it is refused");
    (error.kind(), error.all()[0].code.clone())
}

#[tokio::test]
async fn a_named_user_leaves_the_place_to_another() {
    let (world, id, task) = asked().await;
    let (one, two) = (person(1, "clerk"), person(2, "clerk"));
    let given = world.delegate(&one, task, 2).await.expect("delegated");
    let delegation = &given.delegations[0];
    assert_eq!((delegation.from, delegation.to, &delegation.role), (1, 2, &None));
    assert_eq!(delegation.created_at, start_of_time());
    assert_eq!(given.assignees[0].who, Assignee::User(2));

    let gone = world.decide(&one, task, Outcome::Approved, None).await.expect_err("given away");
    assert_eq!(gone.to_string(), format!("you have given the task {task} to user 2"));
    assert_eq!(gone.kind(), ErrorKind::Conflict);
    let seen = tasks::get(&world.core.store, &one, task).await.expect("still to be seen");
    assert_eq!(seen.delegations.len(), 1);
    let open = Condition::eq("status", "open");
    let (theirs, _) =
        tasks::list(&world.core.store, &one, open, Vec::new(), 10, 0).await.expect("tasks");
    assert_eq!(theirs, [], "there is nothing left for them to do");

    // And on, and back again.
    world.delegate(&two, task, 3).await.expect("delegated");
    world.delegate(&person(3, "clerk"), task, 1).await.expect("delegated");
    world.decide(&one, task, Outcome::Approved, None).await.expect("a decision");
    assert_eq!(world.status(id).await, Status::Started, "finance has not approved");
    world.decide(&person(5, "finance"), task, Outcome::Approved, None).await.expect("a decision");
    assert_eq!(world.outcome(id).await.0, Status::Resolved);
}

#[tokio::test]
async fn a_role_shares_its_place() {
    let (world, id, task) = asked().await;
    let giver = person(5, "finance");
    let given = world.delegate(&giver, task, 6).await.expect("delegated");
    assert_eq!(given.delegations[0].role.as_deref(), Some("finance"));
    let seats: Vec<_> = given.assignees.iter().map(|seat| seat.who.clone()).collect();
    let finance = Assignee::Role("finance".into());
    assert_eq!(seats, [Assignee::User(1), finance, Assignee::User(6)]);
    assert_eq!(given.needed, 2, "as many have to approve as before");

    let again = world.decide(&giver, task, Outcome::Approved, None).await;
    assert_eq!(refused(again), (ErrorKind::Conflict, "delegated".into()));
    world.decide(&person(6, "clerk"), task, Outcome::Approved, None).await.expect("a decision");
    let other = world.decide(&person(7, "finance"), task, Outcome::Approved, None).await;
    assert_eq!(refused(other), (ErrorKind::Conflict, "already_decided".into()));
    assert_eq!(world.status(id).await, Status::Started);
    world.decide(&person(1, "clerk"), task, Outcome::Approved, None).await.expect("a decision");
    assert_eq!(world.outcome(id).await.0, Status::Resolved);
}

#[tokio::test]
async fn what_cannot_be_delegated_is_refused() {
    let (world, _, task) = asked().await;
    let (one, two) = (person(1, "clerk"), person(2, "finance"));
    let nobody = Identity::anonymous();
    use ErrorKind::{Conflict, Forbidden, Invalid, NotFound};
    for (from, to, expected) in [
        (&one, 1, (Invalid, "same_user")),
        (&person(9, "clerk"), 3, (NotFound, "not_found")),
        (&two, 1, (Conflict, "already_assigned")),
        (&person(8, "root"), 3, (Conflict, "no_place")),
        (&nobody, 3, (Forbidden, "forbidden")),
    ] {
        let found = refused(world.delegate(from, task, to).await);
        assert_eq!(found, (expected.0, expected.1.to_owned()), "{from:?} to {to}");
    }
    world.decide(&two, task, Outcome::Approved, None).await.expect("a decision");
    let decided = refused(world.delegate(&two, task, 3).await);
    assert_eq!(decided, (Conflict, "already_decided".to_owned()));
    let decider = refused(world.delegate(&one, task, 2).await);
    assert_eq!(decider, (Conflict, "already_decided".to_owned()));
    world.decide(&one, task, Outcome::Approved, None).await.expect("a decision");
    let closed = refused(world.delegate(&one, task, 3).await);
    assert_eq!(closed, (Conflict, "task_closed".to_owned()));
}

#[tokio::test]
async fn a_decision_and_a_delegation_at_once_leave_one_of_the_two() {
    for _ in 0..8 {
        let (world, _, task) = asked().await;
        let one = person(1, "clerk");
        let (decided, given) = tokio::join!(
            world.decide(&one, task, Outcome::Approved, None),
            world.delegate(&one, task, 2)
        );
        assert_ne!(decided.is_ok(), given.is_ok(), "{decided:?} {given:?}");
    }
}
