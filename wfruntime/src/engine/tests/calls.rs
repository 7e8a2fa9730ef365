//! Workflows that call others: what the caller gets, and what ends with what.

use super::*;
use crate::context::{Called, Outcome};
use crate::engine::tasks;
use crate::execution::JobStatus;
use crate::store::sql::Select;
use crate::value::Type;
use crate::workflow::{Callable, Workflow};

/// A workflow of the tests that others can name by its type.
macro_rules! called {
    ($($name:ident: $handler:expr;)*) => {$(
        #[expect(non_camel_case_types, reason = "as the macros make them")]
        struct $name;

        impl Workflow for $name {
            type Collection = Claim;
            const KEY: &'static str = stringify!($name);
            const MODE: Mode = Mode::Local;
            const META: &'static WorkflowMeta = &workflow(stringify!($name), $handler);
        }

        impl Callable for $name {}
    )*};
}

called! {
    pay: |call| Box::pin(async move {
        let (claim, cx) = open(&call);
        assert_eq!((call.snapshot.action.as_str(), call.snapshot.role.as_str()), ("call", "employee"));
        cx.create(Payment::new().claim(&claim).amount(claim.amount)).await?;
        let review = cx.approve("Pay?").by_role("boss").await?;
        cx.reject_unless_approved(&review)
    });
    book: |call| Box::pin(async move {
        let (claim, cx) = open(&call);
        let paid = cx.call::<pay>(&claim).await?;
        cx.end_unless_resolved(&paid)?;
        cx.create(Payment::new().claim(&claim).amount(-1)).await?;
        Ok(())
    });
    order: |call| Box::pin(async move {
        let (claim, cx) = open(&call);
        let booked = cx.call::<book>(&claim.id).await?;
        cx.end_unless_resolved(&booked)
    });
    ends: |call| Box::pin(async move {
        let (claim, cx) = open(&call);
        match claim.amount {
            1 => cx.end_failed("too little").map(drop),
            2 => Err(Error::internal("boom")),
            _ => Ok(()),
        }
    });
    tells: |call| Box::pin(async move {
        let (claim, cx) = open(&call);
        let called = cx.call::<ends>(&claim).await?;
        cx.run("keep", async || Ok(called.clone())).await.map(drop)
    });
    follows: |call| Box::pin(async move {
        let (claim, cx) = open(&call);
        let called = cx.call::<ends>(&claim).await?;
        cx.end_unless_resolved(&called)
    });
    again: |call| Box::pin(async move {
        let (claim, cx) = open(&call);
        cx.create(Payment::new().claim(&claim).amount(1)).await?;
        let called = cx.call::<again>(&claim).await?;
        cx.end_unless_resolved(&called)
    });
    misses: |call| Box::pin(async move {
        call.cx.call::<ends>(&Id::<Claim>::new(1)).await.map(drop)
    });
}

fn meta<W: Workflow>() -> WorkflowMeta {
    *W::META
}

/// The executions of a workflow, the first one first.
async fn executions(world: &World, key: &str) -> Vec<i64> {
    let query = Select {
        table: EXECUTIONS,
        columns: vec![("id", Type::Int)],
        filter: Condition::eq("key", key),
        order: vec![("id", false)],
        limit: None,
        offset: None,
    };
    let rows = world.core.store.read(&query.build()).await.expect("executions");
    rows.into_iter().filter_map(|row| row[0].as_int()).collect()
}

async fn task_of(world: &World, execution: i64) -> tasks::Task {
    let filter = Condition::eq("execution_id", execution);
    let root = person(1, "root");
    let found = tasks::list(&world.core.store, &root, filter, Vec::new(), 1, 0).await;
    found.expect("tasks").0.pop().expect("a task")
}

async fn decide(world: &World, execution: i64, outcome: Outcome) {
    let task = task_of(world, execution).await.id;
    let boss = person(3, "boss");
    let submitted = world.decide(&boss, task, outcome, None);
    submitted.await.expect("a decision");
}

