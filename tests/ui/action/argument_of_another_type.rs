use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[action(Claim)]
async fn submit(_text: String) -> Result<Record<Claim>> {
    Err(Error::internal("no"))
}

fn main() {}
