use serde_json::json;

use crate::client::{Program, faults};

#[tokio::test]
async fn every_fault_of_a_body_is_told_at_once() {
    let program = Program::start().await;
    let table: &[(&str, &[&str])] = &[
        ("{}", &["required title"]),
        ("[]", &[]),
        ("null", &["invalid_body "]),
        ("7", &["invalid_body "]),
        (r#"{"title": "A", "titel": 1}"#, &["unknown_field titel"]),
        (
            r#"{"title": "A", "id": 5, "createdAt": 1}"#,
            &["system_field id", "system_field createdAt"],
        ),
        (r#"{"title": "A", "createdBy": 5}"#, &["system_field createdBy"]),
        (r#"{"title": "A", "title": "B"}"#, &["duplicate_field title"]),
        (
            r#"{"title": null, "price": "x", "stars": 11, "status": "gone"}"#,
            &["null title", "wrong_type price", "out_of_range stars", "unknown_choice status"],
        ),
        (r#"{"title": ""}"#, &["too_short title"]),
        (
            r#"{"title": "A", "category": 1, "categoryId": 2}"#,
            &["both_given categoryId", "not_found category"],
        ),
        (r#"{"title": "A", "category": "x"}"#, &["wrong_type category"]),
        (r#"{"title": "A", "category": []}"#, &["wrong_type category"]),
        (r#"{"title": "A", "categoryId": 4}"#, &["not_found categoryId"]),
        (r#"{"title": "A", "category": {"id": 4}}"#, &["not_found category"]),
        (r#"{"title": "A", "category": {"id": -4}}"#, &["wrong_type category.id"]),
        (r#"{"title": "A", "category": {}}"#, &["required category.title"]),
        (
            r#"{"comments": [{"text": 1}, {}, 5, {"text": "x", "post": 1}]}"#,
            &[
                "wrong_type comments[0].text",
                "required comments[1].text",
                "implied comments[3].post",
                "required title",
                "not_found comments[2]",
            ],
        ),
        (r#"{"title": "A", "comments": {}}"#, &["wrong_type comments"]),
        (r#"{"title": "A", "comments": null}"#, &["wrong_type comments"]),
        (
            r#"[{"title": "A"}, {"x": 1}, 3]"#,
            &["unknown_field [1].x", "required [1].title", "wrong_type [2]"],
        ),
    ];
    for (body, expected) in table {
        let (status, answer) = program.send(&program.root, "posts:create", (*body).into()).await;
        assert_eq!(faults(&answer), *expected, "{body}: {answer}");
        assert_eq!(status, if expected.is_empty() { 200 } else { 400 }, "{body}");
    }
    assert_eq!(program.count("posts").await, 0);
}

#[tokio::test]
async fn defaults_and_system_fields_are_set_for_each_record() {
    let program = Program::start().await;
    let posts = program.data("posts:create", json!([{"title": "A"}, {"title": "B"}])).await;
    let root = &program.read("users:list").await[0]["id"];
    for post in posts.as_array().expect("an array") {
        assert_eq!(post["status"], "draft");
        assert_eq!(&post["authorId"], root);
        assert_eq!(&post["createdById"], root);
        assert_eq!(post["createdAt"], post["updatedAt"]);
        assert!(post["written"].is_string() && post["secret"].is_null());
        let stored = program.read(&format!("posts:get?filterByTk={}", post["id"])).await;
        assert_eq!(&stored, post);
    }
    assert_ne!(posts[0]["id"], posts[1]["id"]);
}

#[tokio::test]
async fn numbers_keep_all_their_digits() {
    let program = Program::start().await;
    let body = r#"{"title": "A", "price": 12345678901234.56789}"#.to_owned();
    let (_, answer) = program.send(&program.root, "posts:create", body).await;
    assert_eq!(answer["data"]["price"], "12345678901234.56789");
}

#[tokio::test]
async fn text_that_cannot_be_kept_as_it_is_is_refused() {
    let program = Program::start().await;
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let table = [
        (r#"{"title": "\ud800"}"#.to_owned(), 400, vec!["invalid_json title"]),
        (format!(r#"{{"title": "A", "extra": {}}}"#, nested(65)), 400, vec!["too_deep extra"]),
        (r#"{"title": "A", "extra": 1e999}"#.to_owned(), 400, vec!["invalid_json extra"]),
        (format!(r#"{{"title": "A", "extra": {}}}"#, nested(64)), 200, vec![]),
        (r#"{"title": "A", "extra": ["[\"[[", {"a": null}]}"#.to_owned(), 200, vec![]),
        (r#"{"title": "A", "content": "a\u0000b"}"#.to_owned(), 400, vec!["nul content"]),
        (r#"{"title": "A", "extra": {"a\u0000b": 1}}"#.to_owned(), 400, vec!["nul extra"]),
    ];
    for (body, expected, told) in table {
        let (status, answer) = program.send(&program.root, "posts:create", body.clone()).await;
        let told: Vec<String> = told.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!((status, faults(&answer)), (expected, told), "{body}: {answer}");
    }
}

#[tokio::test]
async fn one_request_writes_at_most_so_many_records() {
    let program = Program::of(|app| app.settings(|it| it.rows_limit = 3)).await;
    let post = |title: &str| json!({"title": title});
    let many = json!([post("A"), post("B"), post("C"), post("D")]);
    let (status, answer) = program.post("posts:create", many).await;
    assert_eq!((status, faults(&answer)), (400, vec!["too_many ".to_owned()]));
    let nested = json!({"title": "A", "comments": [{"text": "1"}, {"text": "2"}, {"text": "3"}]});
    let (status, answer) = program.post("posts:create", nested).await;
    assert_eq!((status, faults(&answer)), (400, vec!["too_many comments".to_owned()]));
    assert_eq!(program.count("posts").await, 0);
}

#[tokio::test]
async fn objects_are_nested_only_so_deep() {
    let program = Program::start().await;
    let mut body = json!({"title": "leaf"});
    for _ in 0..20 {
        body = json!({"title": "up", "parent": body});
    }
    let (status, answer) = program.post("categories:create", body).await;
    assert_eq!(status, 400);
    assert!(faults(&answer)[0].starts_with("too_deep parent.parent"), "{answer}");
}

#[tokio::test]
async fn a_taken_unique_value_is_a_conflict() {
    let program = Program::start().await;
    program.data("posts:create", json!({"title": "A", "slug": "a"})).await;
    let (status, answer) = program.post("posts:create", json!({"title": "B", "slug": "a"})).await;
    assert_eq!(status, 409, "{answer}");
    assert_eq!(program.count("posts").await, 1);
}

#[tokio::test]
async fn fields_and_records_that_a_role_may_not_write_are_refused_by_name() {
    let program = Program::start().await;
    let writer = program.user("Wanda", &["writer"]).await;
    let category = program.data("categories:create", json!({"title": "C"})).await["id"].clone();
    let tag = program.data("tags:create", json!({"name": "T"})).await["id"].clone();
    let table = [
        (json!({"title": "A", "category": category}), 200, vec![]),
        (
            json!({"title": "A", "comments": [{"text": "x"}]}),
            403,
            vec!["forbidden_field comments", "forbidden comments[0]"],
        ),
        (json!({"title": "A", "price": 1}), 403, vec!["forbidden_field price"]),
        // What is wrong is judged first.
        (json!({"title": 1, "price": 1}), 400, vec!["wrong_type title"]),
        (
            json!({"title": "A", "category": {"title": "new"}, "tags": [tag]}),
            403,
            vec!["forbidden category", "forbidden_field tags", "forbidden tags[0]"],
        ),
    ];
    for (body, expected, named) in table {
        let (status, answer) = program.post_as(&writer, "posts:create", body.clone()).await;
        assert_eq!(
            (status, faults(&answer)),
            (expected, named.iter().map(|it| (*it).to_owned()).collect()),
            "{body}: {answer}"
        );
    }
    let (status, _) = program.post_as(&writer, "tags:create", json!({"name": 1})).await;
    assert_eq!(status, 403, "the gate is before the body");
    assert_eq!((program.count("posts").await, program.count("categories").await), (1, 1));
}
