//! What a program tells of itself: traces that go on wherever work goes, and spans.

mod capture;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use expect_test::expect;
use serde_json::{Value, json};
use tracing::Level;
use wfruntime::prelude::*;
use wfruntime::testing::{Answer, TestApp};

use capture::{Captured, Span};

/// A ship that is on its way.
#[collection]
pub struct Voyage {
    pub ship: String,
    #[field(hidden)]
    pub cargo: Option<String>,
    pub harbour: i64,
    pub state: Option<String>,
}

/// Sails, asks the harbour, and calls who unloads.
#[post_action(mode = "local")]
async fn sail(voyage: PostAction<Voyage>, cx: Context) -> Result<()> {
    let mut voyage = voyage.data;
    cx.sleep(Duration::from_secs(3600)).await?;
    let url = format!("http://127.0.0.1:{}/{}", voyage.harbour, voyage.ship);
    cx.request("GET", url).await?;
    cx.update(&mut voyage, Voyage::changes().state("there")).await?;
    cx.call::<unload>(&voyage).await.map(drop)
}

/// Is called.
#[post_action(mode = "local")]
async fn unload(voyage: PostAction<Voyage>, cx: Context) -> Result<()> {
    cx.run("unload", async || Ok(())).await?;
    cx.require(voyage.data.cargo.is_some(), "there is nothing to unload")
}

/// Hears that it has arrived.
#[collection_event(on = [update], changed = [state])]
async fn arrived(voyage: CollectionEvent<Voyage>, cx: Context) -> Result<()> {
    drop(voyage);
    cx.run("ring", async || Ok(())).await
}

/// Runs before the request is answered.
#[post_action(mode = "local", execution = "sync")]
async fn christen(voyage: PostAction<Voyage>, cx: SyncContext) -> Result<()> {
    let mut voyage = voyage.data;
    cx.update(&mut voyage, Voyage::changes().state("christened")).await
}

/// Breaks with what nobody has to see.
#[post_action(mode = "local", execution = "sync")]
async fn sink(voyage: PostAction<Voyage>, cx: SyncContext) -> Result<()> {
    let text = voyage.data.ship.clone();
    cx.run("pump", async || Err::<(), _>(Error::internal(text.clone()))).await
}

const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

/// The trace headers of what came to the harbour.
type Asked = Arc<Mutex<Vec<(String, String)>>>;

async fn harbour() -> (i64, Asked) {
    let asked = Asked::default();
    let keep = Arc::clone(&asked);
    let hear = async move |headers: HeaderMap| {
        let told = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let told = ["traceparent", "tracestate"].map(|name| told(name).unwrap_or("-").to_owned());
        keep.lock().expect("the list").push(told.into());
    };
    let routes = axum::Router::new().fallback(hear);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (port.into(), asked)
}

/// An application, and a token of root.
async fn start() -> (TestApp, String) {
    let test = TestApp::start(|app| app.allow_requests_to(["127.0.0.1"])).await;
    let token = test.running().add_user("Root", &["root"]).await.expect("a user");
    (test, token)
}

/// Sends a voyage that fires these, with headers.
async fn send(
    (test, token): &(TestApp, String),
    fires: &str,
    headers: &[(&str, &str)],
    voyage: &Value,
) -> Answer {
    let path = format!("/api/voyages:create?triggerWorkflows={fires}");
    let mut request = Request::builder().method("POST").uri(path);
    request = request.header("authorization", format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(voyage.to_string())).expect("a request");
    test.anonymous().send_raw(request).await
}

/// The executions, the earliest first, with their traces.
async fn traced(test: &TestApp, filter: &str) -> Vec<(String, String)> {
    let path = format!("/api/executions:list?sort=id&filter={filter}");
    let listed = test.root().await.fetch(&path).await;
    let text = |of: &Value| of.as_str().unwrap_or("-").to_owned();
    let rows = listed.data().as_array().expect("a list").clone();
    rows.iter().map(|row| (text(&row["key"]), text(&row["traceId"]))).collect()
}

