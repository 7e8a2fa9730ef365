use wfruntime::prelude::*;

#[collection]
struct Claim { amount: i64, receipt: HasOne<Receipt> }

#[collection]
struct Receipt { claim: BelongsTo<Claim>, text: String }

forms! {
    Claim { add "New" (amount, receipt { text }) { "Save"; } }
}

fn main() {}
