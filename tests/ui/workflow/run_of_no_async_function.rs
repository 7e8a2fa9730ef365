use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
fn send() -> Result<()> { Ok(()) }
workflow! {
    #[post_action(mode = "local")]
    review<Claim> {
        run send();
    }
}
fn main() {}
