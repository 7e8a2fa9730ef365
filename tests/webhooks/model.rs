//! A program that other systems call.

use serde::Deserialize;
use wfruntime::prelude::*;
use wfruntime::testing::{Answer, TestApp};

use crate::described::{Documents, Exchange};

/// What somebody paid.
#[collection]
pub(crate) struct Payment {
    pub(crate) invoice: String,
    pub(crate) cents: i64,
    pub(crate) delivery: String,
    pub(crate) event: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Paid {
    invoice: String,
    cents: i64,
}

/// A payment came.
#[webhook(path = "payments")]
pub(crate) async fn paid(hook: Webhook<Paid>, cx: Context) -> Result<()> {
    let Webhook { values, delivery, event } = hook;
    let payment = Payment::new().invoice(values.invoice).cents(values.cents);
    cx.create(payment.delivery(delivery).event(event)).await.map(drop)
}

/// Takes whatever comes.
#[webhook(path = "any", secret = "shop", execution = "sync")]
pub(crate) async fn any(hook: Webhook, cx: SyncContext) -> Result<()> {
    cx.respond(hook.values.to_string()).await
}

workflow! {
    /// An order came.
    #[webhook(
        path = "shop/orders",
        values = Paid,
        from = "stripe",
        secret = "shop",
        execution = "sync",
        when = values.cents > 0,
    )]
    pub(crate) ordered {
        require values.cents < 100_000, "too much";
        create Payment { invoice: values.invoice.clone(), cents: values.cents, delivery: delivery.clone() };
        respond "booked {values.invoice}";
    }

    /// Somebody pushed.
    #[webhook(path = "code", from = "github", when = event.as_deref() == Some("push"))]
    pub(crate) pushed {
        create Payment { invoice: values.to_string(), cents: 0, delivery: delivery, event: event };
    }
}

/// The program, whose answers are held to its description.
pub(crate) async fn program() -> TestApp {
    TestApp::start(|app| app).await
}

/// Fails if an answer is not as it is described to root.
pub(crate) async fn described(app: &TestApp, method: &str, path: &str, answer: &Answer) {
    let root = app.root().await;
    let exchange = Exchange { method, path, status: answer.status, body: &answer.body };
    let document = root.fetch("/api/openapi.json").await.body;
    Documents::default().check(Vec::new(), &exchange, async || Some(document)).await;
}

/// What was paid, in its order.
pub(crate) async fn payments(app: &TestApp) -> Vec<String> {
    let answer = app.root().await.fetch("/api/payments:list?sort=id").await;
    let all = answer.data().as_array().cloned().unwrap_or_default();
    let line = |it: &serde_json::Value| {
        format!("{} {} {} {}", it["invoice"], it["cents"], it["delivery"], it["event"])
    };
    all.iter().map(line).collect()
}
