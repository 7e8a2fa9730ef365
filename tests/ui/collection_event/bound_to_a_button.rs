use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[collection_event(on = [update])]
    check<Claim> {
        update data { amount: 1 };
    }
}
forms! {
    Claim { row "Pay" => [check]; }
}
fn main() {}
