use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[collection_event(on = [update])]
    check<Claim> {
        require role == "boss", "no";
    }
}
fn main() {}
