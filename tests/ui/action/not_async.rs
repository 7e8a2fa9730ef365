use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[action(Claim)]
fn submit() -> Result<Record<Claim>> {
    Err(Error::internal("no"))
}

fn main() {}
