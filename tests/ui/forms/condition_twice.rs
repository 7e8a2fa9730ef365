use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    note: Option<String>,
}

forms! {
    Claim { row "Clear" { amount: 0 } when amount > 5 when amount < 9; }
}

fn main() {}
