use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64 }
#[post_action(mode = "local")]
async fn calls(claim: PostAction<Claim>, cx: Context) -> Result<()> {
    cx.call::<tell>(&claim.data).await.map(drop)
}
#[pre_action(mode = "local")]
async fn tell(claim: PreAction<Claim>, cx: PreContext<Claim>) -> Result<()> {
    let _ = (claim, cx);
    Ok(())
}
fn main() {}
