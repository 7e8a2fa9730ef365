use wfruntime::prelude::*;

#[collection]
struct Claim { amount: i64, lines: HasMany<Line> }

#[collection]
struct Line { claim: BelongsTo<Claim>, text: String, note: Option<String> }

forms! {
    Claim { add "New" (amount, lines { note }) { "Save"; } }
}

fn main() {}
