//! The two commands of the peer's documentation, sent by a real curl as they stand there.

#[path = "../../../tests/child.rs"]
#[expect(dead_code, reason = "other packages use the rest of it")]
mod child;

use std::net::TcpListener;
use std::process::Command;

use child::{Answer, Program, answer, wait_for};

const THE_POST: &str = r#"curl -X POST -H 'Authorization: Bearer <token>' -H 'X-Role: <role>' \
  -d '{"title": "A title", "content": "Some text."}' \
  'http://localhost:3000/api/posts:create?triggerWorkflows=workflowKey'"#;

const ITS_CATEGORY: &str = r#"curl -X POST -H 'Authorization: Bearer <token>' -H 'X-Role: <role>' \
  -d '{"title": "A title", "content": "Some text.", "category": {"title": "A category"}}' \
  'http://localhost:3000/api/posts:create?triggerWorkflows=workflowKey!category'"#;

const A_BUTTON: &str = r#"curl -X POST -H 'Authorization: Bearer <token>' -H 'X-Role: <role>' \
  -d '{"title": "A title", "content": "Some text.", "category": {"title": "A category"}}' \
  'http://localhost:3000/api/posts:create?button=workflowKey'"#;

/// Runs the command with its placeholders filled in.
fn send(command: &str, program: &Program, token: &str, key: &str) -> Answer {
    let command = command
        .replace("<token>", token)
        .replace("<role>", "author")
        .replace("workflowKey", key)
        // The same as it stands, if the default port was free.
        .replace("http://localhost:3000", &program.url().replace("127.0.0.1", "localhost"));
    let silent = command.replacen("curl ", r"curl -sS -w '\n%{http_code}' ", 1);
    answer(&Command::new("bash").args(["-c", &silent]).output().expect("bash runs"))
}

#[test]
fn a_button_fires_both() {
    let mut program = Program::new(env!("CARGO_BIN_EXE_posts"));
    program.start();
    let token = program.user("Ada", "author");
    let pressed = send(A_BUTTON, &program, &token, "post.publish");
    assert_eq!(pressed.status, 200, "{pressed:?}");
    let workflows = pressed.body["workflows"].as_array().expect("workflows");
    let keys: Vec<_> = workflows.iter().filter_map(|fired| fired["key"].as_str()).collect();
    assert_eq!(keys, ["welcome_post", "greet_category"]);
    let id = &pressed.body["data"]["id"];
    let greet = format!("/api/posts:update?filterByTk={id}&button=greet");
    let greeted = program.post(&token, &greet, "");
    assert_eq!(greeted.body["workflows"][0]["key"], "greet_category", "{greeted:?}");
    let saved = send(A_BUTTON, &program, &token, "post.save");
    assert_eq!((saved.status, saved.body.get("workflows")), (200, None), "{saved:?}");
}

#[test]
fn both_commands_fire_what_they_name() {
    let mut program = Program::new(env!("CARGO_BIN_EXE_posts"));
    // Somebody may be at the default port.
    let free = TcpListener::bind("127.0.0.1:3000").is_ok();
    program.start_with(if free { &[] } else { &["--addr", "127.0.0.1:0"] }, &[]);
    let token = program.user("Ada", "author");

    let post = send(THE_POST, &program, &token, "welcome_post");
    assert_eq!(post.status, 200, "{post:?}");
    assert_eq!(post.body["data"]["title"], "A title");
    assert_eq!(post.body["workflows"][0]["key"], "welcome_post");
    assert_eq!(post.body["workflows"][0]["status"], "resolved");
    assert_eq!(post.body["messages"][0]["message"], "\"A title\" is published");

    let with_category = send(ITS_CATEGORY, &program, &token, "greet_category");
    assert_eq!(with_category.status, 200, "{with_category:?}");
    assert_eq!(with_category.body["workflows"][0]["key"], "greet_category");
    let id = &with_category.body["data"]["categoryId"];
    assert!(id.is_number(), "{with_category:?}");
    wait_for("the workflow on the category", || {
        let answer = program.get(&token, &format!("/api/categories:get?filterByTk={id}"));
        (answer.body["data"]["description"] == "Posts about A category").then_some(())
    });

    // A key on the wrong record is named, and nothing is written.
    let wrong = send(THE_POST, &program, &token, "greet_category");
    assert_eq!(wrong.status, 400, "{wrong:?}");
    let posts = program.get(&token, "/api/posts:list");
    assert_eq!(posts.body["meta"]["count"], 2, "{posts:?}");
}
