//! Comments: looked at before they are written, and told to the author afterwards.

use wfruntime::prelude::*;

use crate::Comment;
use crate::mail::mail;

/// Refuses what looks like advertising.
///
/// A pre-action: it has to say no before anything is written.
#[pre_action(mode = "global", on = [create, update])]
async fn keep_out_links(comment: PreAction<Comment>, cx: PreContext<Comment>) -> Result<()> {
    let Some(text) = comment.data.get(Comment::FIELDS.text) else { return Ok(()) };
    let links = text.matches("://").count();
    cx.require(links <= 2, "a comment may have two links")?;
    cx.set(Comment::FIELDS.links, i32::try_from(links)?)
}

/// Thanks whoever comments.
///
/// Synchronous: what it says is part of the answer.
#[post_action(mode = "global", on = [create], execution = "sync")]
async fn thank(comment: PostAction<Comment>, cx: SyncContext) -> Result<()> {
    cx.respond(format!("thank you, {}", comment.data.name)).await
}

/// Tells the author of a comment.
///
/// Asynchronous: nobody waits for the mail.
#[post_action(mode = "global", on = [create], appends = [post.author])]
async fn tell_author(comment: PostAction<Comment>, cx: Context) -> Result<()> {
    let post = comment.data.post.get()?;
    let text = format!("{} on {}: {}", comment.data.name, post.title, comment.data.text);
    let author = post.author.get()?.nickname.clone();
    cx.run("mail", async || mail(author.clone(), text.clone()).await).await
}
