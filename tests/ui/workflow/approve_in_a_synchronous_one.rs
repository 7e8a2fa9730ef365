use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local", execution = "sync")]
    review<Claim> {
        approve "Pay?" { by: role(boss) };
    }
}
fn main() {}
