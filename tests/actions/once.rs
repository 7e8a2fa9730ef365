//! `Idempotency-Key`: a request that is sent again.

use axum::http::header::RETRY_AFTER;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use wf_tests::sql;
use wfruntime::testing::TestDatabase;
use wfruntime::{App, Clock};

use crate::client::{Program, faults, workflows};
use crate::model::seen;

/// What was answered: status, whether it is one given before, `Retry-After`, body.
type Answered = (u16, bool, Option<String>, Value);

async fn send_as(program: &Program, token: &str, key: &str, path: &str, body: Value) -> Answered {
    let request = axum::http::Request::post(format!("/api/{path}"))
        .header("authorization", format!("Bearer {token}"))
        .header("idempotency-key", key)
        .body(body.to_string().into())
        .expect("a request");
    let response = program.running.answer(request).await;
    let status = response.status().as_u16();
    let is_again = response.headers().contains_key("idempotent-replayed");
    let wait = response.headers().get(RETRY_AFTER).and_then(|it| it.to_str().ok());
    let wait = wait.map(str::to_owned);
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, is_again, wait, serde_json::from_slice(&bytes).expect("JSON"))
}

async fn send(program: &Program, key: &str, path: &str, body: Value) -> Answered {
    send_as(program, &program.root, key, path, body).await
}

#[tokio::test]
async fn the_first_answer_is_given_again_and_nothing_is_done() {
    let program = Program::start().await;
    let post = program.data("posts:create", json!({"title": "A"})).await["id"].clone();
    let tag = program.data("tags:create", json!({"name": "a"})).await["id"].clone();
    let doomed = program.data("notes:create", json!({"text": "a"})).await["id"].clone();
    let asked = [
        ("notes:create".to_owned(), json!({"text": "x"})),
        ("notes:create".to_owned(), json!([{"text": "x"}, {"text": "y"}])),
        (format!("posts:update?filterByTk={post}"), json!({"stars": 1})),
        ("posts:update?filter=%7B%22stars%22%3A9%7D".to_owned(), json!({"stars": 2})),
        ("posts:updateOrCreate?filterKeys=slug".to_owned(), json!({"slug": "a", "title": "B"})),
        ("posts:firstOrCreate?filterKeys=title".to_owned(), json!({"title": "A"})),
        (format!("posts/{post}/tags:add"), json!([tag])),
        (format!("posts/{post}/tags:add?again"), json!([tag])),
        (format!("posts/{post}/category:create"), json!({"title": "C"})),
        (format!("notes:destroy?filterByTk={doomed}"), json!({})),
        ("orders:create?triggerWorkflows=annotate".to_owned(), json!({"number": 51_001})),
        ("orders:create?triggerWorkflows=refuse".to_owned(), json!({"number": 51_002})),
        ("orders:number".to_owned(), json!(51_003)),
    ];
    for (index, (path, body)) in asked.into_iter().enumerate() {
        let key = &format!("key {index}");
        let (status, is_again, _, answer) = send(&program, key, &path, body.clone()).await;
        assert!(!is_again, "{path}");
        let counts = |program| async move {
            let all = ["notes", "posts", "orders", "postTags", "categories"];
            futures_util::future::join_all(all.map(|name| Program::count(program, name))).await
        };
        let before = counts(&program).await;
        let again = send(&program, key, &path, body.clone()).await;
        assert_eq!((again.0, again.1, &again.3), (status, true, &answer), "{path}");
        assert_eq!(counts(&program).await, before, "{path}");
        let (status, _, _, answer) = send(&program, key, &path, json!({"other": 1})).await;
        assert_eq!(
            (status, faults(&answer)),
            (422, vec!["idempotency_key_reused Idempotency-Key".to_owned()]),
            "{path}"
        );
    }
    program.running.shutdown().await.expect("it ends");
}

#[tokio::test]
async fn what_is_refused_before_the_write_is_not_kept() {
    let program = Program::start().await;
    let refused = send(&program, "k", "posts:create", json!({"stars": 1})).await;
    assert_eq!((refused.0, refused.1), (400, false));
    let (status, is_again, _, _) = send(&program, "k", "posts:create", json!({"title": "A"})).await;
    assert_eq!((status, is_again), (200, false));
}

