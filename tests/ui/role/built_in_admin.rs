use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

role! {
    admin { Claim: view; }
}

fn main() {}
