use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

role! {
    clerk { Claim: update(amuont); }
}

fn main() {}
