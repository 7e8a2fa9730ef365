use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[custom_action]
async fn remind(cx: Context) -> Result<()> {
    let _ = cx;
    Ok(())
}

fn main() {}
