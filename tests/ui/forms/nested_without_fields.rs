use wfruntime::prelude::*;

#[collection]
struct Claim { amount: i64, owner: Option<BelongsTo<User>>, lines: HasMany<Line> }

#[collection]
struct Line { claim: BelongsTo<Claim>, text: String }

forms! {
    Claim { add "New" (amount, owner {}) { "Save"; } }
}

fn main() {}
