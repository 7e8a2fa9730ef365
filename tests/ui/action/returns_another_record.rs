use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[action(Claim)]
async fn submit() -> Result<Record<User>> {
    Err(Error::internal("no"))
}

fn main() {}
