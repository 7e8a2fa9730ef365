//! Events that hear of what events do.

use serde_json::json;

use crate::changes::seen;
use crate::client::Program;

#[tokio::test]
async fn a_chain_ends_at_the_stack_limit_and_says_so() {
    let program = Program::start().await;
    let order = json!({"number": 1, "amount": 5, "note": "grow"});
    let id = program.data("orders:create", order).await["id"].clone();
    assert_eq!(seen(&program, "history").await, ["create 1 0-5 amount", "update 1 5-6 amount"]);
    assert_eq!(program.read(&format!("orders:get?filterByTk={id}")).await["amount"], 6);
    let filter = "%7B%22key%22:%22grow%22%7D";
    let found = program.read(&format!("executions:list?filter={filter}")).await;
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    assert_eq!(found[0]["cut"], json!(["grow"]), "{found}");
    let filter = "%7B%22key%22:%22history%22%7D";
    let found = program.read(&format!("executions:list?sort=id&filter={filter}")).await;
    assert_eq!(found[1]["chain"], json!(["grow", "history"]));
    assert_eq!(found[1].get("cut"), None);
}

#[tokio::test]
async fn a_deeper_stack_lets_it_run_again() {
    let program = Program::of(|app| app.stack_limit(3)).await;
    let order = json!({"number": 1, "amount": 5, "note": "grow"});
    let id = program.data("orders:create", order).await["id"].clone();
    program.running.idle().await;
    assert_eq!(program.read(&format!("orders:get?filterByTk={id}")).await["amount"], 8);
}
