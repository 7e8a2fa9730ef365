use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    note: Option<String>,
}

forms! {
    Claim { add "New" (amount) when amount > 5 { "Save"; } }
}

fn main() {}
