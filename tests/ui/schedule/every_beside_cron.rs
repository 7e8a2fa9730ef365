use wfruntime::prelude::*;

#[schedule(cron = "0 9 * * *", every = 1 hour)]
async fn tick(due: Scheduled, cx: Context) -> Result<()> {
    let _ = (due, cx);
    Ok(())
}

fn main() {}
