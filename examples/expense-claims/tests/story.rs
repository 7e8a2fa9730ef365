//! The story of the program, told to the real program with real curl.

#[path = "../../../tests/child.rs"]
#[expect(dead_code, reason = "other packages use the rest of it")]
mod child;

use child::{Answer, Program, curl, wait_for};
use serde_json::Value;

const FILE: &str = "/api/reimbursements:create?triggerWorkflows=expense_review";

/// The running program and who acts in it.
struct Story {
    program: Program,
    employee: String,
    supervisor: String,
    finance: String,
}

impl Story {
    fn begin() -> Self {
        let mut program = Program::new(env!("CARGO_BIN_EXE_expense-claims"));
        program.start();
        let employee = program.user("Ada", "employee");
        let supervisor = program.user("Grace", "supervisor");
        let finance = program.user("Paul", "finance");
        Self { program, employee, supervisor, finance }
    }

    /// Files a claim, and gives back its id.
    fn file(&self, amount: &str) -> (Answer, i64) {
        let body = format!(r#"{{"project": "Berlin", "amount": "{amount}"}}"#);
        let answer = self.program.post(&self.employee, FILE, &body);
        assert_eq!(answer.status, 200, "{answer:?}");
        let id = answer.body["data"]["id"].as_i64().expect("an id");
        (answer, id)
    }

    fn status(&self, claim: i64) -> String {
        let path = format!("/api/reimbursements:get?filterByTk={claim}");
        let answer = self.program.get(&self.employee, &path);
        answer.body["data"]["status"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
    }

    fn until_status(&self, claim: i64, status: &str) {
        wait_for(status, || (self.status(claim) == status).then_some(()));
    }

    /// The amounts of the payments for a claim.
    fn payments(&self, claim: i64) -> Vec<String> {
        let path = format!("/api/payments:list?filter={{\"claimId\":{claim}}}");
        let answer = self.program.get(&self.finance, &path);
        let payments = answer.body["data"].as_array().unwrap_or_else(|| panic!("{answer:?}"));
        payments.iter().map(|payment| text(&payment["amount"])).collect()
    }

    /// The supervisor's open tasks, once there are so many.
    fn tasks(&self, count: usize) -> Vec<Value> {
        wait_for("tasks", || {
            let open = "/api/tasks:list?filter={\"status\":\"open\"}";
            let answer = self.program.get(&self.supervisor, open);
            let tasks = answer.body["data"].as_array()?.clone();
            (tasks.len() == count).then_some(tasks)
        })
    }

    fn decide(&self, task: &Value, decision: &str, comment: &str) -> Answer {
        let path = format!("/api/tasks:submit?filterByTk={}", task["id"]);
        let body = format!(r#"{{"decision": "{decision}", "comment": "{comment}"}}"#);
        self.program.post(&self.supervisor, &path, &body)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}

/// Key and status of what an answer says it fired, by key.
fn fired(answer: &Answer) -> Vec<(String, String)> {
    let workflows = answer.body["workflows"].as_array().expect("workflows");
    let mut fired: Vec<_> =
        workflows.iter().map(|fired| (text(&fired["key"]), text(&fired["status"]))).collect();
    fired.sort();
    fired
}

#[test]
fn up_to_500_nobody_has_to_approve() {
    let story = Story::begin();
    for amount in ["499", "500"] {
        let (answer, claim) = story.file(amount);
        let expected = [
            ("expense_review", "queued"),
            ("notify_finance", "queued"),
            ("say_who_decides", "resolved"),
        ];
        assert_eq!(fired(&answer), expected.map(|(key, status)| (key.into(), status.into())));
        assert_eq!(
            answer.body["messages"][0]["message"], "nobody has to approve this claim",
            "{answer:?}"
        );
        story.until_status(claim, "approved");
        wait_for("the payment", || (story.payments(claim) == [amount]).then_some(()));
    }
    story.tasks(0);
    story.program.line_with("mail to finance: Ada claims 499");
}

#[test]
fn above_500_a_supervisor_decides_and_a_crash_changes_nothing() {
    let mut story = Story::begin();
    let (answer, claim) = story.file("501");
    assert_eq!(answer.body["messages"][0]["message"], "a supervisor has to approve this claim");
    let tasks = story.tasks(1);
    assert_eq!(tasks[0]["title"], "Check the receipts of Ada");

    story.program.kill();
    story.program.start();
    assert_eq!(story.status(claim), "submitted");
    assert!(story.payments(claim).is_empty());
    assert_eq!(story.tasks(1)[0]["id"], tasks[0]["id"]);

    // Not hers to decide.
    let path = format!("/api/tasks:submit?filterByTk={}", tasks[0]["id"]);
    let refused = story.program.post(&story.employee, &path, r#"{"decision": "approved"}"#);
    assert!((400..500).contains(&refused.status), "{refused:?}");

    let decided = story.decide(&tasks[0], "approved", "complete");
    assert_eq!(decided.status, 200, "{decided:?}");
    story.until_status(claim, "approved");
    wait_for("the payment", || (story.payments(claim) == ["501"]).then_some(()));
    story.tasks(0);
}

#[test]
fn a_rejection_leaves_no_payment() {
    let story = Story::begin();
    let (_, claim) = story.file("501");
    let decided = story.decide(&story.tasks(1)[0], "rejected", "no receipts");
    assert_eq!(decided.status, 200, "{decided:?}");
    story.until_status(claim, "rejected");
    let root = story.program.user("Root", "root");
    let list = "/api/executions:list?filter={\"key\":\"expense_review\"}";
    let execution = wait_for("the end of the execution", || {
        let answer = story.program.get(&root, list);
        let execution = answer.body["data"][0].clone();
        (execution["status"] == "failed").then_some(execution)
    });
    assert_eq!(execution["key"], "expense_review");
    assert!(story.payments(claim).is_empty());
}

#[test]
fn a_changed_claim_is_told_to_finance_and_reviewed_anew() {
    let story = Story::begin();
    let (_, claim) = story.file("900");
    let first = story.tasks(1);
    let path =
        format!("/api/reimbursements:update?filterByTk={claim}&triggerWorkflows=expense_review");
    let answer = story.program.post(&story.employee, &path, r#"{"amount": "450"}"#);
    assert_eq!(answer.status, 200, "{answer:?}");
    // `overlap = "cancel_previous"`: the first review's task goes with it.
    story.until_status(claim, "approved");
    story.tasks(0);
    let late = story.decide(&first[0], "approved", "too late");
    assert!((400..500).contains(&late.status), "{late:?}");
    wait_for("the payment", || (story.payments(claim) == ["450"]).then_some(()));
    story.program.line_with("mail to finance: Ada claims 450");
}

#[test]
fn a_wrong_request_writes_nothing() {
    let story = Story::begin();
    for (path, body) in [
        (
            "/api/reimbursements:create?triggerWorkflows=expense_revue",
            r#"{"project": "x", "amount": 1}"#,
        ),
        ("/api/reimbursements:create", r#"{"project": "x"}"#),
        ("/api/reimbursements:create", r#"{"project": "x", "amount": "much"}"#),
        ("/api/reimbursements:create", r#"{"project": "x", "amount": 1, "proyect": 1}"#),
        ("/api/reimbursements:create", "{"),
    ] {
        let answer = story.program.post(&story.employee, path, body);
        assert_eq!(answer.status, 400, "{path} {body}: {answer:?}");
        assert!(answer.body["errors"][0]["message"].is_string(), "{answer:?}");
    }
    let list = story.program.get(&story.employee, "/api/reimbursements:list");
    assert_eq!(list.body["meta"]["count"], 0, "{list:?}");
}

#[test]
fn everybody_in_the_story_sees_whose_claim_it_is() {
    let story = Story::begin();
    let (_, claim) = story.file("501");
    for token in [&story.employee, &story.supervisor, &story.finance] {
        let path = format!("/api/reimbursements:get?filterByTk={claim}&appends=applicant");
        let answer = story.program.get(token, &path);
        let applicant = &answer.body["data"]["applicant"];
        assert_eq!(applicant["nickname"], "Ada", "{answer:?}");
        assert!(applicant.get("email").is_none() && applicant.get("roles").is_none(), "{answer:?}");
    }
}

#[test]
fn the_demo_prints_lines_that_work() {
    let mut program = Program::new(env!("CARGO_BIN_EXE_expense-claims"));
    program.start_with(&["--demo", "--addr", "127.0.0.1:0"], &[]);
    program.line_with("# Grace approves");
    let header = program.line_with("curl -H");
    let token = header.split('\'').nth(1).expect("a header").to_owned();
    let body = program.line_with("-d '");
    let body = body.split('\'').nth(1).expect("a body").to_owned();
    let target = program.line_with("/api/tasks:submit");
    let target = target.split('\'').nth(1).expect("an address").to_owned();
    let answer = curl(&["-H", &token, "-d", &body, &target]);
    assert_eq!(answer.status, 200, "{answer:?}");
}
