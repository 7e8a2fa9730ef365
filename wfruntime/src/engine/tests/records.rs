//! Nodes that read, count and delete many records.

use std::fmt::Debug;
use std::sync::Mutex;

use super::*;
use crate::collection::{Filter, IntoDraft};
use crate::engine::lock;

const FIELDS: <Offer as Collection>::Fields = <Offer as Collection>::FIELDS;

fn offer(price: Decimal, weight: Option<i32>, score: f64, name: &str) -> impl IntoDraft<Offer> {
    Offer::new().price(price).weight(weight).score(score).name(name)
}

/// Three offers; all of them sell what the same execution offers.
async fn offers(cx: &Context) -> Result<()> {
    cx.create(offer(dec!(0.1), Some(7), 0.5, "b")).await?;
    cx.create(offer(dec!(10), None, 0.25, "a")).await?;
    cx.create(offer(dec!(9.2), Some(7), -1.0, "c")).await?;
    Ok(())
}

fn names(offers: &[Record<Offer>]) -> String {
    offers.iter().map(|offer| offer.name.as_str()).collect()
}

/// What the nodes of a handler gave, in each of its runs.
static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn seen(value: &impl Debug) {
    lock(&SEEN).push(format!("{value:?}"));
}

#[tokio::test]
async fn records_come_in_order_and_are_summed_up_the_same_in_each_run() {
    let meta = workflow("sums", |call| {
        Box::pin(async move {
            let cx = call.cx.clone();
            offers(&cx).await?;
            let all = Filter::<Offer>::all;
            seen(&names(&cx.list(all()).order(FIELDS.price, true).await?));
            seen(&names(
                &cx.list(all()).order(FIELDS.weight, false).order(FIELDS.name, true).await?,
            ));
            seen(&names(&cx.list(FIELDS.weight.eq(7)).order(FIELDS.score, false).limit(1).await?));
            seen(&cx.find(all()).order(FIELDS.price, true).await?.map(|found| found.name.clone()));
            seen(&cx.sum(FIELDS.price, all()).await?);
            seen(&cx.average(FIELDS.price, FIELDS.weight.eq(7)).await?);
            seen(&cx.sum(FIELDS.weight, all()).await?);
            seen(&cx.average(FIELDS.score, all()).await?);
            seen(&cx.min(FIELDS.price, all()).await?);
            seen(&cx.max(FIELDS.name, all()).await?);
            seen(&cx.max(FIELDS.until, all()).await?);
            seen(&cx.sum(FIELDS.price, FIELDS.name.eq("none")).await?);
            seen(&cx.delete_where(FIELDS.price.lt(dec!(9.5))).await?);
            cx.approve("Well?").by_role("boss").await?;
            seen(&cx.count(all()).await?);
            Ok(())
        })
    });
    let first = World::started(&[meta]).await;
    let id = first.fire("sums").await;
    first.settled().await;
    first.core.engine.shutdown(Duration::from_secs(5)).await.expect("a shutdown");
    let before = std::mem::take(&mut *lock(&SEEN));
    let expected = [
        "\"acb\"",
        "\"acb\"",
        "\"c\"",
        "Some(\"a\")",
        "Some(19.3)",
        "Some(4.65)",
        "Some(14)",
        "Some(-0.08333333333333333)",
        "Some(0.1)",
        "Some(\"c\")",
        "None",
        "None",
        "2",
    ];
    assert_eq!(before, expected);

    let next = first.beside(&[meta]).await;
    next.core.engine.start().await.expect("an engine");
    let root = person(1, "root");
    let all = Condition::always();
    let task = crate::engine::tasks::list(&next.core.store, &root, all, Vec::new(), 1, 0);
    let task = task.await.expect("tasks").0[0].id;
    let yes = crate::context::Outcome::Approved;
    next.decide(&root, task, yes, None).await.expect("a decision");
    assert_eq!(next.outcome(id).await, (Status::Resolved, None));
    let after = std::mem::take(&mut *lock(&SEEN));
    assert_eq!(after[..expected.len()], expected);
    assert_eq!(after[expected.len()..], ["1"], "what was deleted is deleted once");
}

#[tokio::test]
async fn what_is_too_much_is_told() {
    let listing = workflow("lists", |call| {
        Box::pin(async move {
            offers(&call.cx).await?;
            call.cx.list(Filter::<Offer>::all()).limit(2).await?;
            call.cx.list(Filter::<Offer>::all()).await.map(drop)
        })
    });
    let summing = workflow("adds", |call| {
        Box::pin(async move {
            for _ in 0..2 {
                call.cx.create(offer(Decimal::MAX, None, f64::MAX, "x")).await?;
            }
            let price = call.cx.sum(FIELDS.price, Filter::all()).await;
            assert!(price.is_err_and(|error| error.kind() == ErrorKind::TooLarge));
            call.cx.sum(FIELDS.score, Filter::all()).await.map(drop)
        })
    });
    let many = workflow("many", |call| {
        Box::pin(async move { call.cx.list(Filter::<Claim>::all()).await.map(drop) })
    });
    let settings = Settings { payload_limit: 600, ..Settings::default() };
    let world = World::with(&[listing, summing, many], Clock::System, settings).await;
    world.core.engine.start().await.expect("an engine");
    let id = world.fire("lists").await;
    let (status, error) = world.outcome(id).await;
    assert_eq!(status, Status::Error);
    let error = error.expect("a reason");
    assert!(error.contains("the result of `list Offer#2` has"), "{error}");
    assert!(error.contains("over the limit of 600"), "{error}");
    let id = world.fire("adds").await;
    let (status, error) = world.outcome(id).await;
    assert_eq!(status, Status::Error);
    let error = error.expect("a reason");
    assert!(
        error.contains("Float(inf) of `Offer.score` is out of the range of its type"),
        "{error}"
    );

    for amount in 0..10 {
        world.claim(amount).await;
    }
    let id = world.fire("many").await;
    let error = world.outcome(id).await.1.expect("a reason");
    let text = "more than 9 records of `engineClaims` cannot be kept: give a limit";
    assert!(error.contains(text), "{error}");
}
