use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    note: Option<String>,
}

forms! {
    Claim { row "Clear" { amount: 0 }; rows "Clear" { amount: 0 }; }
}

fn main() {}
