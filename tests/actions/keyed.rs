//! `updateOrCreate` and `firstOrCreate`.

use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};
use wfruntime::prelude::*;

use crate::client::{Program, faults, workflows};
use crate::model::Order;

fn titles(posts: &Value) -> Vec<&str> {
    posts.as_array().into_iter().flatten().filter_map(|post| post["title"].as_str()).collect()
}

#[tokio::test]
async fn the_record_of_a_key_is_changed_or_made() {
    let program = Program::start().await;
    let path = "posts:updateOrCreate?filterKeys=slug";
    let made = program.data(path, json!({"slug": "a", "title": "A", "stars": 1})).await;
    let again = program.data(path, json!({"slug": "a", "title": "B"})).await;
    assert_eq!(
        (&again["id"], &again["title"], &again["stars"]),
        (&made["id"], &json!("B"), &json!(1))
    );
    let other = program.data(path, json!({"values": {"slug": "b", "title": "C"}})).await;
    assert_ne!(other["id"], made["id"]);
    assert_eq!(titles(&program.read("posts:list?sort=id").await), ["B", "C"]);
}

#[tokio::test]
async fn the_first_record_of_a_key_is_found_or_made() {
    let program = Program::start().await;
    let category = program.data("categories:create", json!({"title": "X"})).await["id"].clone();
    let path = "posts:firstOrCreate?filterKeys[]=title&filterKeys[]=category";
    let made = program.data(path, json!({"title": "A", "category": category})).await;
    let body = json!({"title": "A", "category": {"id": category}, "stars": 99});
    assert_eq!(program.data(path, body).await["id"], made["id"]);
    let other = program.data(path, json!({"title": "B", "categoryId": category})).await;
    assert_ne!(other["id"], made["id"]);
    let through = format!("categories/{category}/posts:firstOrCreate?filterKeys=title");
    assert_eq!(program.data(&through, json!({"title": "B"})).await["id"], other["id"]);
    let third = program.data(&through, json!({"title": "C"})).await;
    assert_eq!(third["categoryId"], category);
    assert_eq!(program.count("posts").await, 3);
}

#[tokio::test]
async fn each_fires_as_what_it_did() {
    let program = Program::start().await;
    let send = |action: &str, note: &str| {
        let path = format!("orders:{action}?filterKeys=number&triggerWorkflows=narrow");
        let (program, body) = (&program, json!({"number": 4711, "note": note}));
        async move { program.post(&path, body).await }
    };
    let (_, made) = send("firstOrCreate", "x").await;
    assert_eq!(workflows(&made), ["narrow queued", "big_number queued"], "{made}");
    let (status, found) = send("firstOrCreate", "y").await;
    assert_eq!((status, workflows(&found).len()), (200, 0), "{found}");
    assert_eq!((&found["data"]["id"], &found["data"]["note"]), (&made["data"]["id"], &json!("x")));
    let (_, changed) = send("updateOrCreate", "z").await;
    assert_eq!(workflows(&changed), ["narrow queued"], "{changed}");
    assert_eq!(changed["data"]["note"], "z");
    let path = "orders:firstOrCreate?filterKeys=number&triggerWorkflows=no_such";
    let (status, answer) = program.post(path, json!({"number": 4711})).await;
    assert_eq!(status, 400, "{answer}");
}

#[tokio::test]
async fn two_at_once_on_one_key_make_one_record() {
    let program = Program::start().await;
    let path = "notes:updateOrCreate?filterKeys=text";
    let requests = (0..32).map(|_| program.post(path, json!({"text": "same"})));
    let first = (0..32).map(|_| {
        program.post(
            "comments:firstOrCreate?filterKeys=text",
            json!({"text": "same", "post": {"title": "A"}}),
        )
    });
    let (answers, others) = futures_util::future::join(
        futures_util::future::join_all(requests),
        futures_util::future::join_all(first),
    )
    .await;
    assert!(
        answers.iter().chain(&others).all(|(status, _)| *status == 200),
        "{answers:?} {others:?}"
    );
    assert_eq!((program.count("notes").await, program.count("comments").await), (1, 1));
    assert_eq!(program.count("posts").await, 1, "what was nested in those that were not made");
}

