use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[action(Claim)]
async fn submit() {}

fn main() {}
