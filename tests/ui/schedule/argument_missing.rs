use wfruntime::prelude::*;

#[schedule(cron = "0 9 * * *")]
async fn tick(cx: Context) -> Result<()> {
    let _ = cx;
    Ok(())
}

fn main() {}
