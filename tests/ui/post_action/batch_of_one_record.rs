use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[post_action(mode = "local", batch = true)]
async fn digest(claim: PostAction<Claim>, cx: Context) -> Result<()> {
    let _ = (claim, cx);
    Ok(())
}

fn main() {}