#[tokio::test]
async fn a_trace_goes_wherever_the_work_goes() {
    let (port, asked) = harbour().await;
    let app = start().await;
    let test = &app.0;
    let parent = format!("00-{ID}-{SPAN}-01");
    let headers = [("traceparent", parent.as_str()), ("tracestate", "rojo=1,congo=t61")];
    let voyage = json!({ "ship": "Endurance", "harbour": port });
    send(&app, "sail", &headers, &voyage).await.expect_status(200);
    test.rest().await;
    // It sleeps, in the database alone.
    test.restart().await;
    test.advance(Duration::from_secs(4000)).await;
    let filter = format!("{{\"traceId\":\"{ID}\"}}");
    let found = traced(test, &filter).await;
    let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["sail", "arrived", "unload"]);
    let (told, state) = asked.lock().expect("the list").pop().expect("it was asked");
    assert!(told.starts_with(&format!("00-{ID}-")) && told.ends_with("-01"), "{told}");
    assert!(!told.contains(SPAN), "the span is its own: {told}");
    assert_eq!(state, "rojo=1,congo=t61");
    let root = test.root().await;
    let found = root.fetch("/api/executions:list?filter={\"key\":\"unload\"}").await;
    let path = format!("/api/executions:get?filterByTk={}", found.data()[0]["id"]);
    assert_eq!(root.fetch(&path).await.data()["traceId"], ID);
}

#[tokio::test]
async fn what_comes_without_a_trace_begins_one() {
    let app = start().await;
    let voyage = json!({ "ship": "Fram", "harbour": 0, "cargo": "coal" });
    let wrong = format!("00-{}-{SPAN}-01", "0".repeat(32));
    let parent = format!("00-{ID}-{SPAN}-01");
    for headers in [
        vec![],
        vec![("traceparent", wrong.as_str()), ("tracestate", "rojo=1")],
        vec![("traceparent", parent.as_str()), ("traceparent", parent.as_str())],
    ] {
        send(&app, "unload,christen", &headers, &voyage).await.expect_status(200);
    }
    let found = traced(&app.0, "{}").await;
    let mut traces: Vec<_> = found.iter().map(|(_, trace)| trace.as_str()).collect();
    assert_eq!(traces.len(), 9, "two that are named and one that hears: {found:?}");
    assert!(traces.iter().all(|trace| trace.len() == 32 && *trace != ID), "{found:?}");
    traces.sort_unstable();
    traces.dedup();
    assert_eq!(traces.len(), 3, "each request has its own: {found:?}");
}

/// Each span as a line: what is around it, its name, its fields.
fn tree(spans: &[Span]) -> Vec<String> {
    let line = |span: &Span| {
        let mut line = String::new();
        let mut around = span.around(spans);
        while let Some(outer) = around {
            line.insert_str(0, &format!("{} > ", outer.name));
            around = outer.around(spans);
        }
        let fields = span.fields.iter().filter(|(name, _)| !name.contains("_id"));
        let fields = fields.filter(|(name, _)| **name != "wf.execution.id");
        let fields: Vec<_> = fields.map(|(name, value)| format!("{name}={value}")).collect();
        format!("{line}{} {}", span.name, fields.join(" "))
    };
    spans.iter().map(line).collect()
}

