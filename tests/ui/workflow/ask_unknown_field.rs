use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
workflow! {
    #[post_action(mode = "local")]
    review<Claim> {
        let form = ask "Paid?" { by: data.owner, receipt: String };
        require form.reciept == "yes";
    }
}
fn main() {}
