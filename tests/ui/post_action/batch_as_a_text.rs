use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[post_action(mode = "local", batch = "true")]
async fn digest(batch: PostAction<Claim>, cx: Context) -> Result<()> {
    let _ = (batch, cx);
    Ok(())
}

fn main() {}
