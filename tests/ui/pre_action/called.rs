use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[pre_action(mode = "local")]
    check<Claim> { respond "checked"; }

    #[post_action(mode = "local")]
    calls<Claim> {
        call check(data);
    }
}
fn main() {}
