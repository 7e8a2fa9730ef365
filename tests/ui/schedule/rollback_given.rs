use wfruntime::prelude::*;

#[schedule(cron = "0 9 * * *", rollback = true)]
async fn tick(due: Scheduled, cx: Context) -> Result<()> {
    let _ = (due, cx);
    Ok(())
}

fn main() {}
