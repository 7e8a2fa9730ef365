//! The program that is killed: one collection, and six workflows behind its create.

use std::time::Duration;

use wfruntime::prelude::*;

/// What the load creates.
#[collection]
pub struct Order {
    /// Which one it is.
    pub number: i64,
}

/// What the nodes of its workflows leave behind.
#[collection]
pub struct Mark {
    /// Whose it is.
    pub order: BelongsTo<Order>,
    /// What was done.
    pub text: String,
}

/// What is written in every way, and whose changes are heard of.
#[collection]
pub struct Tag {
    /// Which one it is.
    #[field(unique)]
    pub name: String,
    /// How large it is.
    pub size: i64,
}

/// What tags are linked with.
#[collection]
pub struct Carton {
    /// Its tags.
    pub tags: BelongsToMany<Tag, CartonTag>,
}

/// A tag on a carton.
#[collection]
pub struct CartonTag {
    /// The carton.
    #[field(on_delete = cascade)]
    pub carton: BelongsTo<Carton>,
    /// The tag.
    pub tag: BelongsTo<Tag>,
}

/// What events heard.
#[collection]
pub struct Heard {
    /// In words.
    pub what: String,
}

/// Hears of every tag.
#[collection_event(on = [create, update, delete])]
async fn hear_tag(tag: CollectionEvent<Tag>, cx: Context) -> Result<()> {
    let what = format!("{} {} {}", tag.action, tag.data.name, tag.data.size);
    cx.create(Heard::new().what(what)).await.map(drop)
}

/// Hears of every link.
#[collection_event(on = [create, delete])]
async fn hear_link(link: CollectionEvent<CartonTag>, cx: Context) -> Result<()> {
    cx.create(Heard::new().what(format!("{} link", link.action))).await.map(drop)
}

/// How long it takes until a question that nobody answers is decided.
const PATIENCE: Duration = Duration::from_millis(400);

/// Orders from this number on keep their request waiting.
const SLOW: i64 = 1_000_000;

/// Two record nodes with own code between them.
#[post_action(mode = "global", on = [create])]
async fn pack(order: PostAction<Order>, cx: Context) -> Result<()> {
    cx.create(Mark::new().order(order.data.id).text("packed")).await?;
    let number = order.data.number;
    let label = cx.run("label", async || Ok(format!("label {number}"))).await?;
    cx.create(Mark::new().order(order.data.id).text(label)).await?;
    let weighed = cx.call::<weigh>(&order.data).await?;
    cx.require(weighed.is_resolved(), "not weighed")
}

/// Called by the other one.
#[post_action(mode = "local")]
async fn weigh(order: PostAction<Order>, cx: Context) -> Result<()> {
    cx.create(Mark::new().order(order.data.id).text("weighed")).await?;
    Ok(())
}

/// In the request.
#[post_action(mode = "global", on = [create], execution = "sync")]
async fn receive(order: PostAction<Order>, cx: SyncContext) -> Result<()> {
    cx.create(Mark::new().order(order.data.id).text("received")).await?;
    if order.data.number >= SLOW {
        cx.run("slow", async || {
            tokio::time::sleep(Duration::from_millis(500)).await;
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// Asks somebody who is not there: time decides.
#[post_action(mode = "global", on = [create])]
async fn expire(order: PostAction<Order>, cx: Context) -> Result<()> {
    let decision = cx.approve("Anybody?").by_role("nobody").within(PATIENCE).await?;
    cx.require(decision.is_timed_out(), "nobody can decide")?;
    cx.create(Mark::new().order(order.data.id).text("expired")).await?;
    Ok(())
}

/// Branches: all of them, then the first of two, of which one waits for nobody.
#[post_action(mode = "global", on = [create])]
async fn split(order: PostAction<Order>, cx: Context) -> Result<()> {
    let order = order.data.id;
    let mark = |text: &'static str| {
        move |cx: Context| async move {
            cx.create(Mark::new().order(order).text(text)).await?;
            cx.run("pause", async || Ok(())).await
        }
    };
    cx.parallel((mark("left"), mark("right"))).await?;
    let waits = |cx: Context| async move { cx.approve("Never").by_role("nobody").await.map(drop) };
    let sleeps = |cx: Context| async move {
        cx.create(Mark::new().order(order).text("raced")).await?;
        cx.sleep(Duration::from_millis(20)).await?;
        cx.create(Mark::new().order(order).text("slept")).await.map(drop)
    };
    let (first, ()) = cx.race((waits, sleeps)).await?;
    cx.create(Mark::new().order(order).text(format!("winner {first}"))).await.map(drop)
}

workflow! {
    /// Waits for a person.
    #[post_action(mode = "global", on = [create])]
    pub release<Order> {
        let decision = approve "Release order {data.number}" { by: role(checker) };
        require decision.is_approved(), "not released";
        create Mark { order: data.id, text: "released" };
    }
}

role! {
    buyer { Order: view, create; Mark: view; }
    checker { Order: view; Mark: view; tasks; }
}

#[tokio::main]
async fn main() -> Result<()> {
    App::new("sqlite://crash.db").run().await
}
