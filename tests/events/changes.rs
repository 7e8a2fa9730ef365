//! `#[collection_event]`: every way in which data changes.

use serde_json::{Value, json};

use crate::client::Program;

/// What an event of this name saw, in order.
pub(crate) async fn seen(program: &Program, by: &str) -> Vec<String> {
    program.running.idle().await;
    let all = program.read("seens:list?pageSize=500&sort=id").await;
    let all = all.as_array().cloned().unwrap_or_default();
    let of = all.iter().filter(|it| it["by"] == by);
    of.map(|it| it["what"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn actions_are_heard_of() {
    let program = Program::start().await;
    let order = json!({"number": 1, "amount": 5});
    let id = program.data("orders:create", order).await["id"].clone();
    let path = format!("orders:update?filterByTk={id}");
    program.data(&path, json!({"amount": 6})).await;
    // Written as it was.
    program.data(&path, json!({"amount": 6})).await;
    program.data(&path, json!({"number": 2})).await;
    program.post(&format!("orders:destroy?filterByTk={id}"), json!({})).await;
    let expected = ["create 1 0-5 amount", "update 1 5-6 amount", "update 2 6-6", "delete 2 6-6"];
    assert_eq!(seen(&program, "history").await, expected);
    let executions = program.read("executions:list?sort=id&pageSize=1").await;
    assert_eq!((&executions[0]["userId"], &executions[0]["roleName"]), (&Value::Null, &json!("")));
}

#[tokio::test]
async fn several_rows_are_heard_of_one_by_one() {
    let program = Program::start().await;
    let orders = json!([{"number": 1, "amount": 1}, {"number": 2, "amount": 2}]);
    program.data("orders:create", orders).await;
    let filter = "%7B%22number%22:%7B%22$gt%22:0%7D%7D";
    program.data(&format!("orders:update?filter={filter}"), json!({"amount": 9})).await;
    program.post(&format!("orders:destroy?filter={filter}"), json!({})).await;
    let mut saw = seen(&program, "history").await;
    saw.sort();
    let expected = [
        "create 1 0-1 amount",
        "create 2 0-2 amount",
        "delete 1 9-9",
        "delete 2 9-9",
        "update 1 1-9 amount",
        "update 2 2-9 amount",
    ];
    assert_eq!(saw, expected);
}

#[tokio::test]
async fn nested_and_linked_rows_are_heard_of_in_the_request() {
    let program = Program::start().await;
    let lines = json!([{"text": "one"}, {"text": "quiet"}]);
    let order = json!({"number": 7, "amount": 1, "lines": lines, "tags": [{"name": "t"}]});
    let data = program.data("orders:create?appends=lines", order).await;
    assert_eq!(seen(&program, "lines").await, ["create one 7"]);
    assert_eq!(seen(&program, "links").await, ["create"]);
    // The one that is not named any more loses its order.
    let keep = json!({"lines": [data["lines"][1]["id"]], "tags": []});
    program.data(&format!("orders:update?filterByTk={}", data["id"]), keep).await;
    assert_eq!(seen(&program, "lines").await[1..], ["update one 0"]);
    assert_eq!(seen(&program, "links").await[1..], ["delete"]);
}

#[tokio::test]
async fn what_goes_with_a_deleted_record_is_heard_of() {
    let program = Program::start().await;
    let order = json!({"number": 3, "amount": 1, "lines": [{"text": "one"}, {"text": "two"}]});
    let id = program.data("orders:create", order).await["id"].clone();
    let (status, _) = program.post(&format!("orders:destroy?filterByTk={id}"), json!({})).await;
    assert_eq!(status, 200);
    assert_eq!(seen(&program, "lines").await[2..], ["delete one 3", "delete two 3"]);
    assert_eq!(seen(&program, "history").await[1..], ["delete 3 1-1"]);
}

#[tokio::test]
async fn nodes_are_heard_of_before_they_are_done() {
    let program = Program::start().await;
    let lines = json!([{"text": "bulk"}, {"text": "bulk"}, {"text": "other"}]);
    program.data("lines:create", lines).await;
    let order = json!({"number": 4, "amount": 1});
    program.data("orders:create?triggerWorkflows=take", order).await;
    let expected = ["update changed 0", "update changed 0", "create by a node 4"];
    assert_eq!(seen(&program, "lines").await[3..], expected);
    let executions = program.read("executions:list?sort=-id&pageSize=1").await;
    assert_eq!(executions[0]["chain"], json!(["take", "lines"]));
}

#[tokio::test]
async fn a_synchronous_one_speaks_in_the_answer() {
    let program = Program::start().await;
    let (status, answer) = program.post("lines:create", json!({"text": "say"})).await;
    assert_eq!((status, &answer["messages"][0]["message"]), (200, &json!("a line is there")));
    assert_eq!(answer["workflows"][0]["status"], "resolved");
    let (status, answer) = program.post("lines:create", json!({"text": "refuse"})).await;
    assert_eq!((status, &answer["committed"]), (400, &json!(true)), "{answer}");
    assert_eq!(answer["errors"][0]["message"], "no such line");
    let (status, answer) = program.post("lines:create", json!({"text": "quiet"})).await;
    assert_eq!((status, answer.get("workflows")), (200, None), "its `when` does not hold");
    let filter = "%7B%22key%22:%22lines%22%7D";
    let found = program.read(&format!("executions:list?filter={filter}")).await;
    assert_eq!(found.as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn one_that_is_switched_off_hears_of_nothing() {
    let program = Program::start().await;
    program.data("workflows:update?filterByTk=lines", json!({"enabled": false})).await;
    program.data("lines:create", json!({"text": "one"})).await;
    assert!(seen(&program, "lines").await.is_empty());
    let shown = program.read("workflows:get?filterByTk=lines").await;
    assert_eq!(
        (&shown["trigger"], &shown["on"][2]),
        (&json!("collection_event"), &json!("delete"))
    );
}
