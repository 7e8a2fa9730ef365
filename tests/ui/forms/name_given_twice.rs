use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    note: Option<String>,
}

forms! {
    Claim { row "Clear" as clear as zero { amount: 0 }; }
}

fn main() {}
