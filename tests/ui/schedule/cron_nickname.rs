use wfruntime::prelude::*;

#[schedule(cron = "@daily")]
async fn tick(due: Scheduled, cx: Context) -> Result<()> {
    let _ = (due, cx);
    Ok(())
}

fn main() {}
