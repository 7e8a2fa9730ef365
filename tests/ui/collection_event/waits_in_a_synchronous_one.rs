use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[collection_event(on = [update], execution = "sync")]
    check<Claim> {
        signal "paid";
    }
}
fn main() {}
