use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

#[collection_event(on = [update], execution = "sync", rollback = true)]
async fn tell(claim: CollectionEvent<Claim>, cx: SyncContext) -> Result<()> {
    let _ = (claim, cx);
    Ok(())
}

fn main() {}
