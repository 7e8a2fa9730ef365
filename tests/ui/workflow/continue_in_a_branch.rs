use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    review<Claim> {
        for _ in 0..3 {
            parallel { { continue; } { delete data; } }
        }
    }
}
fn main() {}
