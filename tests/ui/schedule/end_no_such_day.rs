use wfruntime::prelude::*;

#[schedule(cron = "0 9 * * *", end = "2026-02-29")]
async fn tick(due: Scheduled, cx: Context) -> Result<()> {
    let _ = (due, cx);
    Ok(())
}

fn main() {}
