//! A program that is called, and counts; killed by `webhooks`.

use wfruntime::prelude::*;

/// A call that came.
#[collection]
pub struct Call {
    /// Which one.
    pub number: i64,
}

/// Counts behind the answer.
#[webhook(path = "count", secret = "test")]
async fn count(hook: Webhook, cx: Context) -> Result<()> {
    let number = hook.values["number"].as_i64().unwrap_or_default();
    cx.create(Call::new().number(number)).await.map(drop)
}

/// Counts before it.
#[webhook(path = "count/now", secret = "test", execution = "sync")]
async fn count_now(hook: Webhook, cx: SyncContext) -> Result<()> {
    let number = hook.values["number"].as_i64().unwrap_or_default();
    cx.create(Call::new().number(number)).await.map(drop)
}

#[tokio::main]
async fn main() -> Result<()> {
    App::new("sqlite://test.db").run().await
}
