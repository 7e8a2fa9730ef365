use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

#[pre_action(mode = "local")]
struct Tell {
}

fn main() {}
