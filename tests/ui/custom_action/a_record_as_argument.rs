use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[custom_action]
async fn remind(claim: Record<Claim>, cx: Context) -> Result<()> {
    let _ = (claim, cx);
    Ok(())
}

fn main() {}
