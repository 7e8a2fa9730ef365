//! `add`, `remove` and `set` on associations.

use serde_json::{Value, json};

use crate::client::{Program, faults};

async fn ids(program: &Program, path: &str) -> Vec<Value> {
    let records = program.read(&format!("{path}:list?sort=id")).await;
    records.as_array().into_iter().flatten().map(|record| record["id"].clone()).collect()
}

async fn make(program: &Program, collection: &str, bodies: Value) -> Vec<Value> {
    let made = program.data(&format!("{collection}:create"), bodies).await;
    made.as_array().into_iter().flatten().map(|record| record["id"].clone()).collect()
}

#[tokio::test]
async fn stored_records_are_connected_with_a_stored_one() {
    let program = Program::start().await;
    let post = program.data("posts:create", json!({"title": "A"})).await["id"].clone();
    let names = json!([{"name": "a"}, {"name": "b"}, {"name": "c"}]);
    let tags = make(&program, "tags", names).await;
    let path = format!("posts/{post}/tags");
    let send = |action: &str, body: Value| {
        let (program, path) = (&program, format!("{path}:{action}"));
        async move { program.data(&path, body).await }
    };
    assert_eq!(send("add", json!([tags[0], tags[1]])).await, 2);
    assert_eq!(send("add", json!({"values": [tags[1], {"id": tags[2]}]})).await, 1);
    assert_eq!((ids(&program, &path).await, program.count("postTags").await), (tags.clone(), 3));
    let removed = format!("{path}:remove?filterByTk={}&filterByTk={}", tags[0], tags[1]);
    assert_eq!(program.data(&removed, json!(null)).await, 2);
    assert_eq!(send("remove", tags[0].clone()).await, 0);
    assert_eq!(ids(&program, &path).await, tags[2..]);
    assert_eq!(send("set", json!([tags[1]])).await, 1);
    assert_eq!(ids(&program, &path).await, tags[1..2]);
    assert_eq!(send("set", json!([])).await, 0);
    assert_eq!((ids(&program, &path).await.len(), program.count("tags").await), (0, 3));
}

#[tokio::test]
async fn stored_records_are_made_to_refer_to_a_stored_one() {
    let program = Program::start().await;
    let posts = make(&program, "posts", json!([{"title": "A"}, {"title": "B"}])).await;
    let notes = make(&program, "notes", json!([{"text": "a"}, {"text": "b"}])).await;
    let (path, other) = (format!("posts/{}/notes", posts[0]), format!("posts/{}/notes", posts[1]));
    assert_eq!(program.data(&format!("{path}:add"), json!(notes)).await, 2);
    assert_eq!(program.data(&format!("{other}:add"), json!(notes[1])).await, 1);
    assert_eq!(
        (ids(&program, &path).await, ids(&program, &other).await),
        (notes[..1].to_vec(), notes[1..].to_vec())
    );
    // Of the other post: it stays there.
    assert_eq!(program.data(&format!("{path}:remove"), json!(notes)).await, 1);
    assert_eq!(ids(&program, &other).await, notes[1..]);
    assert_eq!(program.data(&format!("{path}:set"), json!(notes)).await, 2);
    assert_eq!(ids(&program, &other).await, Vec::<Value>::new());

    let comment = program.data("comments:create", json!({"text": "x", "post": posts[0]})).await;
    let path = format!("posts/{}/comments:remove", posts[0]);
    let (status, answer) = program.post(&path, comment["id"].clone()).await;
    assert_eq!((status, faults(&answer)), (400, vec!["required comments".to_owned()]), "{answer}");
    let path = format!("posts/{}/comments:add", posts[1]);
    assert_eq!(program.data(&path, comment["id"].clone()).await, 1);
}

#[tokio::test]
async fn the_one_record_of_an_association_is_set_and_removed() {
    let program = Program::start().await;
    let post = program.data("posts:create", json!({"title": "A"})).await["id"].clone();
    let titles = json!([{"title": "C"}, {"title": "D"}]);
    let categories = make(&program, "categories", titles).await;
    let covers = make(&program, "covers", json!([{"url": "a"}, {"url": "b"}])).await;
    for (association, records) in [("category", categories), ("cover", covers)] {
        let path = format!("posts/{post}/{association}");
        let shown = format!("posts:get?filterByTk={post}&appends={association}");
        for record in &records {
            assert_eq!(program.data(&format!("{path}:set"), record.clone()).await, 1);
            assert_eq!(program.read(&shown).await[association]["id"], *record);
        }
        let other = format!("{path}:remove?filterByTk={}", records[0]);
        assert_eq!(program.data(&other, json!(null)).await, 0, "it is another one");
        assert_eq!(program.data(&format!("{path}:remove"), json!(null)).await, 1);
        assert_eq!(program.read(&shown).await[association], json!(null));
        assert_eq!(program.data(&format!("{path}:remove"), json!(null)).await, 0);
    }
}

