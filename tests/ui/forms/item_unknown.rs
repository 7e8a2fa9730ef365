use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    note: Option<String>,
}

forms! {
    Claim { button "Save" { amount: 5 }; }
}

fn main() {}
