use wfruntime::prelude::*;

#[collection]
struct Claim {
    due_on: Date,
}

#[schedule(at = due_on, batch = true)]
async fn tell(due: Scheduled<Claim>, cx: Context) -> Result<()> {
    let _ = (due, cx);
    Ok(())
}

fn main() {}
