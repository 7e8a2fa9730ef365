//! What somebody may not see is not there: not even in the source of a page.

use std::collections::BTreeSet;

use serde_json::Value;
use wfruntime::prelude::Timestamp;

use crate::claims::Claims;
use crate::driver::{Look, browse};
use crate::person::Person;

/// The sources of all pages that links lead to from here, by path.
async fn everything(person: &Person) -> Vec<(String, String)> {
    let mut left = vec!["/".to_owned()];
    let (mut known, mut sources) = (BTreeSet::from(["/".to_owned()]), Vec::new());
    while let Some(path) = left.pop() {
        person.open(&path).await;
        let links = "return [...document.querySelectorAll('a[href^=\"/admin/\"]')]
            .map((link) => link.getAttribute('href'))";
        let links = person.evaluate(links).await;
        for link in links.as_array().into_iter().flatten().filter_map(Value::as_str) {
            let link = link.trim_start_matches("/admin").to_owned();
            // The same list in another order shows nothing else.
            if !link.contains("sort=") && known.insert(link.clone()) {
                left.push(link);
            }
        }
        sources.push((path, person.source().await));
    }
    sources
}

#[tokio::test]
async fn an_employee_finds_nothing_of_others_and_of_the_inside() {
    browse(async |driver| {
        let claims = Claims::start_with_claims();
        let token = claims.program.user("Bob", "employee");
        let bob = driver.person("Bob", claims.program.url(), &token, Look::DESKTOP).await;
        bob.files_a_claim("Vienna", "12").await;
        bob.sees("Approved").await;
        let root = claims.program.user("Ruth", "root");
        let id = |path: &str| claims.program.get(&root, path).body["data"][0]["id"].to_string();

        let sources = everything(&bob).await;
        assert!(
            sources.len() > 5,
            "{:?}",
            sources.iter().map(|(path, _)| path).collect::<Vec<_>>()
        );
        for (path, source) in &sources {
            let source = without_ids(source);
            for secret in [
                "Lisbon",
                "Berlin",
                "740",
                "ayment",
                "notify_finance",
                "say_who_decides",
                "plan_review",
                "/admin/workflows",
                "/admin/executions",
            ] {
                assert!(!source.contains(secret), "{secret} at {path}: {source}");
            }
        }
        // Nor by an address that somebody tells.
        let claim = id("/api/reimbursements:list?filter={\"project\":\"Berlin\"}");
        let execution = id("/api/executions:list?filter={\"key\":\"payment\"}");
        let task = id("/api/tasks:list?filter={\"title\":\"Pay%20120.5%20to%20Ada\"}");
        for path in [
            format!("/data/reimbursements/{claim}"),
            format!("/data/reimbursements/{claim}/edit"),
            format!("/executions/{execution}"),
            format!("/tasks/{task}"),
            "/data/payments".to_owned(),
            "/data/payments/new".to_owned(),
            "/workflows/payment".to_owned(),
            "/workflows".to_owned(),
            "/users".to_owned(),
            "/pick/payments?q=".to_owned(),
        ] {
            bob.open(&path).await;
            let source = without_ids(&bob.source().await);
            for secret in ["Lisbon", "Berlin", "740", "Has finance pay", "amount", "Amount"] {
                assert!(!source.contains(secret), "{secret} at {path}: {source}");
            }
        }
    })
    .await;
}

/// The source without ids and moments, in which any amount may stand by chance.
fn without_ids(source: &str) -> String {
    let is_moment = |part: &&str| part.parse::<Timestamp>().is_ok();
    let text: Vec<&str> = source.split('"').filter(|part| !is_moment(part)).collect();
    let text = text.join("\"");
    let parts = text.split_inclusive(|letter: char| !letter.is_ascii_digit());
    let is_id = |part: &&str| part.bytes().filter(u8::is_ascii_digit).count() >= 12;
    parts.filter(|part| !is_id(part)).collect()
}
