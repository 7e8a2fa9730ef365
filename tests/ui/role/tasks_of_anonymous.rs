use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

role! {
    anonymous { tasks; }
}

fn main() {}
