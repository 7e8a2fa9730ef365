use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[post_action(mode = "global" on = [create] retry = 3)]
async fn tell(_claim: PostAction<Claim>, _cx: Context) -> Result<()> {
    Ok(())
}

fn main() {}
