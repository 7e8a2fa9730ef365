use wfruntime::prelude::*;

#[schedule(every = 1 hour, timezone = "Europe/Paris")]
async fn tick(due: Scheduled, cx: Context) -> Result<()> {
    let _ = (due, cx);
    Ok(())
}

fn main() {}
