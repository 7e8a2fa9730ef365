//! The whole story without a mouse: nothing is pressed but keys, and where one is can be seen.

use thirtyfour::prelude::*;

use crate::claims::Claims;
use crate::driver::browse;
use crate::person::Person;

/// What is told of where the keyboard is: what it is, what is written there, and whether that is
/// to be seen.
const FOCUS: &str = "
    const element = document.activeElement;
    const [style, box] = [getComputedStyle(element), element.getBoundingClientRect()];
    const within = element.closest('g') ? getComputedStyle(element.querySelector('rect')) : style;
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
        || parseFloat(within.strokeWidth) >= 4;
    const inside = box.width > 0 && box.right > 0 && box.bottom > 0
        && box.left < innerWidth && box.top < innerHeight;
    const label = element.labels?.[0]?.innerText ?? '';
    const text = element.getAttribute('aria-label') ?? (label || element.innerText || '');
    return [element.tagName, text.trim().split('\\n')[0], String(ring && inside)];";

impl Person {
    async fn presses(&self, keys: impl Into<TypingData>) {
        let chain = self.browser.action_chain().send_keys(keys);
        chain.perform().await.expect("keys");
    }

    /// Where the keyboard is: what kind of thing, and what is written on it.
    async fn focus(&self) -> (String, String) {
        let told = self.evaluate(FOCUS).await;
        let part = |index: usize| told[index].as_str().unwrap_or_default().to_owned();
        assert!(part(0) == "BODY" || part(2) == "true", "the focus is not to be seen: {told}");
        (part(0), part(1))
    }

    /// Goes on until the keyboard is where this is written.
    async fn tabs_to(&self, text: &str) {
        let mut seen = Vec::new();
        for _ in 0..60 {
            self.presses(Key::Tab).await;
            let (kind, here) = self.focus().await;
            if here.starts_with(text) {
                return;
            }
            seen.push(format!("{kind} {here}"));
        }
        panic!("no way to {text} but to {}", seen.join(", "));
    }

    async fn enters(&self) {
        self.presses(Key::Enter).await;
    }
}

#[tokio::test]
async fn a_claim_is_filed_and_approved_by_keys_alone() {
    browse(async |driver| {
        let claims = Claims::start();
        let ada = claims.person(driver, "Ada", "employee").await;
        ada.open("/data/reimbursements").await;
        ada.presses(Key::Tab).await;
        assert_eq!(ada.focus().await.1, "To the content", "the first stop");
        ada.enters().await;
        ada.tabs_to("Claim").await;
        let passed = ada.evaluate("return document.activeElement.closest('main') !== null").await;
        assert_eq!(passed, true);
        ada.enters().await;
        ada.find("//h1[. = 'Claim']", "the form").await;
        ada.tabs_to("Project").await;
        ada.presses("Berlin").await;
        ada.tabs_to("Amount").await;
        ada.presses("740").await;
        ada.tabs_to("Submit").await;
        ada.enters().await;
        ada.sees("Submitted").await;

        let grace = claims.person(driver, "Grace", "supervisor").await;
        grace.open("/tasks").await;
        grace.sees("Check the receipts of Ada").await;
        grace.tabs_to("Check the receipts of Ada").await;
        grace.enters().await;
        grace.field("Comment").await;
        grace.tabs_to("Comment").await;
        grace.presses("Receipts are complete.").await;
        grace.tabs_to("Approve").await;
        grace.presses(" ").await;
        grace.sees("Nothing waits for you").await;
        ada.sees("Approved").await;
    })
    .await;
}

#[tokio::test]
async fn lists_menus_and_graphs_are_reached_by_keys() {
    browse(async |driver| {
        let claims = Claims::start_with_claims();
        let ruth = claims.person(driver, "Ruth", "root").await;
        ruth.open("/data/reimbursements").await;
        ruth.tabs_to("Filters").await;
        ruth.presses(" ").await;
        ruth.tabs_to("Status").await;
        // Down to the first of the statuses, a draft; nothing is sent meanwhile.
        ruth.presses(Key::Down).await;
        ruth.tabs_to("Search").await;
        ruth.enters().await;
        ruth.sees("Oslo").await;
        ruth.sees_no("Berlin").await;

        ruth.tabs_to("Ruth").await;
        ruth.enters().await;
        ruth.tabs_to("Language").await;
        ruth.presses(Key::Down).await;
        ruth.presses(Key::Down).await;
        ruth.tabs_to("Choose").await;
        ruth.enters().await;
        ruth.find("//*[@lang = 'de']//h1", "the page in German").await;
        ruth.sees("Oslo").await;

        ruth.open("/workflows/expense_review").await;
        ruth.tabs_to("update data").await;
        ruth.presses(" ").await;
        ruth.find("//*[local-name() = 'g'][@class = 'copied']", "a sign").await;
    })
    .await;
}
