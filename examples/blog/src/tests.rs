//! A post's life, and what happens around it.

use jiff::{SignedDuration, ToSpan as _};
use serde_json::json;
use wfruntime::Status;
use wfruntime::prelude::*;
use wfruntime::testing::{Person, TestApp};

use super::letters::{bounced, send};
use super::posts::{remind, review};
use super::{Comment, Post, Revision, Stage, Subscriber};

struct Office {
    app: TestApp,
    author: Person,
    editor: Person,
    reader: Person,
}

impl Office {
    async fn open() -> Self {
        let app = TestApp::start(|app| app).await;
        let author = app.user("Ada", &["author"]).await;
        let editor = app.user("Edith", &["editor"]).await;
        let reader = app.anonymous();
        Self { app, author, editor, reader }
    }

    async fn post(&self) -> Result<Record<Post>> {
        let post = Post::new().title("Engines").body("They are durable.");
        self.author.create(post).fire(review).await
    }
}

#[tokio::test]
async fn an_editor_lets_a_post_out() -> Result<()> {
    let office = Office::open().await;
    let post = office.post().await?;
    assert_eq!(office.editor.task().await.title, "Engines, by Ada");
    office.editor.approve_next().await?;
    assert_eq!(office.app.reload(&post).await.stage, Stage::Published);
    Ok(())
}

#[tokio::test]
async fn what_a_post_was_is_kept() -> Result<()> {
    let office = Office::open().await;
    let post = office.post().await?;
    office.author.update(post.id, Post::changes().body("They are replayed.")).await?;
    office.app.rest().await;
    let kept: Vec<Record<Revision>> = office.app.all().await;
    assert_eq!(kept.iter().map(|it| it.body.as_str()).collect::<Vec<_>>(), ["They are durable."]);
    Ok(())
}

#[tokio::test]
async fn a_comment_with_many_links_is_refused() -> Result<()> {
    let office = Office::open().await;
    let post = office.post().await?;
    let comment = |text: &str| json!({ "post": post.id, "name": "Bob", "text": text });
    let said = office.reader.post("/api/comments:create", comment("see https://a.example")).await;
    assert_eq!(said.expect_status(200).messages(), ["thank you, Bob"]);
    let links = "https://a.example https://b.example https://c.example";
    let refused = office.reader.post("/api/comments:create", comment(links)).await;
    assert_eq!(refused.expect_status(400).faults()[0].message, "a comment may have two links");
    let kept: Vec<Record<Comment>> = office.app.all().await;
    assert_eq!(kept.iter().map(|it| it.links).collect::<Vec<_>>(), [1]);
    Ok(())
}

#[tokio::test]
async fn an_accepted_post_comes_out_at_its_time() -> Result<()> {
    let office = Office::open().await;
    let tomorrow = office.app.now() + SignedDuration::from_hours(24);
    let post = Post::new().title("Engines").body("They are durable.").comes_out(tomorrow);
    let post = office.author.create(post).fire(review).await?;
    office.editor.approve_next().await?;
    assert_eq!(office.app.reload(&post).await.stage, Stage::Accepted);
    office.app.advance(23.hours()).await;
    assert_eq!(office.app.reload(&post).await.stage, Stage::Accepted, "it is not yet time");
    office.app.advance(1.hour()).await;
    assert_eq!(office.app.reload(&post).await.stage, Stage::Published);
    Ok(())
}

#[tokio::test]
async fn who_is_not_reached_gets_no_more_letters() -> Result<()> {
    let office = Office::open().await;
    office.reader.post("/api/subscribers:create", json!({ "email": "bob@example.com" })).await;
    office.app.deliver(bounced, json!({ "email": "bob@example.com" })).await.expect_status(202);
    office.app.rest().await;
    let readers: Vec<Record<Subscriber>> = office.app.all().await;
    assert_eq!(readers.iter().map(|it| it.is_reached).collect::<Vec<_>>(), [false]);
    Ok(())
}

#[tokio::test]
async fn a_button_sends_what_is_out() -> Result<()> {
    let office = Office::open().await;
    office.reader.post("/api/subscribers:create", json!({ "email": "bob@example.com" })).await;
    let post = office.post().await?;
    let greeting = json!({ "greeting": "Dear reader" });
    let sent = office.editor.trigger(send, &[post.id], greeting.clone()).await;
    sent.expect_status(200);
    let early = office.app.execution_of(send, &post).await;
    early.expect_status(Status::Failed).expect_message("only what is out can be sent");

    office.editor.approve_next().await?;
    office.app.rest().await;
    let nothing = office.editor.trigger(send, &[post.id], json!({})).await;
    assert_eq!(nothing.expect_status(400).faults()[0].field.as_deref(), Some("greeting"));
    office.editor.trigger(send, &[post.id], greeting).await.expect_status(200);
    let sent = office.app.execution_of(send, &post).await;
    sent.expect_status(Status::Resolved).expect_jobs(&["list Subscriber#1", "run mail#1"]);
    Ok(())
}

#[tokio::test]
async fn the_author_of_a_draft_is_reminded() -> Result<()> {
    let office = Office::open().await;
    let soon = office.app.now() + SignedDuration::from_hours(48);
    let draft = Post::new().title("Engines").body("They are …").comes_out(soon);
    let draft = office.author.create(draft).await?;
    office.app.advance(23.hours()).await;
    assert!(office.app.executions(&draft).await.is_empty(), "there is time");
    office.app.advance(2.hours()).await;
    let reminded = office.app.execution_of(remind, &draft).await;
    reminded.expect_status(Status::Resolved).expect_jobs(&["run#1"]);
    Ok(())
}
