//! A program that ticks each second and misses none; killed by `schedules`.

use wfruntime::prelude::*;

/// A moment that came.
#[collection]
pub struct Tick {
    /// Which one.
    pub second: i64,
}

#[schedule(every = 1 second, catch_up = "all")]
async fn tick(due: Scheduled, cx: Context) -> Result<()> {
    cx.create(Tick::new().second(due.at.as_second())).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    App::new("sqlite://test.db").run().await
}
