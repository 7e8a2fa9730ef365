use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[action(Claim)]
async fn submit<T>(_body: Json<T>) -> Result<Record<Claim>> {
    Err(Error::internal("no"))
}

fn main() {}
