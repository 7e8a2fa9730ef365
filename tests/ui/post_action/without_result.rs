use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

#[post_action(mode = "local")]
async fn tell(_claim: PostAction<Claim>, _cx: Context) {}

fn main() {}
