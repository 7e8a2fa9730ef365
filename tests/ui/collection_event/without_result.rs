use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

#[collection_event(on = [update])]
async fn tell(claim: CollectionEvent<Claim>, cx: Context) {
    drop((claim, cx));
}

fn main() {}
