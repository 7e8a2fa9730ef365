use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

#[pre_action(mode = "local")]
async fn tell(claim: PostAction<Claim>, cx: PreContext<Claim>) -> Result<()> {
    let _ = (claim, cx);
    Ok(())
}

fn main() {}
