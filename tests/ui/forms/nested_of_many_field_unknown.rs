use wfruntime::prelude::*;

#[collection]
struct Claim { amount: i64, lines: HasMany<Line> }

#[collection]
struct Line { claim: BelongsTo<Claim>, text: String }

forms! {
    Claim { add "New" (amount, lines { txet }) { "Save"; } }
}

fn main() {}
