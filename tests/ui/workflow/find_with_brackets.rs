use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    review<Claim> {
        let found = find Claim(amount: 5);
        require found.is_some();
    }
}
fn main() {}