#[tokio::test]
async fn at_once_a_link_is_made_once() {
    let program = Program::start().await;
    let post = program.data("posts:create", json!({"title": "A"})).await["id"].clone();
    let tag = program.data("tags:create", json!({"name": "a"})).await["id"].clone();
    let path = format!("posts/{post}/tags:add");
    let asked = (0..16).map(|_| program.data(&path, tag.clone()));
    let counts: Vec<Value> = futures_util::future::join_all(asked).await;
    assert_eq!(counts.iter().filter_map(Value::as_u64).sum::<u64>(), 1, "{counts:?}");
    assert_eq!(program.count("postTags").await, 1);
}

#[tokio::test]
async fn links_are_judged_as_nested_writes() {
    let program = Program::start().await;
    let writer = program.user("Wanda", &["writer"]).await;
    let theirs = program.data("posts:create", json!({"title": "A"})).await["id"].clone();
    let (_, own) = program.post_as(&writer, "posts:create", json!({"title": "B"})).await;
    let own = &own["data"]["id"];
    let category = program.data("categories:create", json!({"title": "C"})).await["id"].clone();
    // A writer may change the titles of own posts, and the notes of none.
    for (path, body, status, told) in [
        (format!("posts/{own}/category:set"), category.clone(), 403, "forbidden_field category"),
        (format!("posts/{theirs}/category:set"), category.clone(), 403, "forbidden_field category"),
        (format!("categories/{category}/posts:add"), own.clone(), 403, "forbidden "),
    ] {
        let (answered, answer) = program.post_as(&writer, &path, body).await;
        assert_eq!(
            (answered, faults(&answer)),
            (status, vec![told.to_owned()]),
            "{path}: {answer}"
        );
    }
    let linker = program.user("Lina", &["linker"]).await;
    let (_, answer) = program.post_as(&linker, "posts:create", json!({"title": "D"})).await;
    let own = &answer["data"]["id"];
    let tag = program.data("tags:create", json!({"name": "a"})).await["id"].clone();
    let note = program.data("notes:create", json!({"text": "a"})).await["id"].clone();
    for (path, body, status, told) in [
        (format!("posts/{own}/category:set"), category, 200, vec![]),
        (format!("posts/{own}/tags:add"), tag.clone(), 200, vec![]),
        (format!("posts/{theirs}/tags:add"), tag, 404, vec!["not_found "]),
        (
            format!("posts/{own}/notes:add"),
            note,
            403,
            vec!["forbidden notes", "forbidden notes[0]"],
        ),
    ] {
        let (answered, answer) = program.post_as(&linker, &path, body).await;
        assert_eq!(
            (answered, faults(&answer)),
            (status, told.into_iter().map(str::to_owned).collect()),
            "{path}: {answer}"
        );
    }
}

#[tokio::test]
async fn what_is_wrong_with_links_is_told() {
    let program = Program::start().await;
    let post = program.data("posts:create", json!({"title": "A"})).await["id"].clone();
    let tag = program.data("tags:create", json!({"name": "a"})).await["id"].clone();
    let of = |rest: &str| format!("posts/{post}/{rest}");
    for (path, body, status, told) in [
        (of("tags:add"), json!(null), 400, "no_target "),
        (of("tags:set"), json!({}), 400, "no_target "),
        (of("tags:add"), json!("a"), 400, "wrong_type "),
        (of("tags:add"), json!([{"name": "a"}]), 400, "wrong_type "),
        (of("tags:add"), json!([tag, 77]), 400, "not_found tags[1]"),
        (format!("{}?filterByTk={tag}", of("tags:add")), tag.clone(), 400, "two_targets "),
        (of("tags:add?filter=%7B%7D"), tag.clone(), 400, "no_effect "),
        (of("tags:add?triggerWorkflows=review"), tag.clone(), 400, "no_effect triggerWorkflows"),
        (of("tags:add?button=x"), tag.clone(), 400, "other_action button"),
        (of("category:add"), json!(5), 404, "unknown_action "),
        (of("category:set"), json!([5, 6]), 400, "wrong_type "),
        (of("category:set"), json!(77), 400, "not_found category"),
        ("posts/77/tags:add".to_owned(), tag.clone(), 404, "not_found "),
        ("posts:add".to_owned(), json!(5), 404, "unknown_action "),
    ] {
        let (answered, answer) = program.post(&path, body.clone()).await;
        assert_eq!(
            (answered, faults(&answer)),
            (status, vec![told.to_owned()]),
            "{path} {body}: {answer}"
        );
    }
    let (status, answer) = program.send(&program.root, &of("tags:set"), String::new()).await;
    assert_eq!((status, faults(&answer)), (400, vec!["no_target ".to_owned()]), "{answer}");
    assert_eq!(program.count("postTags").await, 0);
}
