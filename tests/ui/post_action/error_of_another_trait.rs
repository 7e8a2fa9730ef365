use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[post_action(mode = "local")]
async fn tell(_: PostAction<Claim>, _: Context) -> std::result::Result<(), String> {
    Ok(())
}

fn main() {}
