use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64 }
#[post_action(mode = "local")]
async fn calls(claim: PostAction<Claim>, cx: Context) -> Result<()> {
    cx.call::<tell>(&claim.data).await.map(drop)
}
#[post_action(mode = "local", batch = true)]
async fn tell(batch: Batch<Claim>, cx: Context) -> Result<()> {
    let _ = (batch, cx);
    Ok(())
}
fn main() {}
