use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

#[pre_action(mode = "local")]
async fn tell(claim: PreAction<Claim>, cx: PreContext<Claim>) -> Result<()> {
    drop(claim);
    cx.set(Claim::FIELDS.amont, 1)
}

fn main() {}
