use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    note: Option<String>,
}

forms! {
    Claim { edit "Change" (amount) { "Clear" { amount: 0 }; } }
}

fn main() {}
