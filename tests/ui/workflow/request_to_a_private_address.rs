use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    review<Claim> {
        request POST "http://192.168.1.7/claims/{data.id}";
    }
}
fn main() {}
