//! Signals: kept, taken, too late, for nobody.

use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::engine::signals::NewSignal;
use crate::execution::{JobStatus, SIGNALS};

fn paid(call: Invocation) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let (claim, cx) = open(&call);
        let paid = cx.signal("paid").within(Duration::from_secs(3600)).await?;
        let Some(paid) = paid else {
            return cx.end_failed("nobody paid").map(drop);
        };
        let amount: i64 = paid.get()?;
        cx.create(Payment::new().claim(&claim).amount(amount)).await?;
        let by = paid.by.map_or_else(|| "nobody".to_owned(), |by| by.nickname);
        cx.respond(format!("{by} paid {amount}")).await
    })
}

fn of(world: &World, name: &str, payload: &serde_json::Value) -> NewSignal {
    NewSignal::new(&world.core, &person(4, "clerk"), name, payload).expect("a signal")
}

async fn untaken(world: &World, id: i64) -> i64 {
    let filter = Condition::eq("execution_id", id).and(Condition::Null("taken_by"));
    let rows = world.core.store.read(&Count { table: SIGNALS, filter }.build()).await;
    rows.expect("a count")[0][0].as_int().expect("a number")
}

#[tokio::test]
async fn a_waiting_execution_goes_on_with_what_it_is_sent() {
    let world = World::still(&[workflow("paid", paid)]).await;
    let id = world.fire("paid").await;
    world.settled().await;
    let engine = &world.core.engine;
    engine.signal(id, &of(&world, "other", &json!(1))).await.expect("it is kept");
    world.settled().await;
    assert_eq!(world.status(id).await, Status::Started);
    engine.signal(id, &of(&world, "paid", &json!(7))).await.expect("it is taken");
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    let (execution, jobs) = world.found(id).await;
    assert_eq!(execution.messages, ["user 4 paid 7"]);
    assert_eq!(jobs.iter().filter(|job| job.key == "signal paid#1").count(), 1);
    let timers = Count { table: execution::TIMERS, filter: Condition::always() };
    let timers = world.core.store.read(&timers.build()).await.expect("a count");
    assert_eq!(timers[0][0].as_int(), Some(0), "its deadline is gone");
    let late = engine.signal(id, &of(&world, "paid", &json!(8))).await.expect_err("it has ended");
    assert_eq!(late.kind(), ErrorKind::Conflict);
    assert_eq!(
        late.to_string(),
        format!("the execution {id} is `resolved` already: it takes no signal")
    );
    let missing = engine.signal(5, &of(&world, "paid", &json!(8))).await.expect_err("none");
    assert_eq!(missing.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_signal_before_its_wait_is_kept_and_the_oldest_is_taken() {
    let world = World::held(&[workflow("paid", paid)], Clock::manual(start_of_time())).await;
    let claim = world.claim(1).await;
    let execution = world.commit(world.execution("paid", &claim, NewStatus::Queued)).await;
    for amount in [3, 4] {
        let signal = of(&world, "paid", &json!(amount));
        world.core.engine.signal_record("paid", claim.id(), &signal).await.expect("it is open");
    }
    let next = world.beside(&[workflow("paid", paid)]).await;
    next.core.engine.start().await.expect("an engine");
    assert_eq!(next.outcome(execution.id).await, (Status::Resolved, None));
    assert_eq!(next.found(execution.id).await.0.messages, ["user 4 paid 3"]);
    assert_eq!(untaken(&next, execution.id).await, 1, "the second one is not lost");
}

#[tokio::test]
async fn a_signal_that_does_not_come_in_time_is_nothing() {
    let world = World::still(&[workflow("paid", paid)]).await;
    let id = world.fire("paid").await;
    world.settled().await;
    world.core.clock.advance(SignedDuration::from_hours(2));
    let end = async {
        while world.status(id).await == Status::Started {
            world.settled().await;
            tokio::task::yield_now().await;
        }
    };
    soon(end).await;
    assert_eq!(world.outcome(id).await, (Status::Failed, Some("nobody paid".into())));
    let (_, jobs) = world.found(id).await;
    assert_eq!((jobs[0].status, jobs[0].output.as_deref()), (JobStatus::Resolved, Some("null")));
}

#[tokio::test]
async fn a_signal_of_which_nobody_can_know_is_refused() {
    let world = World::still(&[workflow("paid", paid)]).await;
    let nobody = world.core.engine.signal_record("paid", 77, &of(&world, "paid", &json!(1))).await;
    let nobody = nobody.expect_err("no execution");
    assert_eq!(nobody.kind(), ErrorKind::NotFound);
    let text = "no execution of `paid` for record 77 is open: nobody takes the signal `paid`";
    assert_eq!(nobody.to_string(), text);
    let new = |name: &str, payload: &serde_json::Value| {
        NewSignal::new(&world.core, &Identity::anonymous(), name, payload).err().map(|it| it.kind())
    };
    assert_eq!(new("", &json!(1)), Some(ErrorKind::Invalid));
    assert_eq!(new(&"x".repeat(256), &json!(1)), Some(ErrorKind::Invalid));
    assert_eq!(new("large", &json!("x".repeat(2 << 20))), Some(ErrorKind::TooLarge));
}

#[tokio::test]
async fn two_branches_take_a_signal_each() {
    let world = World::still(&[workflow("pair", |call| {
        Box::pin(async move {
            let take = || |cx: Context| async move { cx.signal("go").await?.get::<i64>() };
            let (one, two) = call.cx.parallel((take(), take())).await?;
            call.cx.respond(format!("{}", one + two)).await
        })
    })])
    .await;
    let id = world.fire("pair").await;
    world.settled().await;
    let engine = &world.core.engine;
    engine.signal(id, &of(&world, "go", &json!(1))).await.expect("sent");
    world.settled().await;
    assert_eq!(world.status(id).await, Status::Started);
    engine.signal(id, &of(&world, "go", &json!(2))).await.expect("sent");
    assert_eq!(world.outcome(id).await, (Status::Resolved, None));
    assert_eq!(world.found(id).await.0.messages, ["3"]);
    assert_eq!(untaken(&world, id).await, 0);
}

#[tokio::test]
async fn a_cancelled_execution_keeps_no_signals() {
    let world = World::still(&[workflow("paid", paid)]).await;
    let id = world.fire("paid").await;
    world.settled().await;
    world.core.engine.signal(id, &of(&world, "other", &json!(1))).await.expect("it is kept");
    world.core.engine.cancel(id).await.expect("cancelled");
    assert_eq!(untaken(&world, id).await, 0);
    control::destroy(&world.core.store, id).await.expect("removed");
}
