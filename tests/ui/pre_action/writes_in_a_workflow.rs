use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[pre_action(mode = "local")]
    check<Claim> {
        create Claim { amount: 1, owner: Id::new(1) };
    }
}
fn main() {}
