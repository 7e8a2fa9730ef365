use serde_json::json;

use crate::client::{Program, faults};

#[tokio::test]
async fn records_are_destroyed_all_or_none() {
    let program = Program::start().await;
    let body = json!([{"title": "A"}, {"title": "B"}, {"title": "C", "comments": [{"text": "x"}]}]);
    let posts = program.data("posts:create", body).await;
    let id = |index: usize| posts[index]["id"].clone();
    let (status, answer) = program.post("posts:destroy", json!({})).await;
    assert_eq!((status, faults(&answer)), (400, vec!["no_target ".to_owned()]));
    let path = format!("posts:destroy?filterByTk={}&filterByTk=7", id(0));
    assert_eq!(program.post(&path, json!({})).await.0, 404);
    assert_eq!(program.count("posts").await, 3);
    assert_eq!(program.data(&format!("posts:destroy?filterByTk={}", id(0)), json!({})).await, 1);
    assert_eq!(program.data("posts:destroy?filter=%7B%7D", json!({})).await, 2);
    assert_eq!((program.count("posts").await, program.count("comments").await), (0, 0));
}

#[tokio::test]
async fn a_record_that_others_refer_to_stays() {
    let program = Program::start().await;
    let body = json!({"title": "A", "category": {"title": "C"}});
    let post = program.data("posts:create", body).await;
    let path = format!("categories:destroy?filterByTk={}", post["categoryId"]);
    let (status, answer) = program.post(&path, json!({})).await;
    assert_eq!(status, 409, "{answer}");
    let text = answer.to_string();
    assert!(!text.contains("FOREIGN KEY") && !text.contains("SQL"), "{text}");
    assert_eq!(program.count("categories").await, 1);
}
