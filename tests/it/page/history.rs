//! What ran for a record, as those see it who may see the record.

use serde_json::{Value, json};

use crate::program_under_test::Program;

/// The workflows of a record as `key status nickname message`.
async fn seen(program: &Program, token: &str, id: i64) -> Result<Vec<String>, u16> {
    let path = format!("/api/errands:history?filterByTk={id}");
    let answer = program.get(&path, token).await;
    if answer.status != 200 {
        return Err(answer.status.as_u16());
    }
    let text = |one: &Value, name: &str| one[name].as_str().unwrap_or("-").to_owned();
    let ran = answer.body["data"].as_array().cloned().expect("a list");
    let line = |one: &Value| {
        ["key", "status", "nickname", "message"].map(|name| text(one, name)).join(" ")
    };
    Ok(ran.iter().map(line).collect())
}

#[tokio::test]
async fn whoever_may_see_a_record_sees_what_ran_for_it() {
    let program = Program::start().await;
    let root = program.user("Ada", &["root"]).await;
    let child = program.user("Bob", &["errand_child"]).await;
    let other = program.user("Tom", &["errand_child"]).await;
    let parent = program.user("Eve", &["errand_parent"]).await;
    let guest = program.user("Gil", &["errand_guest"]).await;
    let path = "/api/errands:create?triggerWorkflows=errand_leave";
    let values = json!({ "what": "Milk", "price": "2" });
    let id = program.post(path, &child, &values).await.id();
    program.running.idle().await;

    let own = ["errand_price resolved Bob -", "errand_leave started Bob -"];
    assert_eq!(seen(&program, &root, id).await.as_deref(), Ok(&own.map(str::to_owned)[..]));
    assert_eq!(seen(&program, &child, id).await.as_deref(), Ok(&own.map(str::to_owned)[..]));
    // The role may name the one workflow; it was not Tom who fired the other, nor may he see users.
    let named = ["errand_leave started - -".to_owned()];
    assert_eq!(seen(&program, &other, id).await.as_deref(), Ok(&named[..]));
    // The role may name none; she is asked by one.
    assert_eq!(seen(&program, &parent, id).await.as_deref(), Ok(&named[..]));
    assert_eq!(seen(&program, &guest, id).await, Err(403));
    assert_eq!(seen(&program, &child, 77).await, Err(404));

    let tasks = program.get("/api/tasks:list", &parent).await;
    let task = &tasks.body["data"][0]["id"];
    let no = json!({ "decision": "rejected", "comment": "there is some" });
    program.post(&format!("/api/tasks:submit?filterByTk={task}"), &parent, &no).await;
    program.running.idle().await;
    let ended = ["errand_leave failed - no".to_owned()];
    assert_eq!(seen(&program, &parent, id).await.as_deref(), Ok(&ended[..]), "asked before");

    let page = program.page(&format!("/admin/data/errands/{id}"), &child, None).await;
    assert!(page.text.contains("Has it allowed"), "{}", page.text);
    assert!(page.text.contains("data-status=\"failed\""), "{}", page.text);
    assert!(!page.text.contains("/admin/executions/"), "{}", page.text);
    let page = program.page(&format!("/admin/data/errands/{id}"), &root, None).await;
    assert!(page.text.contains("/admin/executions/"), "{}", page.text);
}

#[tokio::test]
async fn the_history_is_asked_for_one_record() {
    let program = Program::start().await;
    let root = program.user("Ada", &["root"]).await;
    for (path, status, code) in [
        ("errands:history", 400, "required"),
        ("errands:history?filterByTk=1,2", 400, "required"),
        ("errands:history?filterByTk=1&sort=id", 400, "unsupported_parameter"),
        ("errands:history?filterByTk=1&pageSize=5000", 400, "invalid_page_size"),
        ("errands:history?filterByTk=1", 404, "not_found"),
        ("erands:history?filterByTk=1", 404, "unknown_collection"),
    ] {
        let answer = program.get(&format!("/api/{path}"), &root).await;
        assert_eq!(answer.outcome(), (status, code), "{path}: {answer:?}");
    }
}
