use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[action(Claim)]
async fn submit(_a: Identity, _b: Identity) -> Result<Record<Claim>> {
    Err(Error::internal("no"))
}

fn main() {}
