use wfruntime::prelude::*;

struct Claim;

#[post_action(mode = "local")]
async fn tell(_claim: PostAction<Claim>, _cx: Context) -> Result<()> {
    Ok(())
}

fn main() {}
