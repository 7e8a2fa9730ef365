use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

#[collection_event(on = [update], execution = "sync")]
async fn tell(claim: CollectionEvent<Claim>, cx: Context) -> Result<()> {
    let _ = (claim, cx);
    Ok(())
}

fn main() {}
