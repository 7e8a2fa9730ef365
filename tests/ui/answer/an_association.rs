use wfruntime::prelude::*;

#[answer]
struct Receipt {
    reference: String,
    payer: BelongsTo<User>,
}

fn main() {}
