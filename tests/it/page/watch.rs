//! Workflows and executions on the page.

use serde_json::json;

use super::{HOSTILE, assert_escaped, link};
use crate::program_under_test::Program;

#[tokio::test]
async fn an_administrator_watches_switches_and_cancels() {
    let program = Program::start().await;
    let root = program.user("Ada", &["root"]).await;
    let child = program.user("Bob", &["errand_child"]).await;
    let values = json!({ "what": HOSTILE, "price": "2" });
    let path = "/api/errands:create?triggerWorkflows=errand_leave";
    program.post(path, &child, &values).await;
    program.running.idle().await;

    let page = program.page("/admin/executions?key=errand_leave&status=open", &root, None).await;
    let execution = link(&page, "/admin/executions/");
    let page = program.page(&execution, &root, None).await;
    assert!(page.text.contains("data-state=\"pending\" data-key=\"leave\""), "{}", page.text);
    assert_escaped(&page);
    let cancelled = program.page(&format!("{execution}/cancel"), &root, Some("")).await;
    assert_eq!(cancelled.location(), execution);
    let page = program.page(&execution, &root, None).await;
    assert!(page.text.contains("data-status=\"aborted\""), "{}", page.text);
    assert_eq!(program.get("/api/tasks:list", &root).await.body["data"][0]["status"], "closed");

    let page = program.page("/admin/workflows/errand_leave", &root, None).await;
    assert!(page.text.contains("tests/it/page.rs:"), "where it is declared: {}", page.text);
    assert!(page.text.contains("errands:create?triggerWorkflows=errand_leave"), "{}", page.text);
    let switch = "/admin/workflows/errand_leave/switch";
    program.page(switch, &root, Some("enabled=false&next=/workflows")).await;
    let page = program.page("/admin/data/errands/new?form=wish", &child, None).await;
    assert!(page.text.contains("Switched off, and not run: Has it allowed"), "{}", page.text);
    program.page(switch, &root, Some("enabled=true&next=/workflows")).await;
}
