use wfruntime::prelude::*;

#[schedule(cron = "0 22-6 * * *")]
async fn tick(due: Scheduled, cx: Context) -> Result<()> {
    let _ = (due, cx);
    Ok(())
}

fn main() {}
