//! The page in the visitor's language.

use crate::program_under_test::Program;

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