#[tokio::test]
async fn a_key_is_its_users_its_roles_and_its_addresses() {
    let program = Program::start().await;
    let writer = program.user("Wanda", &["writer", "supervisor"]).await;
    let other = program.user("Walt", &["writer"]).await;
    let path = "orders:create";
    for (token, path, is_again) in [
        (&writer, path, false),
        (&writer, path, true),
        (&other, path, false),
        (&writer, "orders:create?fields=id", false),
        (&writer, "orders:create?token=x", true),
    ] {
        let body = json!({"number": 1});
        let (status, again, _, answer) = send_as(&program, token, "k", path, body).await;
        assert_eq!((status, again), (200, is_again), "{path} {answer}");
    }
    assert_eq!(program.count("orders").await, 3);
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let program = Program::start().await;
    for key in ["", &"x".repeat(256)] {
        let (status, _, _, answer) = send(&program, key, "tags:create", json!({"name": "a"})).await;
        let told = vec!["invalid_idempotency_key Idempotency-Key".to_owned()];
        assert_eq!((status, faults(&answer)), (400, told));
    }
    assert_eq!(program.count("tags").await, 0);
}

#[tokio::test]
async fn sent_twice_at_once_it_is_done_once() {
    let program = Program::start().await;
    let path = "tags:create";
    let asked = (0..8).map(|_| send(&program, "k", path, json!({"name": "a"})));
    let answers = futures_util::future::join_all(asked).await;
    for (status, is_again, wait, answer) in &answers {
        match status {
            200 => assert!(!answer["data"]["id"].is_null()),
            409 => {
                assert_eq!((*is_again, wait.as_deref()), (false, Some("1")), "{answer}");
                assert_eq!(faults(answer), ["under_way "]);
            }
            _ => panic!("{status}: {answer}"),
        }
    }
    assert_eq!(program.count("tags").await, 1);
}

#[tokio::test]
async fn a_day_later_a_key_is_new() {
    let clock = Clock::manual(Timestamp::constant(1_767_603_600, 0));
    let program = Program::of(|app| app.clock(clock.clone())).await;
    let body = json!({"name": "a"});
    for (hours, is_again) in [(0, false), (23, true), (1, false), (1, true)] {
        clock.advance(SignedDuration::from_hours(hours));
        let (status, again, _, _) = send(&program, "k", "tags:create", body.clone()).await;
        assert_eq!((status, again), (200, is_again), "after {hours} h more");
    }
    assert_eq!(program.count("tags").await, 2);
}

#[tokio::test]
async fn an_answer_that_was_not_written_down_is_made_again() {
    let database = TestDatabase::new().expect("a database");
    let url = database.url().to_owned();
    let running = App::new(&url).start().await.expect("it starts");
    let program = Program::with(running, database).await;
    let tag = program.data("tags:create", json!({"name": "a"})).await["id"].clone();
    let doomed = program.data("notes:create", json!([{"text": "a"}, {"text": "b"}])).await;
    let of = |index: usize| doomed[index]["id"].clone();
    let asked = [
        (
            "orders:create?triggerWorkflows=annotate,switched_off,review".to_owned(),
            json!({"number": 51_011}),
        ),
        ("orders:create?triggerWorkflows=refuse".to_owned(), json!({"number": 51_012})),
        ("orders:create?triggerWorkflows=broken".to_owned(), json!({"number": 51_013})),
        (
            "posts:create?appends=tags".to_owned(),
            json!([{"title": "A", "tags": [tag]}, {"title": "B"}]),
        ),
        (format!("notes:destroy?filterByTk={}", of(0)), json!({})),
    ];
    let mut first = Vec::new();
    for (path, body) in &asked {
        first.push(send(&program, "k", path, body.clone()).await);
    }
    let path = format!("notes:update?filterByTk={}", of(1));
    send(&program, "k", &path, json!({"text": "c"})).await;
    program.data(&format!("notes:destroy?filterByTk={}", of(1)), json!({})).await;
    let lost = "UPDATE wf_answers SET answer = NULL, status = NULL RETURNING 1";
    assert_eq!(sql(&url, lost).len(), asked.len() + 1);
    for ((path, body), first) in asked.iter().zip(first) {
        let again = send(&program, "k", path, body.clone()).await;
        assert_eq!((again.0, again.1, &again.3), (first.0, true, &first.3), "{path}");
    }
    let (status, _, _, answer) = send(&program, "k", &path, json!({"text": "c"})).await;
    assert_eq!((status, answer), (200, json!({"data": null})), "it is gone");
    let started =
        send(&program, "l", "orders:create?triggerWorkflows=review", json!({"number": 51_014}))
            .await;
    assert_eq!(workflows(&started.3), ["review queued"]);
    program.running.shutdown().await.expect("it ends");
    assert_eq!(seen("review", "51011").len(), 1);
}
