use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

#[pre_action(mode = "global", on = [updat_or_create])]
async fn tell(claim: PreAction<Claim>, cx: PreContext<Claim>) -> Result<()> {
    let _ = (claim, cx);
    Ok(())
}

fn main() {}
