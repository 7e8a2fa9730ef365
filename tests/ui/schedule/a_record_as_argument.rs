use wfruntime::prelude::*;

#[collection]
struct Claim {
    due_on: Date,
    title: String,
}

#[schedule(at = due_on)]
async fn tick(due: Record<Claim>, cx: Context) -> Result<()> {
    let _ = (due, cx);
    Ok(())
}

fn main() {}
