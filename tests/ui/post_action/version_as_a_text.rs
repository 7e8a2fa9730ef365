use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

#[post_action(mode = "local", version = "2")]
async fn tell(claim: PostAction<Claim>, cx: Context) -> Result<()> {
    let _ = (claim, cx);
    Ok(())
}

fn main() {}
