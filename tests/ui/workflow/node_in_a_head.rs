use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    review<Claim> {
        for claim in list Claim where amount > 5 { delete claim; }
    }
}
fn main() {}
