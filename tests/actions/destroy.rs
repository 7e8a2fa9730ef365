use serde_json::{Value, json};

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
    assert_eq!(answer["errors"][0]["message"], "`posts` still refer to it, by `category`");
    let text = answer.to_string();
    assert!(!text.contains("FOREIGN KEY") && !text.contains("SQL"), "{text}");
    assert_eq!(program.count("categories").await, 1);
}

#[tokio::test]
async fn what_goes_with_a_record_goes_in_circles_too() {
    let program = Program::start().await;
    let id = |made: Value| made["id"].clone();
    let left = id(program.data("gloves:create", json!({"side": "left"})).await);
    let body = json!({"side": "right", "other": left});
    let right = id(program.data("gloves:create", body).await);
    let pocket = id(program.data("pockets:create", json!({"name": "a", "glove": right})).await);
    let path = format!("gloves:update?filterByTk={left}");
    program.data(&path, json!({"other": right, "pocket": pocket})).await;
    let label = id(program.data("labels:create", json!({"text": "x", "glove": left})).await);
    let body = json!({"colour": "red", "pocket": pocket});
    let thread = id(program.data("threads:create", body).await);

    let path = format!("gloves:destroy?filterByTk={left}");
    let (status, answer) = program.post(&path, json!({})).await;
    assert_eq!((status, faults(&answer)), (409, vec!["restrict ".to_owned()]), "{answer}");
    let told = "`threads` still refer to what would go with it, of `pockets`, by `pocket`";
    assert_eq!(answer["errors"][0]["message"], told);
    assert_eq!((program.count("gloves").await, program.count("pockets").await), (2, 1));

    program.data(&format!("threads:destroy?filterByTk={thread}"), json!({})).await;
    assert_eq!(program.data(&path, json!({})).await, 1);
    assert_eq!((program.count("gloves").await, program.count("pockets").await), (0, 0));
    let label = program.read(&format!("labels:get?filterByTk={label}")).await;
    assert_eq!((&label["text"], &label["gloveId"]), (&json!("x"), &json!(null)));
}
