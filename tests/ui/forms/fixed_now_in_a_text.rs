use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    note: Option<String>,
}

forms! {
    Claim { row "Close" { note: now }; }
}

fn main() {}
