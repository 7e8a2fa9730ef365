use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[collection_event(on = [update], execution = "sync", rollback = true)]
    check<Claim> {
        update data { amount: 1 };
    }
}
fn main() {}
