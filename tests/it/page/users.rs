//! Users, their roles and passwords on the page.

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
