//! Recorded executions: exported on the command line, replayed against the code of this program.

use std::panic::catch_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;
use wfruntime::prelude::*;
use wfruntime::testing::{replay, replay_with};

use crate::program_under_test::Program;

/// Somebody who comes.
#[collection]
pub struct Visit {
    pub guest: String,
    #[field(hidden)]
    pub reason: Option<String>,
    pub badge: Option<i64>,
}

/// How the first version printed badges.
#[post_action(mode = "global", on = [create], key = "visits.welcome")]
async fn welcome_before(visit: PostAction<Visit>, cx: Context) -> Result<()> {
    cx.update(&mut { visit.data }, Visit::changes().badge(0_i64)).await
}

static PRINTED: AtomicU32 = AtomicU32::new(0);

/// Prints a badge, and waits until the guest has left.
#[post_action(mode = "global", on = [create], key = "visits.welcome", version = 2)]
async fn welcome(visit: PostAction<Visit>, cx: Context) -> Result<()> {
    let mut visit = visit.data;
    let paper: std::sync::Arc<Paper> = cx.state()?;
    let print = async || Ok(paper.0 + i64::from(PRINTED.fetch_add(1, Ordering::SeqCst)));
    let badge = cx.run("print", print).await?;
    cx.update(&mut visit, Visit::changes().badge(badge)).await?;
    cx.signal("left").await.map(drop)
}

struct Paper(i64);

/// The text with which a replay fails.
fn failure(file: &Path) -> String {
    let file = file.to_owned();
    let app = App::new("sqlite://never-opened.db").state(Paper(7));
    let failed = catch_unwind(std::panic::AssertUnwindSafe(|| replay_with(file, app)));
    let panic = failed.expect_err("it does not replay");
    panic.downcast_ref::<String>().expect("a text").clone()
}

#[tokio::test]
async fn recorded_executions_replay_without_effects() {
    let program = Program::start_with(|app| app.state(Paper(100))).await;
    let root = program.user("Root", &["root"]).await;
    let mut ids = Vec::new();
    for guest in ["Ann", "Bob"] {
        let visit = json!({ "guest": guest, "reason": "a secret" });
        let made = program.post("/api/visits:create", &root, &visit).await;
        ids.push(made.body["workflows"][0]["execution"].to_string());
    }
    program.running.idle().await;
    let path = format!("/api/executions:signal?filterByTk={}", ids[1]);
    let left = program.post(&path, &root, &json!({ "name": "left" })).await;
    assert_eq!(left.outcome(), (200, ""), "{left:?}");
    program.running.idle().await;
    let listed = program.get("/api/workflows:get?filterByTk=visits.welcome", &root).await;
    assert_eq!(listed.body["data"]["version"], 2);
    let shown = program.get(&format!("/api/executions:get?filterByTk={}", ids[0]), &root).await;
    assert_eq!(shown.body["data"]["version"], 2);

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("recorded.jsonl");
    let name = file.to_str().expect("a path");
    let export = |more: &[&str]| {
        let arguments = ["program", "executions", "export", "--output", name];
        let arguments: Vec<String> =
            arguments.iter().chain(more).map(ToString::to_string).collect();
        let database = program.database.url();
        async move { App::new(database).run_with(arguments.iter().map(Into::into)).await }
    };
    export(&["--key", "visits.welcome"]).await.expect("an export");
    let text = std::fs::read_to_string(&file).expect("a file");
    assert_eq!(text.lines().count(), 2);
    assert!(text.contains("a secret"), "a replay needs what is hidden");

    let printed = PRINTED.load(Ordering::SeqCst);
    replay_with(&file, App::new("sqlite://never-opened.db").state(Paper(7)));
    assert_eq!(PRINTED.load(Ordering::SeqCst), printed, "no `run` runs");
    assert!(!Path::new("never-opened.db").exists());

    // As if the code had printed under another name, and had not waited.
    let changed = text.replace("run print#1", "run draw#1");
    std::fs::write(&file, changed).expect("a file");
    let report = failure(&file);
    let name = file.display();
    let expected = format!(
        "2 of 2 executions in `{name}` do not replay with today's code\n\n\
         execution {} of `visits.welcome` would be stranded\n  expected: to go on\n  \
         found:    its journal has `run` at `run draw#1`, which today's code does not reach before \
         `run print#1`\n\n\
         execution {} of `visits.welcome` would be stranded\n  expected: as `resolved`",
        ids[0], ids[1]
    );
    assert!(report.starts_with(&expected), "{report}");
    export(&[&ids[1]]).await.expect("an export");
    let one = std::fs::read_to_string(&file).expect("a file");
    let shorter = one.replace(r#""status":"resolved","error""#, r#""status":"failed","error""#);
    std::fs::write(&file, shorter).expect("a file");
    let report = failure(&file);
    assert!(
        report.contains("expected: as `failed`\n  found:    it ends as `resolved`"),
        "{report}"
    );
    std::fs::write(&file, "{\"format\":9}\n").expect("a file");
    let failed = catch_unwind(|| replay(&file)).expect_err("it is no execution");
    let text = failed.downcast_ref::<String>().expect("a text");
    assert!(text.ends_with("recorded.jsonl:1: no recorded execution: it has the format 9, and 1 is read: export it again"), "{text}");
}

#[tokio::test]
async fn an_export_names_what_it_cannot_find() {
    let program = Program::start().await;
    let run = |more: &'static [&'static str]| {
        let arguments = ["program", "executions", "export"].iter().chain(more);
        App::new(program.database.url()).run_with(arguments.map(Into::into).collect::<Vec<_>>())
    };
    let error = run(&["7"]).await.expect_err("there is none");
    assert_eq!(error.to_string(), "there is no execution 7");
    let error = run(&["--status", "resolvd"]).await.expect_err("no status");
    assert_eq!(error.to_string(), "unknown status `resolvd`; did you mean `resolved`?");
}
