//! Forms, records and lists on the page.

use super::link;
use crate::program_under_test::Program;

#[tokio::test]
async fn a_wish_is_filled_in_decided_and_seen() {
    let program = Program::start().await;
    let child = program.user("Bob", &["errand_child"]).await;
    let parent = program.user("Eve", &["errand_parent"]).await;

    let page = program.page("/admin/data/errands", &child, None).await;
    assert!(page.text.contains("There is nothing yet"), "{}", page.text);
    let form = link(&page, "/admin/data/errands/new");
    assert_eq!(form, "/admin/data/errands/new?form=wish");
    let page = program.page(&form, &child, None).await;
    assert!(page.text.contains("What you say is read aloud."), "{}", page.text);
    assert!(page.text.contains("value=\"wish.ask\""), "{}", page.text);

    // What is wrong stands at its field, and what was written is kept.
    let page = program.page(&form, &child, Some("what=&price=a+lot&button=wish.ask")).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("aria-describedby=\"field-price-help\""), "{}", page.text);
    assert!(page.text.contains("value=\"a lot\""), "{}", page.text);

    let page = program.page(&form, &child, Some("what=Milk&price=1.50&button=wish.ask")).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let record = page.location().to_owned();
    let said = page.headers["set-cookie"].to_str().expect("a cookie");
    assert!(said.starts_with("wf_said=it%20costs%201%2E5"), "{said}");
    let said = format!("wf_session={child}; {}", said.split(';').next().expect("a value"));
    let page = program.browse("GET", &record, &[("cookie", &said)], "").await;
    assert!(page.text.contains("role=\"status\">it costs 1.5"), "{}", page.text);
    assert!(page.text.contains("Forget"), "a button of the record");
    program.running.idle().await;

    let page = program.page("/admin/tasks", &parent, None).await;
    assert!(page.text.contains("<span class=\"count\">1</span>"), "{}", page.text);
    let task = link(&page, "/admin/tasks/");
    let page = program.page(&task, &parent, None).await;
    assert!(page.text.contains("May they fetch Milk?"), "{}", page.text);
    assert!(page.text.contains("1.5"), "what it is about: {}", page.text);
    let decided = program.page(&task, &parent, Some("decision=approved&comment=Hurry")).await;
    assert_eq!(decided.location(), "/admin/tasks");
    let again = program.page(&task, &parent, Some("decision=rejected")).await;
    assert_eq!(again.status, 409);
    assert!(again.text.contains("Eve"), "who decided: {}", again.text);
    program.running.idle().await;
    let page = program.page(&record, &child, None).await;
    assert!(page.text.contains("Sent"), "{}", page.text);
    assert!(!page.text.contains("Forget"), "its condition does not hold any more");
}

#[tokio::test]
async fn what_is_stored_although_a_workflow_failed_is_no_form_to_send_again() {
    let program = Program::start().await;
    let child = program.user("Bob", &["errand_child"]).await;
    let form = "/admin/data/errands/new?form=wish";
    let page = program.page(form, &child, Some("what=Car&price=101&button=wish.ask")).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let said = page.headers["set-cookie"].to_str().expect("a cookie");
    assert!(said.contains("too%20dear"), "{said}");
    assert_eq!(program.get("/api/errands:list", &child).await.body["meta"]["count"], 1);
}
