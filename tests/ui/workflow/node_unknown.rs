use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    review<Claim> {
        frobnicate data { amount: 5 };
        update data { amount: 6 };
    }
}
fn main() {}
