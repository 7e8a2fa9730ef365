use wfruntime::prelude::*;

#[webhook(path = "paid", from = "github", within = 1 minute)]
async fn paid(hook: Webhook<u8>, cx: Context) -> Result<()> {
    let _ = (hook, cx);
    Ok(())
}

fn main() {}
