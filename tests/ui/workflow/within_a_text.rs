use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    review<Claim> {
        approve "Pay?" { by: role(boss), within: "3 days" };
    }
}
fn main() {}
