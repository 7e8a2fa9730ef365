use wfruntime::prelude::*;
#[collection]
struct Claim { amount: i64, owner: BelongsTo<User> }
struct Mailer;

impl Mailer {
    #[post_action(mode = "local")]
    async fn tell(&self, _claim: PostAction<Claim>, _cx: Context) -> Result<()> {
        Ok(())
    }
}
fn main() {}
