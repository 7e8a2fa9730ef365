//! The web page as a browser asks for it: signing in, safety, and what it never shows.

use serde_json::json;
use wfruntime::prelude::*;

use crate::program_under_test::{Page, Program};

mod api;
mod data;
mod executions;
mod history;
mod tasks;
mod texts;
mod users;
mod watch;

/// Something that somebody is sent for.
#[collection]
pub struct Errand {
    #[field(length = 1..=80)]
    pub what: String,
    pub price: Decimal,
    #[field(default = ErrandState::Wished)]
    pub state: ErrandState,
    #[field(hidden)]
    pub key_code: Option<String>,
    pub note: Option<String>,
}

/// Where an errand stands.
#[choice]
pub enum ErrandState {
    Wished,
    Sent,
    Refused,
}

workflow! {
    /// Has it allowed.
    #[post_action(mode = "local")]
    errand_leave<Errand> {
        let leave = approve "May they fetch {data.what}?" { by: role(errand_parent) };
        if leave.is_rejected() {
            update data { state: ErrandState::Refused };
            end failed "no";
        }
        update data { state: ErrandState::Sent };
    }
}

/// Says what it costs.
#[post_action(mode = "global", on = [create], execution = "sync")]
async fn errand_price(errand: PostAction<Errand>, cx: SyncContext) -> Result<()> {
    if errand.data.price > dec!(100) {
        cx.end_failed("too dear; it is written down all the same")?;
    }
    cx.respond(format!("it costs {}", errand.data.price)).await?;
    Ok(())
}

forms! {
    Errand {
        /// What you say is read aloud.
        add "Wish" (what, price) { "Ask" => [errand_leave]; }
        row "Forget" { state: ErrandState::Refused } when state == ErrandState::Wished;
    }
}

role! {
    errand_child { Errand: view(what, price, state), create(what, price), update(); workflows: errand_leave; }
    errand_parent { Errand: view; tasks; }
    errand_guest {}
}

const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

fn assert_escaped(page: &Page) {
    assert!(page.text.contains("&lt;script&gt;alert(1)"), "{}", page.text);
    for raw in ["<script>alert", "<img src=x"] {
        assert!(!page.text.contains(raw), "{}", page.text);
    }
}

/// The first address on the page that begins so.
fn link(page: &Page, start: &str) -> String {
    let from = page.text.find(start).unwrap_or_else(|| panic!("no {start} in {}", page.text));
    page.text[from..].split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn who_is_not_signed_in_is_asked_to_and_comes_back() {
    let program = Program::start().await;
    let root = program.user("Ada", &["root"]).await;
    let id = program.get("/api/auth:check", &root).await.id();
    let password = json!({ "password": "correct horse battery" });
    program.post(&format!("/api/users:setPassword?filterByTk={id}"), &root, &password).await;

    let page = program.browse("GET", "/admin/data/errands?sort=price", &[], "").await;
    assert_eq!(page.status, 303);
    assert_eq!(page.location(), "/admin/sign-in?next=%2Fdata%2Ferrands%3Fsort%3Dprice");
    let page = program.browse("GET", page.location(), &[], "").await;
    assert!(page.text.contains("value=\"/data/errands?sort=price\""), "{}", page.text);

    let form = "account=Ada&password=wrong&next=%2Fdata%2Ferrands";
    let page = program.page("/admin/sign-in", "", Some(form)).await;
    assert_eq!(page.status, 401);
    assert!(page.text.contains("The name or the password is wrong."), "{}", page.text);
    assert!(page.text.contains("value=\"Ada\""), "what was written is kept");
    assert!(page.text.contains("value=\"/data/errands\""), "and where it was to go");

    let form = "account=Ada&password=correct+horse+battery&next=%2Fdata%2Ferrands";
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-forwarded-proto", "https"),
    ];
    let page = program.browse("POST", "/admin/sign-in", &headers, form).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/admin/data/errands"));
    let cookie = page.headers["set-cookie"].to_str().expect("a cookie").to_owned();
    assert!(
        cookie.ends_with("; Path=/admin; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure"),
        "{cookie}"
    );
    let token = cookie.split(['=', ';']).nth(1).expect("a token").to_owned();
    assert_eq!(program.page("/admin/data/errands", &token, None).await.status, 200);

    let page = program.page("/admin/sign-out", &token, Some("")).await;
    assert_eq!(page.location(), "/admin/sign-in");
    assert_eq!(program.page("/admin/data/errands", &token, None).await.status, 303);
    let foreign = "account=Ada&password=correct+horse+battery&next=https://evil.example";
    let page = program.page("/admin/sign-in", "", Some(foreign)).await;
    assert_eq!(page.location(), "/admin", "nobody is sent to another site");
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    let program = Program::start().await;
    let child = program.user("Bob", &["errand_child"]).await;
    let cookie = format!("wf_session={child}");
    for headers in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("origin", "https://evil.example"), ("host", "errands.example")],
        vec![],
    ] {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let headers = [headers, vec![("cookie", &*cookie), kind]].concat();
        let path = "/admin/data/errands/new";
        let page =
            program.browse("POST", path, &headers, "what=Milk&price=1&button=wish.ask").await;
        assert_eq!(page.status, 403, "{headers:?}");
    }
    assert_eq!(program.get("/api/errands:list", &child).await.body["meta"]["count"], 0);
    // The routes below `/api` know no cookies, so that no other site can use them.
    let answer = program.send("GET", "/api/errands:list", &[("cookie", &cookie)], "").await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_on_a_page() {
    let program = Program::start().await;
    let root = program.user("Ada", &["root"]).await;
    for path in ["/admin/tasks/seven", "/admin/data/errands/x", "/admin/sign-out"] {
        let page = program.page(path, &root, None).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.text.contains("<p>There is no such page.</p>"), "{path}: {}", page.text);
    }
    let page = program.page("/admin/sign-in", "", Some("account=Ada")).await;
    assert!(page.status == 422 && page.text.contains("could not be read"), "{page:?}");
}

