use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    review<Claim> {
        let found = find Claim where amount > 5;
        update found { amount: 1 };
    }
}
fn main() {}
