use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[post_action(mode = "local", batch = true, when = records.len() > 1)]
async fn digest(batch: Batch<Claim>, cx: Context) -> Result<()> {
    let _ = (batch, cx);
    Ok(())
}

fn main() {}
