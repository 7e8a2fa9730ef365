use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[pre_action(mode = "local")]
    check<Claim> {
        sleep 2 days;
    }
}
fn main() {}