#[tokio::test]
async fn every_page_has_the_headers_of_safety() {
    let program = Program::start().await;
    let root = program.user("Ada", &["root"]).await;
    for path in ["/admin/sign-in", "/admin/data/errands", "/admin/nowhere", "/admin/executions/7"] {
        let page = program.page(path, &root, None).await;
        let header = |name: &str| page.headers[name].to_str().expect("a text").to_owned();
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self'"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert!(!page.text.contains(" style="), "no style that the policy would refuse");
    }
    let style = link(&program.page("/admin/sign-in", "", None).await, "/admin/assets/style.");
    let style = program.page(&style, "", None).await;
    assert_eq!(style.headers["content-type"], "text/css; charset=utf-8");
    assert_eq!(style.headers["cache-control"], "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn what_a_role_may_not_see_is_not_in_the_source() {
    let program = Program::start().await;
    let root = program.user("Ada", &["root"]).await;
    let child = program.user("Bob", &["errand_child"]).await;
    let guest = program.user("Gil", &["errand_guest"]).await;
    let values =
        json!({ "what": HOSTILE, "price": "1", "keyCode": "4711", "note": "for Eve alone" });
    let id = program.post("/api/errands:create", &root, &values).await.id();

    for path in ["/admin/data/errands".to_owned(), format!("/admin/data/errands/{id}")] {
        let page = program.page(&path, &root, None).await;
        assert_escaped(&page);
        assert!(
            page.text.contains("for Eve alone") && !page.text.contains("4711"),
            "{}",
            page.text
        );
        let page = program.page(&path, &child, None).await;
        assert_escaped(&page);
        assert!(!page.text.contains("for Eve") && !page.text.contains("4711"), "{}", page.text);
        assert!(!page.text.contains("/admin/workflows"), "{}", page.text);
        assert_eq!(program.page(&path, &guest, None).await.status, 404);
    }
    for path in ["/admin/workflows", "/admin/executions", "/admin/users"] {
        assert_eq!(program.page(path, &child, None).await.status, 403, "{path}");
    }
    let page = program.page("/admin", &guest, None).await;
    assert!(page.text.contains("may see no collection"), "{}", page.text);
    // Filters and sorting by what may not be seen.
    for (field, status) in [("note", 403), ("keyCode", 400)] {
        let path = format!("/admin/data/errands?sort={field}");
        assert_eq!(program.page(&path, &child, None).await.status, status, "{path}");
    }
    let page =
        program.page("/admin/data/errands?f.note=for+Eve+alone&q=script", &child, None).await;
    assert_escaped(&page);
}

#[tokio::test]
async fn a_page_can_be_left_out_or_stand_below_a_prefix() {
    use tower::ServiceExt as _;

    let program = Program::start_with(App::without_page).await;
    let page = program.browse("GET", "/admin", &[], "").await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("unknown_path"), "{}", page.text);

    let program = Program::start().await;
    let child = program.user("Bob", &["errand_child"]).await;
    let router = axum::Router::new().nest("/claims", program.running.router());
    for (path, expected) in [
        ("/claims/admin", "/claims/admin/data/errands"),
        ("/claims/admin/data/errands", "\"/claims/admin/data/errands/new?form=wish\""),
        ("/claims/admin/data/errands?sort=price", "errands?sort=price&amp;view=board\""),
    ] {
        let request =
            axum::http::Request::get(path).header("cookie", format!("wf_session={child}"));
        let request = request.body(axum::body::Body::empty()).expect("a request");
        let response = router.clone().oneshot(request).await.expect("an answer");
        let location = response.headers().get("location").cloned();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        let told = format!("{location:?} {}", String::from_utf8_lossy(&body));
        assert!(told.contains(expected), "{path}: {told}");
    }
}

#[tokio::test]
async fn an_open_page_is_told_of_what_is_written() {
    use futures_util::StreamExt as _;

    let program = Program::start().await;
    let child = program.user("Bob", &["errand_child"]).await;
    let request =
        axum::http::Request::get("/admin/live").header("cookie", format!("wf_session={child}"));
    let request = request.body(axum::body::Body::empty()).expect("a request");
    let response = program.running.answer(request).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.into_body().into_data_stream();
    program.post("/api/errands:create", &child, &json!({ "what": "Milk", "price": "1" })).await;
    let event = events.next().await.expect("an event").expect("bytes");
    assert!(event.starts_with(b"data: "), "{event:?}");
    program.running.shutdown().await.expect("a shutdown");
}
