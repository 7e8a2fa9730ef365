use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

role! {
    boss { Claim: view; workflows: "review"; }
}

fn main() {}
