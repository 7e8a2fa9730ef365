//! Where people see how a webhook is called.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use tower::ServiceExt as _;

use crate::model::program;

#[tokio::test]
async fn over_http_and_in_the_description() {
    let app = program().await;
    let root = app.root().await;
    let answer = root.fetch("/api/workflows:get?filterByTk=ordered").await;
    let shown = answer.data();
    assert_eq!((&shown["trigger"], &shown["path"]), (&"webhook".into(), &"shop/orders".into()));
    assert_eq!(shown["nodes"][0]["label"], "POST /api/hooks/shop/orders");
    let document = root.fetch("/api/openapi.json").await.body;
    let operation = &document["paths"]["/api/hooks/code"]["post"];
    let names = operation["parameters"].as_array().into_iter().flatten();
    let names: Vec<_> = names.map(|it| it["name"].as_str().unwrap_or_default()).collect();
    assert_eq!(names, ["X-Hub-Signature-256"]);
    assert_eq!(operation["security"], serde_json::json!([]));
    // It is no business of those who do not set it up.
    let document = app.anonymous().fetch("/api/openapi.json").await.body;
    assert!(document["paths"]["/api/hooks/code"].is_null(), "{document}");
}

#[tokio::test]
async fn it_is_called_below_the_prefix_of_the_router() {
    let app = program().await;
    let router = Router::new().nest("/shop", app.running().router());
    let request = Request::post("/shop/api/hooks/payments").body(Body::empty());
    let response = router.oneshot(request.expect("a request")).await;
    assert_eq!(response.map(|response| response.status().as_u16()), Ok(401));
}

#[tokio::test]
async fn the_page_has_a_command_that_signs() {
    let app = program().await;
    let token = app.running().add_user("Ida", &["admin"]).await.expect("a user");
    let request = Request::get("/admin/workflows/paid")
        .header("cookie", format!("wf_session={token}"))
        .header("host", "localhost:3000");
    let request = request.body(Body::empty()).expect("a request");
    let answer = app.running().answer(request).await;
    let page = axum::body::to_bytes(answer.into_body(), usize::MAX).await.expect("a page");
    let page = String::from_utf8_lossy(&page).replace("&quot;", "\"");
    for part in [
        "POST /api/hooks/payments",
        "within = 5 min",
        r#"printf '%s' "$id.$at.$body" | openssl dgst -sha256 -hmac "$WF_WEBHOOK_PAID" -binary | base64"#,
        "'http://localhost:3000/api/hooks/payments'",
        "workflows:execute?filterByTk=paid",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
}
