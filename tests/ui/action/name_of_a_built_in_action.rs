use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[action(Claim)]
async fn update() -> Result<Record<Claim>> {
    Err(Error::internal("no"))
}

fn main() {}
