use wfruntime::prelude::*;

type Payer = BelongsTo<User>;

#[answer]
struct Receipt {
    payer: Payer,
}

fn main() {}
