//! Who may come in: the first administrator, signing in and out, and what is left behind.

use crate::claims::Claims;
use crate::driver::{Look, browse};

const PASSWORD: &str = "correct horse battery";

#[tokio::test]
async fn the_first_administrator_comes_by_the_printed_address_and_lets_others_in() {
    browse(async |driver| {
        let claims = Claims::start();
        let line = claims.program.line_with("/admin/setup?code=");
        let setup = line.split("/admin").nth(1).expect("an address").to_owned();
        let url = claims.program.url();
        let ruth = driver.somebody("Ruth", url, Look::DESKTOP).await;
        ruth.open(&setup).await;
        ruth.fill("Nickname", "Ruth").await;
        ruth.fill("Password", PASSWORD).await;
        ruth.press("Create the account").await;
        ruth.sees("Nothing waits for you").await;

        ruth.press("Users").await;
        ruth.press("Add a user").await;
        ruth.fill("Nickname", "Ada").await;
        ruth.fill("Password", PASSWORD).await;
        ruth.field("employee").await.click().await.expect("a box to tick");
        ruth.find("//form//button[. = 'Add a user']", "the button")
            .await
            .click()
            .await
            .expect("it");
        ruth.find("//h1[. = 'Ada']", "the page of the user").await;

        // The address is good once.
        let other = driver.somebody("other", url, Look::DESKTOP).await;
        other.open(&setup).await;
        other.fill("Nickname", "Eve").await;
        other.fill("Password", PASSWORD).await;
        other.press("Create the account").await;
        other.find("//*[@role = 'alert']", "why not").await;

        other.open("/data/plans?sort=amount").await;
        assert!(other.path().await.starts_with("/sign-in"), "nobody sees anything before");
        other.fill("Email or nickname", "Ada").await;
        other.fill("Password", "wrong").await;
        other.press("Sign in").await;
        other.sees("The name or the password is wrong.").await;
        other.fill("Password", PASSWORD).await;
        other.press("Sign in").await;
        other.find("//h1[. = 'Plans']", "the page that was asked for").await;
        assert_eq!(other.path().await, "/data/plans?sort=amount");
    })
    .await;
}

#[tokio::test]
async fn who_signs_out_leaves_nothing_behind_the_back_button() {
    browse(async |driver| {
        let claims = Claims::start_with_claims();
        let ada = claims.person(driver, "Anna", "supervisor").await;
        ada.open("/data/reimbursements").await;
        ada.press("Lisbon").await;
        ada.find("//h1[. = 'Lisbon']", "the claim").await;
        ada.press("Anna supervisor").await;
        ada.press("Sign out").await;
        ada.find("//h1[. = 'Sign in']", "the way in").await;
        for _ in 0..2 {
            ada.browser.back().await.expect("a page before");
            ada.find("//h1[. = 'Sign in']", "the way in").await;
            let source = ada.source().await;
            assert!(!source.contains("Lisbon") && !source.contains("Anna"), "{source}");
        }
        let cookies = ada.devtools("Network.getCookies", serde_json::json!({})).await;
        assert!(!cookies.to_string().contains("wf_session"), "{cookies}");
    })
    .await;
}
