use serde_json::json;

use crate::client::{Program, faults};

#[tokio::test]
async fn records_are_updated_by_id_by_ids_by_filter_and_as_an_array() {
    let program = Program::start().await;
    let body = json!([{"title": "A"}, {"title": "B"}, {"title": "C"}]);
    let posts = program.data("posts:create", body).await;
    let id = |index: usize| posts[index]["id"].clone();

    let one =
        program.data(&format!("posts:update?filterByTk={}", id(0)), json!({"stars": 1})).await;
    assert_eq!((&one["stars"], &one["title"]), (&json!(1), &json!("A")));
    let path = format!("posts:update?filterByTk={}&filterByTk={}", id(0), id(1));
    let two = program.data(&path, json!({"stars": 2})).await;
    assert_eq!(two.as_array().map(Vec::len), Some(2));
    let path = "posts:update?filter=%7B%22stars%22%3A2%7D";
    let some = program.data(path, json!({"content": "x"})).await;
    assert_eq!((some.as_array().map(Vec::len), &some[1]["content"]), (Some(2), &json!("x")));
    assert_eq!(
        program.data("posts:update?filter=%7B%22stars%22%3A9%7D", json!({"stars": 1})).await,
        json!([])
    );
    let body = json!([{"id": id(2), "stars": 5}, {"id": id(0), "title": "Z"}]);
    let each = program.data("posts:update", body).await;
    assert_eq!(
        (&each[0]["stars"], &each[1]["title"], &each[1]["stars"]),
        (&json!(5), &json!("Z"), &json!(2))
    );
    assert_eq!(program.data("posts:update", json!([])).await, json!([]));
    let titles: Vec<_> =
        program.read("posts:list?sort=id").await.as_array().cloned().unwrap_or_default();
    let titles: Vec<_> = titles.iter().map(|it| it["title"].clone()).collect();
    assert_eq!(titles, ["Z", "B", "C"]);
}

#[tokio::test]
async fn what_is_wrong_with_an_update_is_told() {
    let program = Program::start().await;
    let id = program.data("posts:create", json!({"title": "A"})).await["id"].clone();
    let by_id = format!("posts:update?filterByTk={id}");
    let table = [
        ("posts:update".to_owned(), json!({"stars": 1}), 400, vec!["no_target "]),
        ("posts:update?filterByTk=999".into(), json!({"stars": 1}), 404, vec!["not_found "]),
        (
            by_id.clone(),
            json!({"title": null, "id": 7}),
            400,
            vec!["system_field id", "null title"],
        ),
        (by_id.clone(), json!({"category": 5}), 400, vec!["not_found category"]),
        (by_id.clone(), json!([{"id": id}]), 400, vec!["two_targets "]),
        ("posts:update".into(), json!([{"id": id}, {"id": id}]), 400, vec!["duplicate_record "]),
        ("posts:update".into(), json!([{"stars": 1}]), 400, vec!["required [0].id"]),
        ("posts:update".into(), json!([{"id": id}, {"id": 9}]), 404, vec!["not_found "]),
        (
            "posts:update?filter=%7B%22x%22%3A1%7D".into(),
            json!({"y": 1}),
            400,
            vec!["unknown_field y", "unknown_field filter.x"],
        ),
    ];
    for (path, body, expected, told) in table {
        let (status, answer) = program.post(&path, body.clone()).await;
        assert_eq!(status, expected, "{path} {body}: {answer}");
        let told: Vec<String> = told.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(faults(&answer), told, "{path} {body}");
    }
}

#[tokio::test]
async fn a_role_with_own_records_reaches_no_others() {
    let program = Program::start().await;
    let writer = program.user("Wanda", &["writer"]).await;
    let theirs = program.data("posts:create", json!({"title": "A"})).await["id"].clone();
    let (_, answer) = program.post_as(&writer, "posts:create", json!({"title": "B"})).await;
    let own = &answer["data"]["id"];
    let update = |id| format!("posts:update?filterByTk={id}");
    let body = json!({"title": "C"});
    assert_eq!(program.post_as(&writer, &update(&theirs), body.clone()).await.0, 404);
    assert_eq!(program.post_as(&writer, &update(own), body.clone()).await.0, 200);
    let (_, answer) = program.post_as(&writer, "posts:update?filter=%7B%7D", body).await;
    assert_eq!(answer["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        program.post_as(&writer, &format!("posts:destroy?filterByTk={theirs}"), json!({})).await.0,
        404
    );
    assert_eq!(
        program.post_as(&writer, &format!("posts:destroy?filterByTk={own}"), json!({})).await.0,
        200
    );
    assert_eq!(program.read("posts:list").await[0]["title"], "A");
}
