//! On a phone: nothing is cut off, and nothing is out of reach.

use crate::audit::pages;
use crate::claims::Claims;
use crate::driver::{Look, browse};
use crate::person::Person;

/// What is wider than the page or out of reach of a thumb, but for what scrolls by itself.
const OUT_OF_REACH: &str = "
    for (const folded of document.querySelectorAll('main details:not(.confirm)')) folded.open = true;
    const scrolls = (element) => {
        for (let one = element; one && one !== document.body; one = one.parentElement) {
            if (['auto', 'scroll'].includes(getComputedStyle(one).overflowX)) return true;
        }
        return false;
    };
    const faults = [];
    if (document.documentElement.scrollWidth > innerWidth) {
        faults.push(`the page is ${document.documentElement.scrollWidth} wide`);
    }
    for (const one of document.querySelectorAll('a, button, summary, input, select, textarea, h1, dd, li')) {
        const box = one.getBoundingClientRect();
        if (!box.width || !one.checkVisibility() || scrolls(one) || one.matches('.hidden, .skip')) continue;
        if (box.left < 0 || box.right > innerWidth + 0.5) faults.push(one.outerHTML.slice(0, 120));
    }
    return faults.join('\\n');";

pub(crate) async fn assert_within_reach(person: &Person, path: &str) {
    let faults = person.evaluate(OUT_OF_REACH).await;
    assert_eq!(faults, "", "{path} at {}", person.path().await);
}

#[tokio::test]
async fn every_page_fits_a_phone_in_the_language_of_long_words() {
    browse(async |driver| {
        let claims = Claims::start_with_claims();
        let token = claims.program.user("Ruth", "root");
        let look = Look { language: "de", ..Look::PHONE };
        let ruth = driver.person("Ruth", claims.program.url(), &token, look).await;
        for path in pages(&claims, &token) {
            ruth.open(&path).await;
            assert_within_reach(&ruth, &path).await;
        }
        ruth.open("/data/reimbursements").await;
        ruth.find("//summary[contains(., 'Ruth')]", "the menu").await.click().await.expect("it");
        assert_within_reach(&ruth, "the menu").await;
        ruth.press("Passwort ändern").await;
        ruth.field("Das neue Passwort").await;
    })
    .await;
}

#[tokio::test]
async fn a_task_is_decided_on_a_phone() {
    browse(async |driver| {
        let claims = Claims::start_with_claims();
        let grace = claims.person_with(driver, "Gene", "supervisor", Look::PHONE).await;
        grace.open("/").await;
        grace.press("Check the receipts of Ada").await;
        grace.sees("740").await;
        grace.fill("Comment", "Fine.").await;
        assert_within_reach(&grace, "the task").await;
        grace.press("Approve").await;
        grace.sees("Nothing waits for you").await;
        grace.press("Reimbursements").await;
        grace.press("Board").await;
        grace.press("Berlin").await;
        grace.sees("Approved").await;
    })
    .await;
}
