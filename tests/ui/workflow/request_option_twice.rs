use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    review<Claim> {
        request POST "https://api.example" { json: 1, json: 2 };
    }
}
fn main() {}
