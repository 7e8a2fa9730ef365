use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    review<Claim> {
        match data.amount { 5 => update data { amount: 4 }; _ => {} }
    }
}
fn main() {}
