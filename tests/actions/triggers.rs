use serde_json::{Value, json};

use crate::client::{Program, faults, workflows};
use crate::model::seen;

async fn order(program: &Program, number: i32, triggers: &str) -> (u16, Value) {
    let path = format!("orders:create?triggerWorkflows={triggers}");
    program.post(&path, json!({"number": number})).await
}

#[tokio::test]
async fn what_fires_is_what_the_parameter_says() {
    let program = Program::start().await;
    let table: &[(&str, &[&str])] = &[
        ("", &[]),
        (",,", &[]),
        ("review", &["review queued"]),
        ("review,review,,review", &["review queued"]),
        ("loaded", &["loaded resolved"]),
        ("loaded,review", &["loaded resolved", "review queued"]),
        ("switched_off", &["switched_off disabled"]),
        ("switched_off,review", &["review queued", "switched_off disabled"]),
        ("greet!customer", &["greet skipped"]),
        ("greet!customer.referrer", &["greet skipped"]),
        // Global: named, it fires no differently.
        ("big_number", &["big_number skipped"]),
        ("total_changed", &["total_changed skipped"]),
    ];
    for (triggers, expected) in table {
        let (status, answer) = order(&program, 1, triggers).await;
        assert_eq!(
            (status, workflows(&answer)),
            (200, expected.iter().map(|it| (*it).to_owned()).collect()),
            "{triggers}: {answer}"
        );
    }
    assert_eq!(workflows(&order(&program, 4711, "").await.1), ["big_number queued"]);
    assert_eq!(
        workflows(&order(&program, 4711, "big_number,review").await.1),
        ["review queued", "big_number queued"]
    );
}

#[tokio::test]
async fn every_fault_of_the_parameter_is_told_and_nothing_is_written() {
    let program = Program::start().await;
    let table: &[(&str, &[&str])] = &[
        ("reviw", &["unknown_workflow"]),
        ("Review", &["unknown_workflow"]),
        ("%20review", &["unknown_workflow"]),
        ("!customer", &["unknown_workflow"]),
        ("greet", &["other_collection"]),
        ("review!customer", &["other_collection"]),
        ("greet!", &["empty_path"]),
        ("greet!customer.", &["empty_path"]),
        ("greet!.customer", &["empty_path"]),
        ("greet!costumer", &["unknown_path"]),
        ("greet!customer!referrer", &["unknown_path"]),
        ("greet!number", &["scalar_path"]),
        ("greet!customerId", &["scalar_path"]),
        ("big_number!customer", &["global_path"]),
        ("greet!customer,greet!customer.referrer", &["two_paths"]),
        (
            "reviw,greet,greet!number,big_number!x",
            &["unknown_workflow", "other_collection", "two_paths", "global_path"],
        ),
    ];
    for (triggers, expected) in table {
        let (status, answer) = order(&program, 2, triggers).await;
        let expected: Vec<String> =
            expected.iter().map(|code| format!("{code} triggerWorkflows")).collect();
        assert_eq!((status, faults(&answer)), (400, expected), "{triggers}: {answer}");
    }
    let path = "posts:create?triggerWorkflows=greet!comments,review!tags";
    let (status, answer) = program.post(path, json!({"titel": "A"})).await;
    let expected = [
        "unknown_field titel",
        "required title",
        "to_many_path triggerWorkflows",
        "to_many_path triggerWorkflows",
    ];
    assert_eq!((status, faults(&answer)), (400, expected.map(str::to_owned).to_vec()));
    assert_eq!((program.count("orders").await, program.count("posts").await), (0, 0));
}

#[tokio::test]
async fn a_workflow_needs_the_role_and_what_is_wrong_is_judged_first() {
    let program = Program::start().await;
    let writer = program.user("Wanda", &["writer"]).await;
    let supervisor = program.user("Sue", &["supervisor"]).await;
    let table = [
        (&writer, "review", 200),
        (&writer, "narrow", 403),
        (&writer, "loaded", 403),
        (&writer, "loaded,nonsense", 400),
        (&supervisor, "narrow", 200),
        (&supervisor, "review", 403),
        (&program.root, "narrow", 200),
    ];
    for (token, triggers, expected) in table {
        let path = format!("orders:create?triggerWorkflows={triggers}");
        let (status, answer) = program.post_as(token, &path, json!({"number": 3})).await;
        assert_eq!(status, expected, "{triggers}: {answer}");
    }
    assert_eq!(program.count("orders").await, 3);
}

#[tokio::test]
async fn a_lenient_program_ignores_keys_that_are_wrong() {
    let program = Program::of(wfruntime::App::lenient_triggers).await;
    let (status, answer) = order(&program, 5, "nonsense,greet,review!x,review,greet!number").await;
    assert_eq!((status, workflows(&answer)), (200, vec!["review queued".to_owned()]));
}