#[tokio::test]
async fn a_called_workflow_wakes_its_caller_across_processes() {
    let metas = [meta::<pay>(), meta::<book>(), meta::<order>()];
    let first = World::started(&metas).await;
    let id = first.fire("order").await;
    first.settled().await;
    assert_eq!(first.status(id).await, Status::Started);
    let paying = executions(&first, "pay").await[0];
    assert_eq!(first.found(paying).await.0.chain, ["order", "book", "pay"]);
    first.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");

    let next = first.beside(&metas).await;
    next.core.engine.start().await.expect("an engine");
    next.settled().await;
    decide(&next, paying, Outcome::Approved).await;
    assert_eq!(next.outcome(id).await, (Status::Resolved, None));
    assert_eq!(next.payments().await, 2, "each node ran once");
    for key in ["pay", "book"] {
        assert_eq!(executions(&next, key).await.len(), 1, "{key} was called once");
    }
}

#[tokio::test]
async fn a_no_goes_up_to_the_first_caller() {
    let world = World::started(&[meta::<pay>(), meta::<book>(), meta::<order>()]).await;
    let id = world.fire("order").await;
    world.settled().await;
    decide(&world, executions(&world, "pay").await[0], Outcome::Rejected).await;
    assert_eq!(world.outcome(id).await, (Status::Rejected, None));
    assert_eq!(world.payments().await, 1);
}

#[tokio::test]
async fn a_caller_gets_what_the_called_one_came_to() {
    let world = World::started(&[meta::<ends>(), meta::<tells>(), meta::<follows>()]).await;
    for (amount, status, message) in
        [(0, Status::Resolved, ""), (1, Status::Failed, "too little"), (2, Status::Error, "boom")]
    {
        let claim = world.claim(amount).await;
        let id = world.fire_for("tells", &claim).await;
        assert_eq!(world.outcome(id).await, (Status::Resolved, None));
        let (_, jobs) = world.found(id).await;
        let job = jobs.iter().find(|job| job.key == "call ends#1").expect("a job");
        let called: Called = serde_json::from_str(job.output.as_deref().expect("an output"))
            .expect("what it came to");
        assert_eq!(called.status, status);
        assert_eq!(called.is_resolved(), amount == 0);
        assert!(called.message.unwrap_or_default().contains(message));
        assert_eq!(world.status(called.execution).await, status);

        let id = world.fire_for("follows", &claim).await;
        let (followed, error) = world.outcome(id).await;
        assert_eq!(followed, status);
        assert!(error.unwrap_or_default().contains(message));
    }
}

#[tokio::test]
async fn cancelling_a_caller_ends_all_that_it_called() {
    let late = WorkflowMeta { timeout: Some(Duration::from_secs(3600)), ..meta::<order>() };
    for timeout in [false, true] {
        let world = World::still(&[meta::<pay>(), meta::<book>(), late]).await;
        let id = world.fire("order").await;
        world.settled().await;
        let paying = executions(&world, "pay").await[0];
        if timeout {
            world.core.clock.advance(jiff::SignedDuration::from_hours(2));
            assert_eq!(ended(&world, id).await, Status::Aborted);
        } else {
            world.core.engine.cancel(id).await.expect("cancelled");
        }
        for called in [paying, executions(&world, "book").await[0]] {
            let (execution, jobs) = world.found(called).await;
            assert_eq!(execution.status, Status::Aborted);
            assert!(execution.error.is_some_and(|error| error.contains("does not wait")));
            assert!(jobs.iter().all(|job| job.status != JobStatus::Pending));
        }
        assert_eq!(task_of(&world, paying).await.status, "closed");
    }
}

