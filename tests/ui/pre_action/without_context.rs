use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

#[pre_action(mode = "local")]
async fn tell(claim: PreAction<Claim>) -> Result<()> {
    drop(claim);
    Ok(())
}

fn main() {}
