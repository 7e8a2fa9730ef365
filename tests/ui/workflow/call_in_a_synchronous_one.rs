use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    other<Claim> { delete data; }
    #[post_action(mode = "local", execution = "sync")]
    review<Claim> {
        call other(data);
    }
}
fn main() {}
