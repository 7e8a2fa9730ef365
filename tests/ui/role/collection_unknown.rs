use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

role! {
    clerk { Clam: view; }
}

fn main() {}
