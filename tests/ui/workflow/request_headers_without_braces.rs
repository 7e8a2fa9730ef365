use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    review<Claim> {
        request GET "https://api.example" { headers: 5 };
    }
}
fn main() {}
