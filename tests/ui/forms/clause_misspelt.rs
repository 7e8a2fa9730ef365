use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    note: Option<String>,
}

forms! {
    Claim { row "Clear" { amount: 0 } wen amount > 5; }
}

fn main() {}
