use wfruntime::prelude::*;

#[collection]
struct Claim {
    paid: bool,
}

#[webhook(path = "paid")]
async fn paid(hook: Record<Claim>, cx: Context) -> Result<()> {
    let _ = (hook, cx);
    Ok(())
}

fn main() {}
