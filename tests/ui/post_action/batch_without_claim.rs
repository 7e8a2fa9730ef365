use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[post_action(mode = "local", batch = true)]
async fn digest(cx: Context) -> Result<()> {
    let _ = cx;
    Ok(())
}

fn main() {}
