use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[action(Claim)]
struct Submit;

fn main() {}
