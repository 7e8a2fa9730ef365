use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    pay<Claim> { delete data; }
    #[post_action(mode = "local")]
    review<Claim> { call pay(data); }
}
fn main() {}
