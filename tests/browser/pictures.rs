//! The pictures of the README: what they show is what the program shows.

use std::path::{Path, PathBuf};

use crate::claims::Claims;
use crate::driver::{Look, browse};
use crate::person::Person;

/// Says that pictures and texts are to be written anew.
const UPDATE: &str = "UPDATE_SCREENSHOTS";

/// Puts what is different each time, moments and numbers, into one form.
const SETTLE: &str = "
    for (const time of document.querySelectorAll('time')) time.textContent = 'Mar 2, 2026, 9:00 AM';
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode;
        node.nodeValue = node.nodeValue
            .replace(/\\b[0-9a-f]{32}\\b/g, '8aef2d9c1f7a4b3e9d5c6a1b2f3e4d5c')
            .replace(/\\d{12,}/g, '191797793914882')
            .replace(/\\b[\\d.]+ (ms|s)\\b/g, '70 ms');
    }
    document.activeElement?.blur();
    return document.body.innerText;";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares what the page says with what stands beside the picture of it, or writes both.
async fn assert_pictured(person: &Person, name: &str, look: &Look) {
    let said = person.evaluate(SETTLE).await;
    let said = format!("{}\n", said.as_str().unwrap_or_default().trim());
    let picture = root().join("docs").join(format!("{name}.png"));
    let text = root().join("tests/browser/pictures").join(format!("{name}.txt"));
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(text, said).expect("the text");
        std::fs::write(picture, person.picture().await).expect("the picture");
        return;
    }
    let how = format!("`{UPDATE}=1 cargo nextest run -p wf-browser pictures` writes it anew");
    let shown = std::fs::read_to_string(text).unwrap_or_default();
    assert_eq!(said, shown, "the picture {name} shows something else: {how}");
    let picture = std::fs::read(picture).unwrap_or_else(|_| panic!("no picture {name}: {how}"));
    let number = |at: usize| {
        picture.get(at..at + 4).map(|it| u32::from_be_bytes([it[0], it[1], it[2], it[3]]))
    };
    assert_eq!((number(16), number(20)), (Some(look.size.0), Some(look.size.1)), "{name}");
}

#[tokio::test]
async fn the_readme_shows_what_people_see() {
    browse(async |driver| {
        let claims = Claims::start_with_claims();
        let desktop = Look { size: (1200, 760), ..Look::DESKTOP };
        let grace = claims.person_with(driver, "Gene", "supervisor", desktop.clone()).await;
        grace.open("/tasks").await;
        grace.press("Check the receipts of Ada").await;
        grace.fill("Comment", "Receipts are complete.").await;
        assert_pictured(&grace, "task", &desktop).await;
        grace.open("/data/reimbursements?view=board").await;
        assert_pictured(&grace, "board", &desktop).await;

        let token = claims.program.user("Ruth", "root");
        let dark = Look { size: (1200, 860), is_dark: true, ..Look::DESKTOP };
        let ruth = driver.person("Ruth", claims.program.url(), &token, dark.clone()).await;
        ruth.open("/executions?key=expense_review&status=open").await;
        ruth.find("//tbody//a", "an execution").await.click().await.expect("a link");
        ruth.find("//h2[contains(., 'Graph')]", "its graph").await;
        ruth.evaluate("document.querySelector('.graph').parentElement.scrollIntoView()").await;
        assert_pictured(&ruth, "execution", &dark).await;

        let paul = claims.person_with(driver, "Pam", "finance", Look::PHONE).await;
        paul.open("/tasks").await;
        paul.press("Pay 120.5 to Ada").await;
        paul.field("Reference").await;
        assert_pictured(&paul, "phone", &Look::PHONE).await;
    })
    .await;
}
