use wfruntime::prelude::*;

#[schedule(timezone = "Europe/Paris")]
async fn tick(due: Scheduled, cx: Context) -> Result<()> {
    let _ = (due, cx);
    Ok(())
}

fn main() {}
