use wfruntime::prelude::*;

#[collection]
struct Claim { amount: i64, owner: Option<BelongsTo<User>> }

forms! {
    Claim { row "Clear" => [reviw]; }
}

fn main() {}