#[tokio::test]
async fn what_is_done_is_judged_as_what_it_is() {
    let program = Program::start().await;
    let writer = program.user("Wanda", &["writer"]).await;
    program.data("orders:create", json!({"number": 1})).await;
    let category = program.data("categories:create", json!({"title": "A"})).await;
    let not_found = vec!["not_found ".to_owned()];
    let forbidden = vec!["forbidden ".to_owned()];
    for (path, body, status, told) in [
        // It is there and may not be changed: no second one is made.
        ("orders:updateOrCreate?filterKeys=number", json!({"number": 1}), 404, not_found),
        ("orders:updateOrCreate?filterKeys=number", json!({"number": 2}), 200, vec![]),
        ("orders:updateOrCreate?filterKeys=number", json!({"number": 2}), 200, vec![]),
        (
            "categories:updateOrCreate?filterKeys=title",
            json!({"title": "A"}),
            403,
            forbidden.clone(),
        ),
        (
            "categories:firstOrCreate?filterKeys=title",
            json!({"title": "B"}),
            403,
            forbidden.clone(),
        ),
        ("comments:firstOrCreate?filterKeys=text", json!({"text": "B", "post": 7}), 403, forbidden),
    ] {
        let (answered, answer) = program.post_as(&writer, path, body.clone()).await;
        assert_eq!((answered, faults(&answer)), (status, told), "{path} {body}: {answer}");
    }
    let path = "categories:firstOrCreate?filterKeys=title";
    let (status, answer) = program.post_as(&writer, path, json!({"title": "A"})).await;
    assert_eq!((status, &answer["data"]["id"]), (200, &category["id"]));
    assert_eq!((program.count("orders").await, program.count("categories").await), (2, 1));
}

#[tokio::test]
async fn what_is_wrong_with_a_key_is_told() {
    let program = Program::start().await;
    let table = [
        ("posts:updateOrCreate", json!({"title": "A"}), vec!["required filterKeys"]),
        ("posts:updateOrCreate?filterKeys=slug", json!({"title": "A"}), vec!["required slug"]),
        ("posts:updateOrCreate?filterKeys=slug", json!({"slug": null}), vec!["required slug"]),
        ("posts:updateOrCreate?filterKeys=slug", json!([{"slug": "a"}]), vec!["wrong_type "]),
        ("posts:updateOrCreate?filterKeys=slug", json!({"slug": 5}), vec!["wrong_type slug"]),
        (
            "posts:firstOrCreate?filterKeys=slag",
            json!({"slug": "a"}),
            vec!["unknown_field filterKeys"],
        ),
        ("posts:firstOrCreate?filterKeys=secret", json!({}), vec!["unknown_field filterKeys"]),
        ("posts:firstOrCreate?filterKeys=comments", json!({}), vec!["unknown_field filterKeys"]),
        ("posts:firstOrCreate?filterKeys=id", json!({}), vec!["unknown_field filterKeys"]),
        (
            "posts:firstOrCreate?filterKeys=slug&filterByTk=5",
            json!({"slug": "a"}),
            vec!["two_targets "],
        ),
        (
            "posts:firstOrCreate?filterKeys=category",
            json!({"category": {"title": "X"}}),
            vec!["wrong_type category"],
        ),
        ("posts:create?filterKeys=slug", json!({"title": "A"}), vec!["no_effect filterKeys"]),
        ("posts:updateOrCreate?filterKeys=slug", json!({"slug": "a"}), vec!["required title"]),
    ];
    for (path, body, told) in table {
        let (status, answer) = program.post(path, body.clone()).await;
        let told: Vec<String> = told.into_iter().map(str::to_owned).collect();
        assert_eq!((status, faults(&answer)), (400, told), "{path} {body}: {answer}");
    }
    assert_eq!(program.count("posts").await, 0);
}

/// Numbers an order that has none of this number yet.
#[action(Order)]
async fn number(number: Json<i32>, act: Act<Order>) -> Result<Record<Order>> {
    let first = act.first_or_create(Order::new().number(number.0), Order::FIELDS.number).await?;
    let again =
        act.update_or_create(Order::new().number(number.0).note("n"), Order::FIELDS.number).await?;
    assert_eq!(first.id, again.id, "what was planned is found");
    Ok(again)
}

async fn keep(actions: Actions) -> Result<Committed<Order>> {
    let order = Order::new().number(41_003);
    actions.first_or_create(order, Order::FIELDS.number).commit().await
}

async fn note(actions: Actions) -> Result<Committed<Order>> {
    let order = Order::new().number(41_003).note("later");
    actions.update_or_create(order, (Order::FIELDS.number, Order::FIELDS.note)).commit().await
}

#[tokio::test]
async fn the_programs_own_handlers_do_the_same() {
    let routes =
        Router::new().route("/api/own/keep", post(keep)).route("/api/own/note", post(note));
    let program = Program::of(|app| app.merge(routes)).await;
    for (path, body) in [("orders:number", json!(41_002)), ("own/keep", json!(null))] {
        let asked = (0..16).map(|_| program.post(path, body.clone()));
        let answers = futures_util::future::join_all(asked).await;
        assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
    }
    assert_eq!(program.count("orders").await, 2);
    let made = program.data("own/note", json!(null)).await;
    assert_eq!(program.data("own/note", json!(null)).await["id"], made["id"]);
    assert_eq!(program.count("orders").await, 3, "another key");
}
