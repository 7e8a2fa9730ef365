//! Letters: at the press of a button, once a week, and what becomes of those that do not arrive.

use jiff::SignedDuration;
use serde::Deserialize;
use wfruntime::prelude::*;

use crate::mail::mail;
use crate::{Post, Stage, Subscriber};

/// What the editor writes above a post that is sent.
#[derive(Deserialize)]
pub struct Greeting {
    pub greeting: String,
}

/// Sends a post to all who get letters.
///
/// A custom action: its button writes nothing itself.
#[custom_action]
pub async fn send(act: CustomAction<Post, Greeting>, cx: Context) -> Result<()> {
    cx.require(act.data.stage == Stage::Published, "only what is out can be sent")?;
    let text = format!("{}\n\n{}\n{}", act.values.greeting, act.data.title, act.data.body);
    for reader in readers(&cx).await? {
        cx.run("mail", async || mail(reader.email.clone(), text.clone()).await).await?;
    }
    Ok(())
}

/// What the mail service says of a letter that did not arrive.
#[derive(Deserialize)]
pub struct Bounce {
    pub email: String,
}

/// Writes no more to whom letters do not reach.
///
/// A webhook: the mail service calls it, and signs.
#[webhook(path = "bounces")]
pub async fn bounced(hook: Webhook<Bounce>, cx: Context) -> Result<()> {
    let email = hook.values.email;
    if let Some(mut reader) = cx.find(Subscriber::FIELDS.email.eq(email)).await? {
        cx.update(&mut reader, Subscriber::changes().is_reached(false)).await?;
    }
    Ok(())
}

/// Says every Monday what has come out in the week.
///
/// A schedule by the clocks of Paris.
#[schedule(cron = "0 8 * * MON", timezone = "Europe/Paris")]
async fn digest(due: Scheduled, cx: Context) -> Result<()> {
    let week = due.at - SignedDuration::from_hours(7 * 24);
    let (stage, changed) = (Post::FIELDS.stage, Post::FIELDS.updated_at);
    let posts = cx.list(stage.eq(Stage::Published).and(changed.gte(week))).await?;
    let titles: Vec<&str> = posts.iter().map(|post| post.title.as_str()).collect();
    if titles.is_empty() {
        return Ok(());
    }
    let text = format!("New this week: {}", titles.join(", "));
    for reader in readers(&cx).await? {
        cx.run("mail", async || mail(reader.email.clone(), text.clone()).await).await?;
    }
    Ok(())
}

async fn readers(cx: &Context) -> Result<Vec<Record<Subscriber>>> {
    cx.list(Subscriber::FIELDS.is_reached.eq(true)).await
}