#[tokio::test]
async fn spans_lead_from_the_request_to_the_node() {
    let captured = Captured::default();
    let _listening = captured.listen();
    let app = start().await;
    captured.clear();
    let parent = format!("00-{ID}-{SPAN}-01");
    let voyage = json!({ "ship": "Fram", "harbour": 0 });
    send(&app, "christen,unload", &[("traceparent", &parent)], &voyage).await.expect_status(200);
    app.0.rest().await;
    let spans = captured.spans();
    let request = spans.iter().find(|span| span.name == "request").expect("a request");
    assert_eq!(request.field("parent_span_id"), SPAN);
    let mut lines = tree(&spans);
    // What runs behind the answer comes in any order.
    lines.sort_unstable();
    expect![[r#"
        execution > node otel.kind=internal otel.name=run ring#1 wf.node.key=run ring#1 wf.node.kind=run
        execution > node otel.kind=internal otel.name=run unload#1 wf.node.key=run unload#1 wf.node.kind=run
        execution otel.kind=internal otel.name=arrived wf.execution.status=resolved wf.workflow.key=arrived wf.workflow.version=1
        execution otel.kind=internal otel.name=unload wf.execution.status=failed wf.workflow.key=unload wf.workflow.version=1
        request > execution > node otel.kind=internal otel.name=update Voyage#1 wf.node.key=update Voyage#1 wf.node.kind=update
        request > execution otel.kind=internal otel.name=christen wf.execution.status=resolved wf.workflow.key=christen wf.workflow.version=1
        request http.request.method=POST http.response.status_code=200 http.route=/api/voyages:create otel.kind=server otel.name=POST /api/voyages:create"#]].assert_eq(&lines.join("\n"));
    for span in &spans {
        assert_eq!(span.field("trace_id"), ID, "{span:?}");
        assert!(span.is_closed, "{span:?}");
        let is_node = span.name == "node";
        assert_eq!(span.level, if is_node { Level::DEBUG } else { Level::INFO });
        if let Some(around) = span.around(&spans) {
            assert_eq!(span.field("parent_span_id"), around.field("span_id"), "{spans:?}");
        }
    }
}

#[tokio::test]
async fn spans_tell_nothing_of_what_is_in_records_and_requests() {
    let captured = Captured::default();
    let _listening = captured.listen();
    let app = start().await;
    captured.clear();
    let secret = "xyzzy\u{1b}[31m\"}\n";
    let voyage = json!({ "ship": secret, "cargo": secret, "harbour": 0 });
    send(&app, "sink,christen", &[("x-secret", "xyzzy")], &voyage).await;
    send(&app, "xyzzy", &[("tracestate", "xyzzy=1")], &json!({ "xyzzy": 1 })).await;
    let (test, token) = &app;
    for (method, path) in [
        ("XYZZY", "/api/voyages"),
        ("GET", "/api/xyzzy"),
        ("GET", "/api/voyages:xyzzy"),
        ("GET", "/api/voyages/1?filter=xyzzy"),
        ("GET", "/xyzzy"),
        ("GET", "/admin/data/voyages?filter=xyzzy"),
    ] {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("authorization", format!("Bearer {token}"));
        test.anonymous().send_raw(request.body(Body::empty()).expect("a request")).await;
    }
    test.rest().await;
    let spans = captured.spans();
    assert!(spans.iter().filter(|span| span.name == "request").count() >= 8, "{spans:?}");
    let broken: Vec<_> =
        spans.iter().filter(|span| span.field("otel.status_code") == "ERROR").collect();
    let names: Vec<_> = broken.iter().map(|span| span.name).collect();
    assert_eq!(names, ["request", "execution", "node"], "{spans:?}");
    assert_eq!(broken[2].field("error.type"), "Internal");
    let text = format!("{spans:?}").to_lowercase();
    assert!(!text.contains("xyzzy"), "{text}");
    assert!(!text.contains(&token.to_lowercase()), "{text}");
}

/// A tracer of the program's own: each span gets a number, and what it comes from is kept.
#[tokio::test]
async fn a_tracer_of_the_program_s_own_gives_the_ids() {
    let captured = Captured::default();
    let _listening = captured.listen();
    let (port, asked) = harbour().await;
    let seen = Arc::new(Mutex::new(Vec::<(&str, Option<String>)>::new()));
    let told = Arc::clone(&seen);
    let test = TestApp::start(move |app| {
        let told = Arc::clone(&told);
        app.allow_requests_to(["127.0.0.1"]).on_span(move |span, comes_from| {
            let mut told = told.lock().expect("the list");
            told.push((span.metadata()?.name(), comes_from.map(str::to_owned)));
            Some(format!("00-{ID}-{:016x}-01", told.len()))
        })
    })
    .await;
    let token = test.running().add_user("Root", &["root"]).await.expect("a user");
    let app = (test, token);
    seen.lock().expect("the list").clear();
    let parent = format!("00-{}-{SPAN}-01", "a".repeat(32));
    let voyage = json!({ "ship": "Fram", "harbour": port });
    send(&app, "sail", &[("traceparent", &parent)], &voyage).await.expect_status(200);
    app.0.rest().await;
    app.0.advance(Duration::from_secs(4000)).await;
    let seen = seen.lock().expect("the list").clone();
    assert_eq!(seen[0], ("request", Some(parent)));
    // The execution comes from the request, as the tracer knows that; the node stands in it.
    assert_eq!(seen[1], ("execution", Some(format!("00-{ID}-0000000000000001-01"))));
    assert_eq!(seen[2], ("node", None));
    assert!(traced(&app.0, "{}").await.iter().all(|(_, trace)| trace == ID));
    let (sent, _) = asked.lock().expect("the list").pop().expect("it was asked");
    let number = sent.split('-').nth(2).and_then(|span| usize::from_str_radix(span, 16).ok());
    assert_eq!(seen[number.expect("a span") - 1].0, "node", "{sent}");
}
