use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local", execution = "sync")]
    review<Claim> {
        let form = ask "Paid?" { by: data.owner, receipt: String };
    }
}
fn main() {}
