use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[action(Claim, 5)]
async fn submit() -> Result<Record<Claim>> {
    Err(Error::internal("no"))
}

fn main() {}
