use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

#[post_action(mode = "local")]
struct Tell;

fn main() {}
