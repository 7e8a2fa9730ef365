use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    review<Claim> {
        let owner = data.owner.get()?;
        require owner.nickname == "Ann";
    }
}
fn main() {}
