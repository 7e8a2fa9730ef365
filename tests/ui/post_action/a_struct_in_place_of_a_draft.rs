use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

async fn tell(cx: Context) -> Result<()> {
    cx.create(Claim { amount: 5 }).await?;
    Ok(())
}

fn main() {}
