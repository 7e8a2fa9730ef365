//! What other programs may ask for, to read on the page.

use serde_json::Value;

use crate::program_under_test::Program;

#[tokio::test]
async fn what_a_role_may_ask_for_is_shown_to_it() {
    let program = Program::start().await;
    let child = program.user("Bob", &["errand_child"]).await;
    let page = program.page("/admin/api", &child, None).await;
    assert_eq!(page.status, 200, "{}", page.text);
    for part in ["/api/errands:create", "id=\"shape-ErrandCreate\"", "href=\"#shape-Errand\""] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(page.text.contains("wished") && page.text.contains("(decimal)"), "{}", page.text);
    for hidden in ["keyCode", "workflows:list", "executions:list", "/api/bands"] {
        assert!(!page.text.contains(hidden), "{hidden}");
    }
    let file = program.page("/admin/api.json", &child, None).await;
    let document: Value = serde_json::from_str(&file.text).expect("JSON");
    assert_eq!((file.status.as_u16(), &document["openapi"]), (200, &Value::from("3.1.0")));
    let nobody = program.page("/admin/api", "", None).await;
    assert!(nobody.location().contains("/sign-in"), "{nobody:?}");
}