#[tokio::test]
async fn cancelling_a_called_one_is_told_to_its_caller() {
    let world = World::started(&[meta::<pay>(), meta::<book>(), meta::<order>()]).await;
    let id = world.fire("order").await;
    world.settled().await;
    let paying = executions(&world, "pay").await[0];
    world.core.engine.cancel(paying).await.expect("cancelled");
    let (status, error) = world.outcome(id).await;
    assert_eq!(status, Status::Error);
    assert!(error.is_some_and(|error| error.contains("`aborted`: it was cancelled")));

    // Run again: what did not resolve is called anew, and only that.
    let booking = executions(&world, "book").await[0];
    world.core.engine.restart(booking, None).await.expect("a rerun");
    world.settled().await;
    assert_eq!(executions(&world, "pay").await.len(), 1, "the answer of `pay` stands");
    world.core.engine.restart(id, None).await.expect("a rerun");
    world.settled().await;
    assert_eq!(world.status(id).await, Status::Error, "the answer of `book` stands");
}

#[tokio::test]
async fn a_later_execution_takes_the_place_of_a_called_one() {
    let pays = WorkflowMeta { overlap: Overlap::CancelPrevious, ..meta::<pay>() };
    let world = World::started(&[pays, meta::<book>()]).await;
    let claim = world.claim(5).await;
    let first = world.fire_for("book", &claim).await;
    world.settled().await;
    let second = world.fire_for("book", &claim).await;
    world.settled().await;
    let (status, error) = world.outcome(first).await;
    assert_eq!(status, Status::Error);
    assert!(error.is_some_and(|error| error.contains("a later one took its place")));
    assert_eq!(world.status(second).await, Status::Started);

    let refuses = WorkflowMeta { overlap: Overlap::Refuse, ..meta::<pay>() };
    let world = World::started(&[refuses, meta::<book>()]).await;
    let claim = world.claim(5).await;
    let first = world.fire_for("book", &claim).await;
    world.settled().await;
    let second = world.fire_for("book", &claim).await;
    let (status, error) = world.outcome(second).await;
    assert_eq!(status, Status::Error);
    assert!(error.is_some_and(|error| error.contains("`pay` is still running")));
    assert_eq!(world.status(first).await, Status::Started);
    assert_eq!(executions(&world, "pay").await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_called_is_told() {
    let world = World::started(&[meta::<ends>(), meta::<misses>()]).await;
    let id = world.fire("misses").await;
    let gone = "the record no longer exists".to_owned();
    assert_eq!(world.outcome(id).await, (Status::Failed, Some(gone)));

    for limit in [1, 3] {
        let settings = Settings { stack_limit: limit, ..Settings::default() };
        let world = World::with(&[meta::<again>()], Clock::System, settings).await;
        world.core.engine.start().await.expect("an engine");
        let id = world.fire("again").await;
        let (status, error) = world.outcome(id).await;
        assert_eq!(status, Status::Error);
        let times = format!("a chain of calls may have it only {limit} times");
        assert!(error.is_some_and(|error| error.contains(&times)));
        assert_eq!(world.payments().await, i64::from(limit));
    }
}

#[tokio::test]
async fn a_context_over_the_limit_is_the_answer_of_the_call() {
    let settings = Settings { payload_limit: 500, ..Settings::default() };
    let world = World::with(&[meta::<ends>(), meta::<follows>()], Clock::System, settings).await;
    let claim = world.claim(0).await;
    let id = world.fire_for("follows", &claim).await;
    // Now the called one sees more than its caller did.
    let title = Claim::definition().columns[Definition::SYSTEM].name;
    let update = Update {
        table: Claim::definition().table(),
        set: vec![(title, Set::To("x".repeat(500).into()))],
        filter: Condition::always(),
        returning: Vec::new(),
    };
    let update = update.build();
    let unit = world.core.store.write(move |tx| Box::pin(async move { tx.execute(&update).await }));
    assert_eq!(unit.await.expect("an update"), 1);
    world.core.engine.start().await.expect("an engine");
    let (status, error) = world.outcome(id).await;
    assert_eq!(status, Status::Error);
    assert!(error.is_some_and(|error| error.contains("over the limit of 500")));
    assert_eq!(world.status(executions(&world, "ends").await[0]).await, Status::Error);
}
