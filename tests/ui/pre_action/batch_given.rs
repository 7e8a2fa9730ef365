use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[pre_action(mode = "local", batch = true)]
async fn check(claim: PreAction<Claim>, cx: PreContext<Claim>) -> Result<()> {
    let _ = (claim, cx);
    Ok(())
}

fn main() {}
