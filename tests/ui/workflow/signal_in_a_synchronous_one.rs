use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local", execution = "sync")]
    review<Claim> {
        let paid = signal "paid" within 2 days;
    }
}
fn main() {}
