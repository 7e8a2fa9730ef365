use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[collection_event(on = [create], batch = true)]
async fn tell(claim: CollectionEvent<Claim>, cx: Context) -> Result<()> {
    let _ = (claim, cx);
    Ok(())
}

fn main() {}
