//! How many executions run at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use wfruntime::App;
use wfruntime::prelude::*;

use crate::client::Program;
use crate::model::{Seen, Tag};

/// How many are under way, and how many were at most.
#[derive(Default)]
struct UnderWay {
    now: AtomicUsize,
    most: AtomicUsize,
}

struct Counted(Arc<UnderWay>);

#[post_action(mode = "local")]
async fn counted(tag: PostAction<Tag>, cx: Context) -> Result<()> {
    let counted = cx.state::<Counted>()?;
    cx.run("begin", async || {
        let now = counted.0.now.fetch_add(1, Ordering::SeqCst) + 1;
        counted.0.most.fetch_max(now, Ordering::SeqCst);
        Ok(())
    })
    .await?;
    for _ in 0..5 {
        cx.create(Seen::new().by("counted").what(tag.data.name.as_str())).await?;
    }
    cx.run("end", async || {
        counted.0.now.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    })
    .await
}

/// How many of twelve are under way at most, and in which order they wrote.
async fn run(change: impl FnOnce(App) -> App) -> (usize, Vec<String>) {
    let under_way = Arc::new(UnderWay::default());
    let counted = Counted(Arc::clone(&under_way));
    let program = Program::of(|app| change(app.state(counted))).await;
    let tags: Vec<_> = (10..22).map(|number| json!({"name": format!("tag {number}")})).collect();
    program.data("tags:create?triggerWorkflows=counted", json!(tags)).await;
    let seen = crate::changes::seen(&program, "counted").await;
    (under_way.most.load(Ordering::SeqCst), seen)
}

#[tokio::test]
async fn a_sequential_program_runs_one_execution_after_the_other() {
    let (most, seen) = run(App::sequential).await;
    assert_eq!(most, 1);
    assert!(seen.is_sorted() && seen.len() == 60, "in the order they were made: {seen:?}");
    let (most, seen) = run(|app| app).await;
    assert!(most > 1 && seen.len() == 60, "side by side: {most}");
}
