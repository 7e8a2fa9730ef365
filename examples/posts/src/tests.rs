//! What fires, and for which record.

use serde_json::json;
use wfruntime::Status;
use wfruntime::prelude::*;
use wfruntime::testing::TestApp;

use super::{Category, Post, greet_category, welcome_post};

#[tokio::test]
async fn a_post_is_welcomed_in_the_answer() -> Result<()> {
    let app = TestApp::start(|app| app).await;
    let ada = app.user("Ada", &["author"]).await;
    let body = json!({ "title": "A title", "content": "Some text." });
    let answer = ada.post("/api/posts:create?triggerWorkflows=welcome_post", body).await;
    assert_eq!(answer.expect_status(200).messages(), ["\"A title\" is published"]);
    Ok(())
}

#[tokio::test]
async fn the_category_of_a_post_is_greeted_once() -> Result<()> {
    let app = TestApp::start(|app| app).await;
    let ada = app.user("Ada", &["author"]).await;
    let post = Post::new().title("A title").content("Some text.");
    let post = ada
        .create(post)
        .with("category", json!({ "title": "Rust" }))
        .fire_for(greet_category, "category")
        .await?;
    let category = app.all::<Category>().await.pop().expect("a category");
    assert_eq!(category.description.as_deref(), Some("Posts about Rust"));
    let greeting = app.execution_of(greet_category, &category).await;
    greeting.expect_status(Status::Resolved);
    assert!(app.executions(&post).await.is_empty(), "the post itself fires nothing");

    // It has its description now: the second greeting has nothing to do.
    let other = Post::new().title("Another").content("Text.").category(&category);
    ada.create(other).fire_for(greet_category, "category").await?;
    app.execution_of(greet_category, &category).await.expect_jobs(&[]);
    Ok(())
}

#[tokio::test]
async fn a_workflow_of_another_record_is_refused() -> Result<()> {
    let app = TestApp::start(|app| app).await;
    let ada = app.user("Ada", &["author"]).await;
    let post = Post::new().title("A title").content("Some text.");
    let refused = ada.create(post).fire(greet_category).fire(welcome_post).await;
    assert_eq!(refused.expect_err("it is about categories").kind(), ErrorKind::Invalid);
    assert!(app.all::<Post>().await.is_empty());
    Ok(())
}
