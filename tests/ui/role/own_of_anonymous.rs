use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

role! {
    anonymous { Claim: view own; }
}

fn main() {}
