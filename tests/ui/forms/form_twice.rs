use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    note: Option<String>,
}

forms! {
    Claim { add "New" (amount) { "Save"; } edit "new" (amount) { "Save"; } }
}

fn main() {}
