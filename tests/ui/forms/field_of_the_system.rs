use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    note: Option<String>,
}

forms! {
    Claim { edit "Change" (created_at) { "Save"; } }
}

fn main() {}
