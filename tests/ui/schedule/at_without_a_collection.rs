use wfruntime::prelude::*;

#[schedule(at = due_on)]
async fn tick(due: Scheduled, cx: Context) -> Result<()> {
    let _ = (due, cx);
    Ok(())
}

fn main() {}
