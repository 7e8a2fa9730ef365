use serde_json::{Value, json};

use crate::client::{Program, faults};

const ALL: &str = "appends=category.parent,comments,tags,cover,notes";

async fn post(program: &Program, id: &Value) -> Value {
    program.read(&format!("posts:get?filterByTk={id}&{ALL}")).await
}

fn names(records: &Value, field: &str) -> Vec<String> {
    let records = records.as_array().cloned().unwrap_or_default();
    records.iter().map(|it| it[field].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn nested_objects_are_created_linked_and_updated() {
    let program = Program::start().await;
    let tag = program.data("tags:create", json!({"name": "old"})).await["id"].clone();
    let note = program.data("notes:create", json!({"text": "loose"})).await["id"].clone();
    let body = json!({
        "title": "A",
        "category": {"title": "C", "parent": {"title": "P"}},
        "comments": [{"text": "one"}, {"text": "two"}],
        "tags": [tag, {"name": "new"}, {"id": tag, "name": "renamed"}],
        "notes": [{"id": note, "text": "bound"}],
        "cover": {"url": "u"},
    });
    let (status, answer) = program.post(&format!("posts:create?{ALL}"), body).await;
    assert_eq!(status, 200, "{answer}");
    let stored = post(&program, &answer["data"]["id"]).await;
    assert_eq!(stored, answer["data"]);
    assert_eq!(stored["category"]["parent"]["title"], "P");
    assert_eq!(stored["categoryId"], stored["category"]["id"]);
    assert_eq!(names(&stored["comments"], "text"), ["one", "two"]);
    assert_eq!(names(&stored["tags"], "name"), ["renamed", "new"]);
    assert_eq!(names(&stored["notes"], "text"), ["bound"]);
    assert_eq!(stored["cover"]["url"], "u");
    assert_eq!(program.count("postTags").await, 2);
}

#[tokio::test]
async fn what_fails_late_leaves_nothing() {
    let program = Program::start().await;
    program.data("posts:create", json!({"title": "A", "slug": "a"})).await;
    let body =
        json!({"title": "B", "slug": "a", "category": {"title": "C"}, "tags": [{"name": "T"}]});
    assert_eq!(program.post("posts:create", body).await.0, 409);
    for collection in ["categories", "tags", "postTags"] {
        assert_eq!(program.count(collection).await, 0, "{collection}");
    }
}

#[tokio::test]
async fn a_given_association_replaces_what_was_linked() {
    let program = Program::start().await;
    let created = program
        .data(
            &format!("posts:create?{ALL}"),
            json!({
                "title": "A",
                "tags": [{"name": "a"}, {"name": "b"}],
                "notes": [{"text": "n1"}, {"text": "n2"}],
                "cover": {"url": "first"},
            }),
        )
        .await;
    let (tags, notes) = (&created["tags"], &created["notes"]);
    let path = format!("posts:update?filterByTk={}", created["id"]);
    let body = json!({
        "tags": [tags[1]["id"], {"name": "c"}],
        "notes": [{"text": "n3"}, notes[0]["id"]],
        "cover": {"url": "second"},
    });
    program.data(&path, body).await;
    let stored = post(&program, &created["id"]).await;
    assert_eq!(names(&stored["tags"], "name"), ["b", "c"]);
    assert_eq!(names(&stored["notes"], "text"), ["n1", "n3"]);
    assert_eq!(stored["cover"]["url"], "second");
    let loose = program.read(&format!("notes:get?filterByTk={}", notes[1]["id"])).await;
    assert!(loose["postId"].is_null());

    program.data(&path, json!({"tags": [], "notes": [], "cover": null, "category": null})).await;
    let stored = post(&program, &created["id"]).await;
    assert_eq!(
        (&stored["tags"], &stored["notes"], &stored["cover"]),
        (&json!([]), &json!([]), &Value::Null)
    );
    assert_eq!((program.count("tags").await, program.count("notes").await), (3, 3));
}

#[tokio::test]
async fn a_record_that_cannot_be_alone_is_not_left_alone() {
    let program = Program::start().await;
    let body = json!({"title": "A", "comments": [{"text": "x"}]});
    let created = program.data("posts:create?appends=comments", body).await;
    let path = format!("posts:update?filterByTk={}", created["id"]);
    let (status, answer) = program.post(&path, json!({"comments": []})).await;
    assert_eq!((status, faults(&answer)), (400, vec!["required comments".to_owned()]));
    let keep =
        json!({"comments": [{"id": created["comments"][0]["id"], "text": "y"}, {"text": "z"}]});
    program.data(&path, keep).await;
    assert_eq!(names(&post(&program, &created["id"]).await["comments"], "text"), ["y", "z"]);
}

#[tokio::test]
async fn records_are_created_through_associations() {
    let program = Program::start().await;
    let category = program.data("categories:create", json!({"title": "C"})).await["id"].clone();
    let path = format!("categories/{category}/posts:create");
    let created = program.data(&path, json!({"title": "A"})).await;
    assert_eq!(created["categoryId"], category);
    let (status, answer) = program.post(&path, json!({"title": "A", "categoryId": 5})).await;
    assert_eq!((status, faults(&answer)), (400, vec!["implied categoryId".to_owned()]));
    assert_eq!(program.post("categories/77/posts:create", json!({"title": "A"})).await.0, 404);

    let post_id = &created["id"];
    program.data(&format!("posts/{post_id}/tags:create"), json!({"name": "T"})).await;
    program.data(&format!("posts/{post_id}/cover:create"), json!({"url": "u"})).await;
    program.data(&format!("posts/{post_id}/category:create"), json!({"title": "D"})).await;
    let stored = post(&program, post_id).await;
    assert_eq!(names(&stored["tags"], "name"), ["T"]);
    assert_eq!((&stored["cover"]["url"], &stored["category"]["title"]), (&json!("u"), &json!("D")));

    let tag = &stored["tags"][0]["id"];
    let path = format!("posts/{post_id}/tags:update?filterByTk={tag}");
    program.data(&path, json!({"name": "U"})).await;
    let other = program.data("tags:create", json!({"name": "O"})).await["id"].clone();
    let path = format!("posts/{post_id}/tags:update?filterByTk={other}");
    assert_eq!(program.post(&path, json!({"name": "U"})).await.0, 404);
}
