//! The story of the program, told to the real program with real curl.

#[path = "../../../tests/child.rs"]
#[expect(dead_code, reason = "other packages use the rest of it")]
mod child;

use child::{Answer, Program, curl, wait_for};
use serde_json::{Value, json};

const REVIEW: &str = "triggerWorkflows=expense_review";
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
        self.tasks_of(&self.supervisor, count)
    }

    fn tasks_of(&self, token: &str, count: usize) -> Vec<Value> {
        wait_for("tasks", || {
            let open = "/api/tasks:list?filter={\"status\":\"open\"}";
            let answer = self.program.get(token, open);
            let tasks = answer.body["data"].as_array()?.clone();
            (tasks.len() == count).then_some(tasks)
        })
    }

    fn decide(&self, task: &Value, decision: &str, comment: &str) -> Answer {
        let body = format!(r#"{{"decision": "{decision}", "comment": "{comment}"}}"#);
        self.submit(&self.supervisor, task, &body)
    }

    fn submit(&self, token: &str, task: &Value, body: &str) -> Answer {
        let path = format!("/api/tasks:submit?filterByTk={}", task["id"]);
        self.program.post(token, &path, body)
    }

    /// Status and error of the newest execution of a workflow, once it has ended.
    fn end_of(&self, key: &str) -> (String, Value) {
        let root = self.program.user("Root", "root");
        let list = format!("/api/executions:list?sort=-id&filter={{\"key\":\"{key}\"}}");
        wait_for("the end of the execution", || {
            let execution = self.program.get(&root, &list).body["data"][0].take();
            let ended = execution["finishedAt"].is_string();
            ended.then(|| (text(&execution["status"]), execution["error"].clone()))
        })
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
fn finance_says_how_it_was_paid() {
    let mut story = Story::begin();
    let (_, claim) = story.file("499");
    let task = story.tasks_of(&story.finance, 1).remove(0);
    assert_eq!(task["title"], "Pay 499 to Ada");
    let path = format!("/api/payments:list?filter={{\"claimId\":{claim}}}");
    for (body, fields) in [
        (
            r#"{"values": {"reference": "A", "paidOn": 5}}"#,
            vec!["values.reference", "values.paidOn"],
        ),
        (r#"{"values": {"reference": "A-17"}}"#, vec!["values.paidOn"]),
        (r#"{"decision": "approved"}"#, vec!["decision"]),
    ] {
        let refused = story.submit(&story.finance, &task, body);
        assert_eq!(refused.status, 400, "{refused:?}");
        let errors = refused.body["errors"].as_array().expect("errors");
        let found: Vec<_> = errors.iter().map(|error| text(&error["field"])).collect();
        assert_eq!(found, fields);
    }
    let paid = r#"{"values": {"reference": "A-17", "paidOn": "2026-03-02"}}"#;
    for stranger in [&story.supervisor, &story.employee] {
        let refused = story.submit(stranger, &task, paid);
        assert_eq!(refused.status, 404, "{refused:?}");
    }
    let payment = story.program.get(&story.finance, &path).body["data"][0].take();
    assert_eq!((&payment["status"], &payment["paidOn"]), (&json!("approved"), &Value::Null));

    story.program.kill();
    story.program.start();
    let done = story.submit(&story.finance, &task, paid);
    assert_eq!(done.status, 200, "{done:?}");
    story.until_status(claim, "processed");
    let payment = story.program.get(&story.finance, &path).body["data"][0].take();
    assert_eq!(
        (&payment["status"], &payment["reference"], &payment["paidOn"]),
        (&json!("processed"), &json!("A-17"), &json!("2026-03-02"))
    );

    // What is paid is not paid again.
    let path = format!("/api/reimbursements:update?filterByTk={claim}&{REVIEW}");
    let answer = story.program.post(&story.employee, &path, r#"{"amount": "450"}"#);
    assert_eq!(answer.status, 200, "{answer:?}");
    let failed = ("failed".to_owned(), json!("the claim is paid already"));
    assert_eq!(story.end_of("expense_review"), failed);
    assert_eq!(story.payments(claim), ["499"]);
}

#[test]
fn a_rejected_claim_goes_back_to_its_applicant() {
    let story = Story::begin();
    let (_, claim) = story.file("900");
    let other = story.program.user("Eve", "employee");
    for (round, amount) in [(1, "800"), (2, "501")] {
        let decided = story.decide(&story.tasks(1)[0], "rejected", "no <b>receipts</b>");
        assert_eq!(decided.status, 200, "{decided:?}");
        story.until_status(claim, "rejected");
        let task = story.tasks_of(&story.employee, 1).remove(0);
        assert_eq!(task["title"], "Your claim was rejected. no <b>receipts</b>");
        let wrong = story.submit(&story.employee, &task, r#"{"values": {"amount": []}}"#);
        assert_eq!(wrong.status, 400, "{wrong:?}");
        let body = format!(r#"{{"values": {{"project": "Round {round}", "amount": {amount}}}}}"#);
        for stranger in [&other, &story.supervisor] {
            let refused = story.submit(stranger, &task, &body);
            assert_eq!(refused.status, 404, "{refused:?}");
        }
        let changed = story.submit(&story.employee, &task, &body);
        assert_eq!(changed.status, 200, "{changed:?}");
        story.until_status(claim, "submitted");
    }
    let path = format!("/api/reimbursements:get?filterByTk={claim}");
    let found = story.program.get(&story.employee, &path);
    assert_eq!(found.body["data"]["project"], "Round 2", "{found:?}");

    // The third no is the last.
    story.decide(&story.tasks(1)[0], "rejected", "still none");
    assert_eq!(story.end_of("expense_review"), ("failed".to_owned(), json!("still none")));
    assert_eq!(story.status(claim), "rejected");
    assert!(story.payments(claim).is_empty());
    story.tasks_of(&story.employee, 0);
}

#[test]
fn a_rejected_claim_that_becomes_small_is_paid() {
    let story = Story::begin();
    let (_, claim) = story.file("501");
    story.decide(&story.tasks(1)[0], "rejected", "too much");
    let task = story.tasks_of(&story.employee, 1).remove(0);
    let body = r#"{"values": {"project": "Berlin", "amount": "500"}}"#;
    assert_eq!(story.submit(&story.employee, &task, body).status, 200);
    story.until_status(claim, "approved");
    wait_for("the payment", || (story.payments(claim) == ["500"]).then_some(()));
}

#[test]
fn what_is_asked_ahead_is_a_claim_once_it_is_decided() {
    let story = Story::begin();
    let claims = || {
        let list = story.program.get(&story.employee, "/api/reimbursements:list");
        list.body["data"].as_array().expect("claims").clone()
    };
    for (project, decision) in [("Rome", "rejected"), ("Paris", "approved")] {
        let body = format!(r#"{{"project": "{project}", "amount": "80"}}"#);
        let plan = story.program.post(&story.employee, "/api/plans:create", &body);
        assert_eq!(plan.body["workflows"][0]["key"], "plan_review", "{plan:?}");
        let task = story.tasks(1).remove(0);
        assert_eq!(task["title"], format!("May Ada spend 80 on {project}?"));
        assert!(claims().is_empty());
        assert_eq!(story.decide(&task, decision, "").status, 200);
        if decision == "rejected" {
            assert_eq!(story.end_of("plan_review").0, "rejected");
        }
    }
    let claim = wait_for("the claim", || claims().pop());
    assert_eq!((&claim["project"], &claim["status"]), (&json!("Paris"), &json!("approved")));
    let task = story.tasks_of(&story.finance, 1).remove(0);
    assert_eq!(task["title"], "Pay 80 to Ada");
    let paid = r#"{"values": {"reference": "A-18", "paidOn": "2026-03-02"}}"#;
    assert_eq!(story.submit(&story.finance, &task, paid).status, 200);
    story.until_status(claim["id"].as_i64().expect("an id"), "processed");
    assert_eq!(story.end_of("plan_review").0, "resolved");
}

#[test]
fn a_changed_claim_is_told_to_finance_and_reviewed_anew() {
    let story = Story::begin();
    let (_, claim) = story.file("900");
    let first = story.tasks(1);
    let path = format!("/api/reimbursements:update?filterByTk={claim}&{REVIEW}");
    let answer = story.program.post(&story.employee, &path, r#"{"amount": "450"}"#);
    assert_eq!(answer.status, 200, "{answer:?}");
    // `overlap = "cancel_previous"`: the first review's task goes with it.
    story.until_status(claim, "approved");
    story.tasks(0);
    let late = story.decide(&first[0], "approved", "too late");
    assert!((400..500).contains(&late.status), "{late:?}");
    wait_for("the payment", || (story.payments(claim) == ["450"]).then_some(()));
    story.program.line_with("mail to finance: Ada claims 450");

    // Approved, but not paid yet: it is reviewed again, and the first payment is off.
    story.tasks_of(&story.finance, 1);
    let answer = story.program.post(&story.employee, &path, r#"{"amount": "700"}"#);
    assert_eq!(answer.status, 200, "{answer:?}");
    let task = story.tasks(1).remove(0);
    story.tasks_of(&story.finance, 0);
    assert_eq!(story.status(claim), "submitted");
    assert!(story.payments(claim).is_empty());
    story.decide(&task, "approved", "");
    story.until_status(claim, "approved");
    wait_for("the payment", || (story.payments(claim) == ["700"]).then_some(()));
    assert_eq!(story.tasks_of(&story.finance, 1)[0]["title"], "Pay 700 to Ada");
}

#[test]
fn a_draft_is_decided_about_once_its_button_is_pressed() {
    let story = Story::begin();
    let press = |path: &str, body: &str| {
        story.program.post(&story.employee, &format!("/api/reimbursements:{path}"), body)
    };
    let body = r#"{"project": "Berlin", "amount": "700"}"#;
    let draft = press("create?button=claim.save_draft", body);
    let local = fired(&draft).iter().any(|(key, _)| key == "expense_review");
    assert!(draft.body["data"]["status"] == "draft" && !local, "{draft:?}");
    let claim = draft.body["data"]["id"].as_i64().expect("an id");
    let change = format!("update?filterByTk={claim}&button=change.submit");
    let submitted = press(&change, r#"{"amount": "400"}"#);
    assert_eq!(submitted.status, 200, "{submitted:?}");
    story.until_status(claim, "approved");
    let again = press(&format!("update?filterByTk={claim}&button=resubmit"), "");
    assert_eq!(again.status, 409, "only what was rejected: {again:?}");
    let forms = format!("/api/reimbursements:forms?filterByTk={claim}");
    let forms = story.program.get(&story.employee, &forms);
    assert_eq!(forms.body["data"]["rows"], serde_json::json!([]), "{forms:?}");
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
    let page = program.line_with("Sign in at ");
    let page = page.split([' ', ';']).nth(3).expect("an address").to_owned();
    let grace = program.line_with("(supervisor)");
    let password = grace.split_whitespace().nth(1).expect("a password").to_owned();
    let credentials = format!("{{\"account\": \"Grace\", \"password\": \"{password}\"}}");
    let sign_in = page.replace("/admin", "/api/auth:signIn");
    let signed_in = curl(&["-d", &credentials, &sign_in]);
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
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
