//! Waiting for people to fill in a form.

use std::time::Duration;

use super::*;
use jiff::SignedDuration;
use serde_json::json;

use crate::store::sql::Select;

/// How a claim was paid.
#[answer]
struct Receipt {
    #[field(length = 4..=8)]
    reference: String,
    amount: Option<Decimal>,
    #[field(default = 1)]
    copies: u8,
}

fn paid(call: Invocation) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let (mut claim, cx) = open(&call);
        let receipt = cx.ask::<Receipt>("Pay it").by_role("finance").await?;
        let (by, comment) = (receipt.by.clone(), receipt.comment.clone());
        let title = format!(
            "{} {:?} {} by {} ({})",
            receipt.reference,
            receipt.amount,
            receipt.copies,
            by.map(|by| by.nickname).unwrap_or_default(),
            comment.unwrap_or_default(),
        );
        cx.update(&mut claim, Claim::changes().title(title)).await
    })
}

fn in_time(call: Invocation) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let ask = call.cx.ask::<Receipt>("Pay it").by_user(Id::<User>::new(7));
        match ask.within(Duration::from_secs(3600)).await? {
            Some(receipt) => call.cx.end_failed(receipt.into_inner().reference).map(drop),
            None => call.cx.end_failed("nobody").map(drop),
        }
    })
}

async fn submit(world: &World, task: i64, values: serde_json::Value) -> Result<Task> {
    let who = person(5, "finance");
    world.core.engine.submit(&who, task, Submission::values(&values)).await
}

#[tokio::test]
async fn an_answer_survives_its_process() {
    let meta = workflow("paid", paid);
    let world = World::still(&[meta]).await;
    let id = world.fire("paid").await;
    world.settled().await;
    let (_, jobs) = world.found(id).await;
    assert!(jobs.iter().any(|job| job.kind == "ask" && job.key == "ask Receipt#1"));
    world.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");

    let next = world.beside(&[meta]).await;
    next.core.engine.start().await.expect("an engine");
    let task = next.task_of(id).await;
    let fields = task.fields.as_ref().expect("a form");
    assert_eq!(fields[0]["name"], "reference");
    let given = Submission {
        values: Some(r#"{"reference": "A-17", "amount": 12345678901234567.89}"#.into()),
        comment: Some("<b>done</b>".into()),
        ..Submission::default()
    };
    let who = person(5, "finance");
    let decided = next.core.engine.submit(&who, task.id, given).await.expect("an answer");
    assert_eq!(decided.status, "answered");
    let kept = json!({"reference": "A-17", "amount": "12345678901234567.89", "copies": 1});
    assert_eq!(json!(decided.decisions[0].values), kept);
    assert_eq!(next.outcome(id).await, (Status::Resolved, None));
    let query = Select {
        table: Claim::definition().table(),
        columns: vec![("title", crate::value::Type::Text)],
        filter: Condition::always(),
        order: Vec::new(),
        limit: None,
        offset: None,
    };
    let rows = next.core.store.read(&query.build()).await.expect("a claim");
    let expected = "A-17 Some(12345678901234567.89) 1 by user 5 (<b>done</b>)";
    assert_eq!(rows[0][0], Value::Text(expected.into()));

    let again = submit(&next, task.id, json!({"reference": "B-17"})).await;
    let again = again.expect_err("the first answer counts");
    assert_eq!(again.to_string(), format!("the task {} was answered by user 5 already", task.id));
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_nothing_is_written() {
    let world = World::still(&[workflow("paid", paid)]).await;
    let id = world.fire("paid").await;
    world.settled().await;
    let task = world.task_of(id).await.id;
    let wrong = json!({"reference": "A", "amount": "much", "copies": 256, "refrence": "x"});
    let error = submit(&world, task, wrong).await.expect_err("it does not fit");
    let told: Vec<_> = error
        .all()
        .iter()
        .map(|fault| (fault.field.as_deref().unwrap_or_default(), fault.code.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("values.amount", "wrong_type"),
            ("values.copies", "out_of_range"),
            ("values.reference", "too_short"),
            ("values.refrence", "unknown_field"),
        ]
    );
    let unchanged = world.task_of(id).await;
    assert_eq!((unchanged.status.as_str(), unchanged.decisions.len()), ("open", 0));
    let decision = world.decide(&person(5, "finance"), task, Outcome::Approved, None).await;
    let decision = decision.expect_err("it asks for values");
    assert_eq!(
        decision.to_string(),
        format!(
            "the task {task} asks for values, not for a decision: send \
             `{{\"values\": {{\"reference\": …, \"amount\": …, \"copies\": …}}}}`"
        )
    );
    assert_eq!(world.status(id).await, Status::Started);
}

#[tokio::test]
async fn without_an_answer_in_time_there_is_none() {
    let world = World::still(&[workflow("in_time", in_time)]).await;
    let (late, early) = (world.fire("in_time").await, world.fire("in_time").await);
    world.settled().await;
    let task = world.task_of(early).await.id;
    let who = person(7, "clerk");
    let values = Submission::values(&json!({"reference": "A-17"}));
    world.core.engine.submit(&who, task, values).await.expect("an answer");
    assert_eq!(world.outcome(early).await, (Status::Failed, Some("A-17".into())));
    world.core.clock.advance(SignedDuration::from_hours(2));
    let end = async {
        while world.status(late).await == Status::Started {
            world.settled().await;
            tokio::task::yield_now().await;
        }
    };
    soon(end).await;
    assert_eq!(world.outcome(late).await, (Status::Failed, Some("nobody".into())));
    assert_eq!(world.task_of(late).await.status, "timed_out");
}

#[tokio::test]
async fn a_form_that_was_changed_does_not_fit_what_was_asked() {
    /// Another one of the same name.
    fn changed(call: Invocation) -> BoxFuture<'static, Result<()>> {
        #[answer]
        struct Receipt {
            reference: i64,
        }
        Box::pin(async move { call.cx.ask::<Receipt>("Pay it").by_role("finance").await.map(drop) })
    }

    let world = World::still(&[workflow("paid", paid)]).await;
    let id = world.fire("paid").await;
    world.settled().await;
    let task = world.task_of(id).await.id;
    world.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");
    let next = world.beside(&[workflow("paid", changed)]).await;
    next.core.engine.start().await.expect("an engine");
    submit(&next, task, json!({"reference": "A-17"})).await.expect("an answer");
    assert_eq!(next.outcome(id).await.0, Status::Stranded);
}

#[tokio::test]
async fn an_answer_over_the_limit_is_refused() {
    let settings = Settings { payload_limit: 4000, ..Settings::default() };
    let clock = Clock::manual(start_of_time());
    let world = World::with(&[workflow("paid", paid)], clock, settings).await;
    world.core.engine.start().await.expect("an engine");
    let id = world.fire("paid").await;
    world.settled().await;
    let task = world.task_of(id).await.id;
    let given = Submission {
        comment: Some("x".repeat(5000)),
        ..Submission::values(&json!({"reference": "A-17"}))
    };
    let error = world.core.engine.submit(&person(5, "finance"), task, given).await;
    assert_eq!(error.expect_err("too large").kind(), ErrorKind::TooLarge);
    assert_eq!(world.task_of(id).await.status, "open");
}
