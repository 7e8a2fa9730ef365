use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    note: Option<String>,
}

forms! {
    Claim { edit "Change" (note) { "Clear" { amount: 0 } "Save"; } }
}

fn main() {}
