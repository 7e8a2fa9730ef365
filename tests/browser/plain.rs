//! In a browser that runs no scripts.

use crate::claims::Claims;
use crate::driver::{Look, browse};

#[tokio::test]
async fn a_claim_is_filed_and_approved_without_any_script() {
    browse(async |driver| {
        let claims = Claims::start();
        let look = Look { has_script: false, ..Look::DESKTOP };
        let ada = claims.person_with(driver, "Ada", "employee", look.clone()).await;
        let grace = claims.person_with(driver, "Grace", "supervisor", look).await;
        ada.files_a_claim("Berlin", "740").await;
        ada.sees("a supervisor has to approve this claim").await;
        let page = ada.source().await;
        assert!(
            page.contains("<button class=\"small\">Choose</button>"),
            "no script has run: {page}"
        );

        let token = claims.program.user("Gene", "supervisor");
        claims.tasks(&token, 1);
        grace.open("/tasks").await;
        grace.press("Check the receipts of Ada").await;
        grace.press("Approve").await;
        grace.sees("Nothing waits for you").await;
        claims.until_status(&token, "approved");
        ada.browser.refresh().await.expect("the page again");
        ada.sees("Approved").await;
        ada.press("Ada employee").await;
        ada.press("Sign out").await;
        ada.find("//h1[. = 'Sign in']", "the way in").await;
    })
    .await;
}
