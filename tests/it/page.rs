//! The web page as a browser asks for it: signing in, forms, tasks, and what it never shows.

use serde_json::json;
use wfruntime::prelude::*;

use crate::program_under_test::{Page, Program};

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
    assert!(page.text.contains("wrong name or password"), "{}", page.text);
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
}

#[tokio::test]
async fn the_page_speaks_the_visitors_language() {
    let program = Program::start().await;
    let child = program.user("Bob", &["errand_child"]).await;
    let cookie = format!("wf_session={child}");
    let headers = [("cookie", &*cookie), ("accept-language", "de-AT, en;q=0.5")];
    let page = program.browse("GET", "/admin/data/errands", &headers, "").await;
    assert!(page.text.contains("<html lang=\"de\">") && page.text.contains("Noch ist nichts da"));
    let page = program.page("/admin/choose", &child, Some("language=fr&next=/data/errands")).await;
    assert!(
        page.headers["set-cookie"]
            .to_str()
            .is_ok_and(|cookie| cookie.starts_with("wf_language=fr;"))
    );
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
