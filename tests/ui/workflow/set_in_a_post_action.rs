use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    check<Claim> {
        set { amount: 1 };
    }
}
fn main() {}
