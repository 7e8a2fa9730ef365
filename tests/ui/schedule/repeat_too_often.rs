use wfruntime::prelude::*;

#[collection]
struct Claim {
    due_on: Date,
    title: String,
}

#[schedule(at = due_on, every = 1 day, repeat = 1000)]
async fn tick(due: Scheduled<Claim>, cx: Context) -> Result<()> {
    let _ = (due, cx);
    Ok(())
}

fn main() {}
