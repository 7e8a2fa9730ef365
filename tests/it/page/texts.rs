//! The page in the visitor's language.

use wfruntime::prelude::*;

use crate::program_under_test::Program;

/// A ticket that is counted.
#[collection]
pub struct Ticket {
    #[field(range = 1..=9)]
    pub seats: i64,
}

role! { usher { Ticket: view, create; } }

#[tokio::test]
async fn the_page_speaks_the_visitors_language() {
    let program = Program::start().await;
    let child = program.user("Bob", &["errand_child"]).await;
    let cookie = format!("wf_session={child}");
    let headers = [("cookie", &*cookie), ("accept-language", "de-AT, en;q=0.5")];
    let page = program.browse("GET", "/admin/data/errands", &headers, "").await;
    assert!(page.text.contains("<html lang=\"de\">") && page.text.contains("Noch ist nichts da"));
    let here = "/data/errands?sort=price";
    let page = program.page(&format!("/admin{here}"), &child, None).await;
    assert!(page.text.contains(&format!("name=\"next\" value=\"{here}\"")), "{}", page.text);
    let page = program.page("/admin/choose", &child, Some("language=fr&next=/data/errands")).await;
    assert!(
        page.headers["set-cookie"]
            .to_str()
            .is_ok_and(|cookie| cookie.starts_with("wf_language=fr;"))
    );
}

#[tokio::test]
async fn what_is_refused_is_told_in_the_visitors_language() {
    let program = Program::start().await;
    let usher = program.user("Uma", &["usher"]).await;
    let cookie = format!("wf_session={usher}");
    for (language, form, expected) in [
        ("de", "seats=12", "„Seats“ darf höchstens 9 sein."),
        ("fr", "seats=12", "« Seats » doit être au plus 9."),
        ("fr", "seats=", "Remplissez « Seats »."),
        ("de", "seats=many", "„Seats“ muss eine Zahl sein."),
        ("en", "seats=0", "“Seats” has to be at least 1."),
    ] {
        let headers = [
            ("cookie", &*cookie),
            ("accept-language", language),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let page = program.browse("POST", "/admin/data/tickets/new", &headers, form).await;
        assert_eq!(page.status, 400);
        assert!(page.text.contains(expected), "{language} {form}: {}", page.text);
    }
    // Programs that ask get what is documented, in English.
    let body = serde_json::json!({ "seats": 12 });
    let refused = program.post("/api/tickets:create", &usher, &body).await;
    assert_eq!(refused.body["errors"][0]["message"], "`seats` must be at most 9");
}
