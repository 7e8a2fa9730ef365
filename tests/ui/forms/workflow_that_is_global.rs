use wfruntime::prelude::*;

#[collection]
struct Claim { amount: i64, owner: Option<BelongsTo<User>> }

#[post_action(mode = "global", on = [create])]
async fn review(_: PostAction<Claim>, _: Context) -> Result<()> {
    Ok(())
}

forms! {
    Claim { row "Check" => [review]; }
}

fn main() {}
