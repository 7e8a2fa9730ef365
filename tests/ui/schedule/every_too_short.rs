use wfruntime::prelude::*;

#[schedule(every = 500 milliseconds)]
async fn tick(due: Scheduled, cx: Context) -> Result<()> {
    let _ = (due, cx);
    Ok(())
}

fn main() {}
