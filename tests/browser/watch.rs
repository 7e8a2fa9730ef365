//! What an administrator watches and switches.

use thirtyfour::prelude::*;

use crate::claims::Claims;
use crate::driver::{ELSEWHERE, Look, browse};
use crate::person::Person;

#[tokio::test]
async fn a_workflow_is_switched_off_and_its_button_says_so() {
    browse(async |driver| {
        let claims = Claims::start();
        let ruth = claims.person(driver, "Ruth", "root").await;
        let token = claims.program.user("Ada", "employee");
        let ada = driver.person("Ada", claims.program.url(), &token, Look::DESKTOP).await;
        ruth.open("/workflows").await;
        ruth.press("Switch off: expense_review").await;
        ruth.button("Switch on: expense_review").await;

        ada.open("/data/reimbursements/new?form=claim").await;
        ada.sees("Switched off, and not run: Claims above 500 wait for a supervisor").await;
        ada.fill("Project", "Berlin").await;
        ada.fill("Amount", "740").await;
        ada.press("Submit").await;
        ada.sees("Submitted").await;
        ruth.open("/executions?key=expense_review").await;
        ruth.sees("Nothing fits what you look for.").await;

        ruth.open("/workflows/expense_review").await;
        ruth.press("Switch on: expense_review").await;
        ruth.button("Switch off: expense_review").await;
        ada.files_a_claim("Rome", "910.20").await;
        ruth.open("/executions?key=expense_review").await;
        ruth.sees("running").await;
        ada.open("/data/reimbursements/new?form=claim").await;
        ada.sees_no("Switched off").await;
    })
    .await;
}

#[tokio::test]
async fn executions_appear_and_go_on_without_loading_the_page_again() {
    browse(async |driver| {
        let claims = Claims::start();
        let ruth = claims.person(driver, "Ruth", "root").await;
        let ada = claims.program.user("Ada", "employee");
        let grace = claims.program.user("Grace", "supervisor");
        ruth.open("/executions?key=expense_review").await;
        ruth.sees("Nothing fits what you look for.").await;
        ruth.marks_the_page().await;
        let path = "/api/reimbursements:create?triggerWorkflows=expense_review";
        let body = r#"{"project": "Berlin", "amount": "740"}"#;
        assert_eq!(claims.program.post(&ada, path, body).status, 200);
        ruth.sees("running").await;
        assert!(ruth.is_on_the_marked_page().await, "it came by itself");

        ruth.find("//tbody//a", "the execution").await.click().await.expect("a link");
        let node = |state: &str| {
            format!("//*[local-name() = 'g'][@data-key = 'for#1/review'][@data-state = '{state}']")
        };
        ruth.find(&node("pending"), "the decision that is waited for").await;
        ruth.marks_the_page().await;
        // What the visitor opened and where the keyboard is stays as it was.
        ruth.press("The record at that moment").await;
        ruth.evaluate("document.querySelector('.graph').focus()").await;
        let task = claims.tasks(&grace, 1)[0]["id"].clone();
        let path = format!("/api/tasks:submit?filterByTk={task}");
        let approval = r#"{"decision": "approved", "comment": "Fine."}"#;
        assert_eq!(claims.program.post(&grace, &path, approval).status, 200);
        ruth.find(&node("resolved"), "the decision").await;
        ruth.sees("\"project\": \"Berlin\"").await;
        let focused = ruth.evaluate("return document.activeElement.className").await;
        assert_eq!(focused, "graph");
        assert!(ruth.is_on_the_marked_page().await);
    })
    .await;
}

#[tokio::test]
async fn a_graph_shows_a_workflow_and_gives_its_keys() {
    browse(async |driver| {
        let claims = Claims::start();
        let ruth = claims.person(driver, "Ruth", "root").await;
        let permissions = serde_json::json!({
            "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": claims.program.url()
        });
        ruth.devtools("Browser.grantPermissions", permissions).await;
        let copied = "navigator.clipboard.readText().then(arguments[0])";
        ruth.open("/workflows/notify_finance").await;
        ruth.sees("A function: what it does is known when it has run").await;
        ruth.open("/workflows/expense_review").await;
        ruth.sees("examples/expense-claims/src/main.rs").await;
        ruth.sees("triggerWorkflows=expense_review").await;
        let node = |key: &str| format!("//*[local-name() = 'g'][@data-key = '{key}']");
        ruth.find(&node("for#1/review"), "the decision").await.click().await.expect("a click");
        ruth.find(&format!("{}[@class = 'copied']", node("for#1/review")), "a sign").await;
        assert_eq!(ruth.evaluate_later(copied).await, "for#1/review");

        ruth.find(&node("for#1/change"), "the question")
            .await
            .send_keys("\u{e007}")
            .await
            .expect("Enter");
        ruth.find(&format!("{}[@class = 'copied']", node("for#1/change")), "a sign").await;
        assert_eq!(ruth.evaluate_later(copied).await, "for#1/change");
        // What happens meanwhile is shown without forgetting that.
        let ada = claims.program.user("Ada", "employee");
        let path = "/api/reimbursements:create?triggerWorkflows=expense_review";
        let body = r#"{"project": "Berlin", "amount": "740"}"#;
        assert_eq!(claims.program.post(&ada, path, body).status, 200);
        ruth.find("//tbody//a[. = 'Ada']", "the execution and who caused it").await;
        ruth.find(&format!("{}[@class = 'copied']", node("for#1/change")), "a sign").await;
        ruth.press("expense_review").await;
        ruth.find("//button[contains(@class, 'copied')]", "a sign").await;
        assert_eq!(ruth.evaluate_later(copied).await, "expense_review");
    })
    .await;
}

#[tokio::test]
async fn keys_are_copied_where_the_page_comes_without_tls() {
    browse(async |driver| {
        let claims = Claims::start();
        let token = claims.program.user("Ruth", "root");
        let url = claims.program.url().replace("127.0.0.1", ELSEWHERE);
        let ruth = driver.person("Ruth", &url, &token, Look::DESKTOP).await;
        ruth.open("/workflows/expense_review").await;
        assert_eq!(ruth.evaluate("return navigator.clipboard === undefined").await, true);
        ruth.press("expense_review").await;
        ruth.find("//button[contains(@class, 'copied')]", "a sign").await;
        ruth.pastes("expense_review").await;

        ruth.open("/workflows/expense_review").await;
        let node = "//*[local-name() = 'g'][@data-key = 'for#1/review']";
        ruth.find(node, "the decision").await.send_keys("\u{e007}").await.expect("Enter");
        ruth.find(&format!("{node}[@class = 'copied']"), "a sign").await;
        let key = ruth.evaluate("return document.activeElement.dataset.key").await;
        assert_eq!(key, "for#1/review", "the keyboard stays where it was");
        ruth.pastes("for#1/review").await;
    })
    .await;
}

impl Person {
    /// What was copied can be put in elsewhere.
    async fn pastes(&self, expected: &str) {
        self.open("/data/reimbursements").await;
        let search = self.find("//input[@type = 'search']", "a field to paste to").await;
        search.send_keys(Key::Control + "v").await.expect("keys");
        let pasted = self.evaluate("return document.querySelector('[type=search]').value").await;
        assert_eq!(pasted, expected);
    }
}
