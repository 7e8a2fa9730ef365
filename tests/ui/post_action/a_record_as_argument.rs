use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[post_action(mode = "local")]
async fn tell(_claim: Record<Claim>, _cx: Context) -> Result<()> {
    Ok(())
}

fn main() {}
