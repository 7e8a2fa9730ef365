//! The first days, told to the real program with real curl.

#[path = "../../../tests/child.rs"]
#[expect(dead_code, reason = "other packages use the rest of it")]
mod child;

use child::{Program, wait_for};
use serde_json::{Value, json};

#[test]
fn somebody_signs_gets_a_laptop_and_is_welcomed() {
    let mut program = Program::new(env!("CARGO_BIN_EXE_onboarding"));
    program.start();
    let (hr, it) = (program.user("Hanna", "hr"), program.user("Ian", "it"));
    program.user("Mary", "manager");
    let users = program.get(&hr, "/api/users:list?filter={\"nickname\":\"Mary\"}");
    let hire = json!({
        "name": "Nora", "email": "nora@example.com", "startsOn": "2026-03-02",
        "managerId": users.body["data"][0]["id"],
    });
    let made = program.post(&hr, "/api/hires:create", &hire.to_string());
    assert_eq!(made.body["workflows"][0]["key"], "onboarding", "{made:?}");
    let id = &made.body["data"]["id"];
    let stage = |program: &Program, stage: &str| {
        wait_for(stage, || {
            let data =
                program.get(&hr, &format!("/api/hires:get?filterByTk={id}")).body["data"].take();
            (data["stage"] == stage).then_some(data)
        })
    };
    stage(&program, "offered");

    program.kill();
    program.start();
    let path = format!("/api/hires:sign?filterByTk={id}");
    for (body, status) in [("{}", 400), (r#"{"on": "soon"}"#, 400)] {
        assert_eq!(program.post(&hr, &path, body).status, status, "{body}");
    }
    assert_eq!(program.post(&it, &path, r#"{"on": "2026-02-10"}"#).status, 403);
    let signed = program.post(&hr, &path, r#"{"on": "2026-02-10"}"#);
    assert_eq!(signed.body["data"]["signedOn"], "2026-02-10", "{signed:?}");
    stage(&program, "signed");

    let task: Value = wait_for("a task", || {
        let mut tasks = program.get(&it, "/api/tasks:list").body["data"].take();
        tasks.get_mut(0).map(Value::take)
    });
    assert_eq!(task["title"], "A laptop for Nora, who starts on 2026-03-02");
    program.kill();
    program.start();
    let path = format!("/api/tasks:submit?filterByTk={}", task["id"]);
    let ready = program.post(&it, &path, r#"{"values": {"laptop": "L-042"}}"#);
    assert_eq!(ready.status, 200, "{ready:?}");
    assert_eq!(stage(&program, "started")["laptop"], "L-042");
    program.line_with("mail to nora@example.com: Welcome, Nora!");
}
