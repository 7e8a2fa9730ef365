use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
    owner: BelongsTo<User>,
}

#[collection_event(on = [update])]
async fn tell(cx: Context) -> Result<()> {
    drop(cx);
    Ok(())
}

fn main() {}
