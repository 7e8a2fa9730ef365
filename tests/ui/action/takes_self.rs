use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

impl Claim {
    #[action(Claim)]
    async fn submit(&self) -> Result<Record<Claim>> {
        Err(Error::internal("no"))
    }
}

fn main() {}
