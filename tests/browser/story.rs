//! The story of a claim, by clicks: filed, decided, changed, paid.

use crate::claims::Claims;
use crate::driver::browse;

#[tokio::test]
async fn a_claim_is_filed_and_approved_by_two_people() {
    browse(async |driver| {
        let claims = Claims::start();
        let ada = claims.person(driver, "Ada", "employee").await;
        let grace = claims.person(driver, "Grace", "supervisor").await;
        grace.open("/tasks").await;
        grace.sees("Nothing waits for you").await;
        grace.marks_the_page().await;

        ada.files_a_claim("Berlin", "740").await;
        ada.sees("a supervisor has to approve this claim").await;
        ada.sees("Submitted").await;
        ada.marks_the_page().await;

        // Her inbox tells without being asked.
        grace.find("//nav//*[@class = 'count' and . = '1']", "a count of 1").await;
        assert!(grace.is_on_the_marked_page().await);
        grace.press("Check the receipts of Ada").await;
        grace.sees("Berlin").await;
        grace.fill("Comment", "Receipts are complete.").await;
        grace.press("Approve").await;
        grace.sees("Nothing waits for you").await;

        ada.sees("Approved").await;
        assert!(ada.is_on_the_marked_page().await, "nobody loaded it again");
    })
    .await;
}

#[tokio::test]
async fn a_rejected_claim_is_changed_decided_again_and_paid() {
    browse(async |driver| {
        let claims = Claims::start();
        let ada = claims.person(driver, "Ada", "employee").await;
        let grace = claims.person(driver, "Grace", "supervisor").await;
        ada.files_a_claim("Rome", "910.20").await;
        ada.sees("Submitted").await;
        grace.open("/tasks").await;
        grace.press("Check the receipts of Ada").await;
        grace.fill("Comment", "A receipt is missing.").await;
        grace.press("Reject").await;

        ada.sees("Rejected").await;
        ada.press("Tasks 1").await;
        ada.press("Your claim was rejected. A receipt is missing.").await;
        ada.fill("Project", "Rome, by train").await;
        ada.fill("Amount", "901").await;
        ada.press("Submit").await;
        ada.sees("Nothing waits for you").await;

        grace.press("Check the receipts of Ada").await;
        grace.sees("Rome, by train").await;
        grace.press("Approve").await;
        grace.sees("Nothing waits for you").await;

        let paul = claims.person(driver, "Paul", "finance").await;
        paul.open("/tasks").await;
        paul.press("Pay 901 to Ada").await;
        // What is wrong is said before it is sent.
        paul.fill("Reference", "A-1").await;
        paul.press("Submit").await;
        let wrong = paul.evaluate("return document.querySelector(':invalid:not(form)').name").await;
        assert_eq!(wrong, "reference");
        paul.fill("Reference", "A-2026-17").await;
        paul.field("Paid on").await.send_keys("03022026").await.expect("a date");
        paul.press("Submit").await;
        paul.sees("Nothing waits for you").await;
        paul.press("Done").await;
        paul.press("Pay 901 to Ada").await;
        paul.sees("A-2026-17").await;
        paul.sees("2026-03-02").await;

        ada.open("/data/reimbursements").await;
        ada.sees("Processed").await;
    })
    .await;
}

#[tokio::test]
async fn a_claim_is_resubmitted_by_its_button_while_it_is_rejected() {
    browse(async |driver| {
        let claims = Claims::start();
        let ada = claims.person(driver, "Ada", "employee").await;
        let grace = claims.program.user("Grace", "supervisor");
        ada.files_a_claim("Rome", "910.20").await;
        ada.sees("Submitted").await;
        ada.sees_no("Resubmit").await;
        let task = claims.tasks(&grace, 1)[0]["id"].clone();
        let path = format!("/api/tasks:submit?filterByTk={task}");
        let rejection = r#"{"decision": "rejected", "comment": "No."}"#;
        assert_eq!(claims.program.post(&grace, &path, rejection).status, 200);

        ada.sees("Rejected").await;
        ada.press("Resubmit").await;
        ada.sees("Submitted").await;
        ada.sees_no("Resubmit").await;
        ada.find("//nav[not(.//*[@class = 'count'])]", "no task: it is with the others").await;
        claims.tasks(&grace, 1);
    })
    .await;
}