#[tokio::test]
async fn a_path_gives_the_associated_record() {
    let program = Program::start().await;
    let body =
        json!({"number": 6, "customer": {"name": "Path Ada", "referrer": {"name": "Path Bob"}}});
    let path = "orders:create?triggerWorkflows=greet!customer.referrer,loaded";
    let (status, answer) = program.post(path, body).await;
    assert_eq!(
        (status, workflows(&answer)),
        (200, vec!["greet resolved".into(), "loaded resolved".into()])
    );
    assert_eq!(seen("greet", "Path"), ["Path Bob root"]);
    assert_eq!(seen("loaded", "6 "), ["6 Path Ada Path Bob"]);

    let customer =
        program.data("customers:create", json!({"name": "Stored Eve"})).await["id"].clone();
    let path = "orders:create?triggerWorkflows=greet!customer,loaded";
    program.data(path, json!({"number": 7, "customerId": customer})).await;
    assert_eq!(seen("greet", "Stored"), ["Stored Eve root"]);
    assert_eq!(seen("loaded", "7 "), ["7 Stored Eve nobody"]);
}

#[tokio::test]
async fn several_records_fire_once_each() {
    let program = Program::start().await;
    let body = json!([{"number": 31}, {"number": 32}]);
    let (_, answer) = program.post("orders:create?triggerWorkflows=loaded,review", body).await;
    let expected = ["loaded resolved", "loaded resolved", "review queued", "review queued"];
    assert_eq!(workflows(&answer), expected);
    assert_eq!(seen("loaded", "3"), ["31 nobody nobody", "32 nobody nobody"]);
}

#[tokio::test]
async fn the_answer_tells_what_synchronous_workflows_came_to() {
    let program = Program::start().await;
    let (status, answer) = order(&program, 8, "annotate").await;
    assert_eq!((status, &answer["data"]["note"]), (200, &json!("annotated")));
    assert_eq!(answer["messages"], json!([{"message": "annotated"}]));

    let (status, answer) = order(&program, 9, "refuse,annotate").await;
    assert_eq!((status, &answer["committed"]), (400, &json!(true)));
    assert_eq!(answer["errors"][0]["message"], "order 9 is refused");
    assert_eq!(answer["data"]["note"], "annotated", "each workflow stands alone");
    assert_eq!(workflows(&answer), ["refuse failed", "annotate resolved"]);

    let (status, answer) = order(&program, 10, "refuse,broken").await;
    assert_eq!((status, &answer["committed"]), (500, &json!(true)));
    assert_eq!(workflows(&answer), ["refuse failed", "broken error"]);
    assert!(!answer.to_string().contains("secret reason"), "{answer}");
    assert_eq!(program.count("orders").await, 3);
}

#[tokio::test]
async fn a_context_over_the_limit_is_told_and_the_write_stands() {
    let program = Program::of(|app| app.settings(|it| it.payload_limit = 2000)).await;
    let body = json!({"number": 11, "note": "x".repeat(3000)});
    let (status, answer) = program.post("orders:create?triggerWorkflows=review", body).await;
    assert_eq!((status, workflows(&answer)), (200, vec!["review error".to_owned()]));
    assert_eq!(program.count("orders").await, 1);
}

#[tokio::test]
async fn updates_fire_for_what_really_changed() {
    let program = Program::start().await;
    let id =
        program.data("orders:create", json!({"number": 12, "total": "1.50"})).await["id"].clone();
    let path = format!("orders:update?filterByTk={id}");
    for body in
        [json!({"note": "x"}), json!({"total": 1.5}), json!({"total": "2"}), json!({"total": null})]
    {
        program.data(&path, body).await;
    }
    assert_eq!(seen("total_changed", "12 "), ["12 1.5 2", "12 2 none"]);
}

#[tokio::test]
async fn a_switch_holds_at_once() {
    let program = Program::start().await;
    program.data("workflows:update?filterByTk=review", json!({"enabled": false})).await;
    assert_eq!(workflows(&order(&program, 13, "review").await.1), ["review disabled"]);
    program.data("workflows:update?filterByTk=review", json!({"enabled": true})).await;
    assert_eq!(workflows(&order(&program, 13, "review").await.1), ["review queued"]);
}

#[tokio::test]
async fn two_records_that_fire_for_a_third_overlap() {
    let program = Program::start().await;
    let customer = |name| json!({"name": name});
    let one = program.data("customers:create", customer("Ada")).await["id"].clone();
    let other = program.data("customers:create", customer("Ben")).await["id"].clone();
    let path = "orders:create?triggerWorkflows=alone!customer";
    let orders = |customers: [&Value; 2]| {
        let order = |customer: &Value| json!({"number": 620, "customer": customer});
        json!(customers.map(order))
    };
    let (status, answer) = program.post(path, orders([&one, &one])).await;
    assert_eq!((status, faults(&answer)), (409, vec!["overlap ".to_owned()]), "{answer}");
    assert_eq!(program.count("orders").await, 0);
    let (status, answer) = program.post(path, orders([&one, &other])).await;
    assert_eq!(status, 200, "{answer}");
    program.running.idle().await;
    assert_eq!((seen("alone", "Ada").len(), seen("alone", "Ben").len()), (1, 1));
}
