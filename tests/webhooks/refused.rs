//! What is refused, before anything is written.

use axum::body::Body;
use axum::http::Request;
use expect_test::{Expect, expect};
use jiff::ToSpan as _;
use serde_json::json;
use wfruntime::App;
use wfruntime::testing::{Answer, TestApp};

use crate::model::{described, paid, payments, program};

/// Sends a call of the payments with these headers.
async fn send(app: &TestApp, heads: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::post("/api/hooks/payments");
    for (name, value) in heads {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).expect("a request");
    app.anonymous().send_raw(request).await
}

#[tokio::test]
async fn what_is_not_signed_is_told_nothing_more() {
    let app = program().await;
    let now = app.now().as_second().to_string();
    let signed = |at: &str, signature: &str| {
        [("webhook-id", "msg_1"), ("webhook-timestamp", at), ("webhook-signature", signature)]
            .map(|(name, value)| (name, value.to_owned()))
    };
    let body = r#"{"invoice": "A-17", "cents": 1}"#;
    let mut answers = vec![send(&app, &[], body).await];
    for (at, signature) in [(now.as_str(), "v1,bm9uZQ=="), ("yesterday", "v1,"), ("0", "sha256=00")]
    {
        let heads = signed(at, signature);
        let heads = heads.each_ref().map(|(name, value)| (*name, value.as_str()));
        answers.push(send(&app, &heads, body).await);
    }
    // Signed in, and as root: that is nothing here.
    let root = app.root().await;
    answers.push(root.post("/api/hooks/payments", json!({})).await);
    for answer in &answers {
        assert_eq!(answer.body, answers[0].body);
        described(&app, "POST", "/api/hooks/payments", answer).await;
    }
    expect![[r#"401 {"errors":[{"code":"bad_signature","message":"the signature or the time of the call does not fit"}]}"#]].assert_eq(&format!("{} {}", answers[0].status, answers[0].body));
    assert!(payments(&app).await.is_empty());
}

#[tokio::test]
async fn a_call_counts_for_five_minutes() {
    let app = program().await;
    let heads = [("webhook-id", "msg_1"), ("webhook-timestamp", "1767603600")];
    let app_of = |secret: &'static str| move |app: App| app.webhook_secret("paid", secret);
    let known = TestApp::start(app_of("a secret of this test, which is long")).await;
    assert_eq!(known.now().as_second(), 1_767_603_600);
    let signature = "v1,Oy//XMuQdt8uJyJBULjLhNGzMWuegVBD9DaNbdgyeIk=";
    let heads = [heads[0], heads[1], ("webhook-signature", signature)];
    let body = r#"{"invoice": "A-17", "cents": 1}"#;
    assert_eq!(send(&app, &heads, body).await.status, 401, "it has another secret");
    known.advance(301.seconds()).await;
    assert_eq!(send(&known, &heads, body).await.status, 401);
    known.set_clock("2026-01-05T09:05:00Z".parse().expect("a moment"));
    assert_eq!(send(&known, &heads, "{}").await.status, 401);
    assert_eq!(send(&known, &heads, body).await.status, 202);
    assert_eq!(send(&known, &heads, body).await.body["duplicate"], true);
}

#[tokio::test]
async fn a_body_that_does_not_fit_is_told_and_may_come_again() {
    let app = program().await;
    let check = async |body: serde_json::Value, expected: Expect| {
        let answer = app.deliver(paid, body).id("msg_1").await;
        assert_eq!(answer.status, 400);
        described(&app, "POST", "/api/hooks/payments", &answer).await;
        expected.assert_eq(&answer.body["errors"][0].to_string());
    };
    check(
        json!({ "invoice": "A-17" }),
        expect![[r#"{"code":"wrong_value","field":"cents","message":"missing field `cents`"}"#]],
    )
    .await;
    check(json!({ "invoice": "A-17", "cents": "one" }), expect![[r#"{"code":"wrong_value","field":"cents","message":"invalid type: string \"one\", expected i64"}"#]]).await;
    check(
        json!(null),
        expect![[r#"{"code":"wrong_value","message":"invalid type: null, expected struct Paid"}"#]],
    )
    .await;
    let right = json!({ "invoice": "A-17", "cents": 1 });
    assert_eq!(app.deliver(paid, right).id("msg_1").await.status, 202);
    assert_eq!(payments(&app).await.len(), 1);
}

#[tokio::test]
async fn other_addresses_methods_and_sizes_are_refused() {
    let app = TestApp::start(|app| app.settings(|settings| settings.body_limit = 40)).await;
    let root = app.root().await;
    let check = async |answer: Answer, expected: Expect| {
        let error = &answer.body["errors"][0];
        expected.assert_eq(&format!("{} {}", answer.status, error["message"]));
    };
    check(
        root.post("/api/hooks/payment", json!({})).await,
        expect![[r#"404 "no webhook has this path""#]],
    )
    .await;
    check(
        root.post("/api/hooks", json!({})).await,
        expect![[r#"404 "unknown collection `hooks`; expected one of `payments`, `users`""#]],
    )
    .await;
    check(
        root.fetch("/api/hooks/payments").await,
        expect![[r#"405 "`GET` is no method of `/api/hooks/payments`; expected POST""#]],
    )
    .await;
    let long = json!({ "invoice": "a".repeat(40), "cents": 1 });
    check(app.deliver(paid, long).await, expect![[r#"413 "the body is larger than 40 bytes""#]])
        .await;
    let payment = json!({ "invoice": "A", "cents": 1, "delivery": "" });
    let named = root.post("/api/payments:create?triggerWorkflows=paid", payment).await;
    check(named, expect![[r#"400 "`paid`: `paid` is a webhook, which runs when another system calls and takes no name""#]]).await;
    let named = root.post("/api/workflows:trigger?triggerWorkflows=paid", json!({})).await;
    check(
        named,
        expect![[r#"400 "`paid` is no custom action: it runs when another system calls""#]],
    )
    .await;
}

#[tokio::test]
async fn a_secret_is_replaced_without_a_gap() {
    let (old, new) = ("the old secret of this test", "the new secret of this test");
    // The kit signs with the first one.
    for secrets in [vec![old, new], vec![new, old]] {
        let app = TestApp::start(move |app| {
            secrets.iter().fold(app, |app, secret| app.webhook_secret("paid", *secret))
        });
        let app = app.await;
        let heads = [
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", "1767603600"),
            ("webhook-signature", "v1,bm9uZQ== v1,vouQnNOwtx8Tv1067adYaxxHphKP121mC01uH26t1GI="),
        ];
        assert_eq!(app.deliver(paid, json!({ "invoice": "A", "cents": 1 })).await.status, 202);
        assert_eq!(send(&app, &heads, r#"{"invoice": "B", "cents": 2}"#).await.status, 202);
        assert_eq!(payments(&app).await.len(), 2);
    }
}

#[tokio::test]
async fn without_a_secret_nothing_starts() {
    let check = async |app: App, expected: Expect| {
        let error = app.start().await.err().map(|error| error.to_string());
        expected.assert_eq(&error.unwrap_or_default());
    };
    let app = || App::new("sqlite://:memory:");
    check(app(), expect![[r#"
        tests/webhooks/model.rs:34: the webhook `any` has no secret `shop`
        = help: set `WF_WEBHOOK_SHOP` in the environment, or add `.webhook_secret("shop", …)` to the `App`
        tests/webhooks/model.rs:48: the webhook `ordered` has no secret `shop`
        = help: set `WF_WEBHOOK_SHOP` in the environment, or add `.webhook_secret("shop", …)` to the `App`
        tests/webhooks/model.rs:26: the webhook `paid` has no secret `paid`
        = help: set `WF_WEBHOOK_PAID` in the environment, or add `.webhook_secret("paid", …)` to the `App`
        tests/webhooks/model.rs:56: the webhook `pushed` has no secret `pushed`
        = help: set `WF_WEBHOOK_PUSHED` in the environment, or add `.webhook_secret("pushed", …)` to the `App`"#]]).await;
    let app = app()
        .webhook_secret("paid", "short")
        .webhook_secret("pushed", "long enough for a secret")
        .webhook_secret("shop", "whsec_***")
        .settings(|settings| settings.idempotency = std::time::Duration::from_secs(60));
    check(app, expect![[r#"
        tests/webhooks/model.rs:34: the webhook `any` takes calls `within` 300 s, and the application remembers them for less than twice that
        = help: raise `Settings::idempotency`, or lower `within`
        tests/webhooks/model.rs:34: the webhook `any` has a secret `shop` with broken base64
        = note: what follows `whsec_` has to be base64
        tests/webhooks/model.rs:48: the webhook `ordered` takes calls `within` 300 s, and the application remembers them for less than twice that
        = help: raise `Settings::idempotency`, or lower `within`
        tests/webhooks/model.rs:48: the webhook `ordered` has a secret `shop` of less than 16 bytes
        = help: make one with `openssl rand -hex 32`, and give it to who calls
        tests/webhooks/model.rs:26: the webhook `paid` takes calls `within` 300 s, and the application remembers them for less than twice that
        = help: raise `Settings::idempotency`, or lower `within`
        tests/webhooks/model.rs:26: the webhook `paid` has a secret `paid` of less than 16 bytes
        = help: make one with `openssl rand -hex 32`, and give it to who calls
        tests/webhooks/model.rs:56: the webhook `pushed` takes calls `within` 300 s, and the application remembers them for less than twice that
        = help: raise `Settings::idempotency`, or lower `within`"#]]).await;
}
