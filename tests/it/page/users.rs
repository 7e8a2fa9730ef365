//! Users, their roles and passwords on the page.

use serde_json::json;

use crate::program_under_test::Program;

#[tokio::test]
async fn users_are_added_given_roles_and_signed_out() {
    let program = Program::start().await;
    let root = program.user("Ada", &["root"]).await;
    let form = "nickname=Zoe&email=&password=correct+horse+battery&role=errand_child";
    let page = program.page("/admin/users", &root, Some(form)).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let user = page.location().to_owned();
    let signed_in = "account=Zoe&password=correct+horse+battery";
    let page = program.page("/admin/sign-in", "", Some(signed_in)).await;
    let cookie = page.headers["set-cookie"].to_str().expect("a cookie").to_owned();
    let zoe = cookie.split(['=', ';']).nth(1).expect("a token").to_owned();
    assert_eq!(program.page("/admin/data/errands", &zoe, None).await.status, 200);

    program.page(&format!("{user}/revoke"), &root, Some("")).await;
    assert_eq!(program.page("/admin/data/errands", &zoe, None).await.status, 303, "signed out");
    program.page(&format!("{user}/roles"), &root, Some("role=errand_parent")).await;
    let page = program.page(&user, &root, None).await;
    assert!(page.text.contains("value=\"errand_parent\" checked"), "{}", page.text);

    // Nobody makes himself root.
    let admin = program.user("Max", &["admin"]).await;
    let refused = program.page(&format!("{user}/roles"), &admin, Some("role=root")).await;
    assert_eq!(refused.status, 403);
    let again = program.page("/admin/users", &root, Some(form)).await;
    assert_eq!(again.status, 409, "the name is taken: {}", again.text);

    let gone = program.page(&format!("{user}/destroy"), &root, Some("")).await;
    assert_eq!(gone.location(), "/admin/users");
    assert_eq!(program.page(&user, &root, None).await.status, 404);
    let own = program.get("/api/auth:check", &root).await.id();
    let page = program.page(&format!("/admin/users/{own}"), &root, None).await;
    assert!(!page.text.contains("/destroy"), "nobody deletes himself: {}", page.text);
}

#[tokio::test]
async fn an_admin_gives_roles_and_defines_none() {
    let program = Program::start().await;
    let root = program.user("Ada", &["root"]).await;
    let admin = program.user("Max", &["admin"]).await;
    let own = |token: String| {
        let program = &program;
        async move { program.get("/api/auth:check", &token).await.id() }
    };
    let (root_id, admin_id) = (own(root.clone()).await, own(admin.clone()).await);

    // A role that the program does not declare is none, and nothing makes one.
    let path = format!("/admin/users/{admin_id}/roles");
    let refused = program.page(&path, &admin, Some("role=admin&role=inquisitor")).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert!(refused.text.contains("There is no such role."), "{}", refused.text);
    for path in ["/admin/roles", "/admin/roles/new", "/admin/data/roles"] {
        assert_eq!(program.page(path, &admin, None).await.status, 404, "{path}");
    }
    for action in ["create", "update", "destroy"] {
        let path = format!("/api/roles:{action}?filterByTk=admin");
        assert_eq!(program.post(&path, &admin, &json!({ "name": "inquisitor" })).await.status, 404);
    }

    // Nor does an admin give the one that may do all, or take it.
    let page = program.page("/admin/users", &admin, None).await;
    assert!(page.text.contains("value=\"errand_child\""), "{}", page.text);
    assert!(!page.text.contains("value=\"root\""), "{}", page.text);
    for (id, form) in [(admin_id, "role=admin&role=root"), (root_id, "role=admin")] {
        let refused = program.page(&format!("/admin/users/{id}/roles"), &admin, Some(form)).await;
        assert_eq!(refused.status, 403, "{form}: {}", refused.text);
    }
    let roles = program.get("/api/auth:check", &root).await.body["data"]["roles"].clone();
    assert_eq!(roles, json!(["root"]));
    let page = program.page("/admin/users", &root, None).await;
    assert!(page.text.contains("value=\"root\""), "who is root gives it: {}", page.text);
}
