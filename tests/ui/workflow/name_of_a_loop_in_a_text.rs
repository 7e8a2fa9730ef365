use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    review<Claim> {
        for step in 0..3 { require step < 2; }
        end failed "{step}";
    }
}
fn main() {}
