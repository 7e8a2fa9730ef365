use wfruntime::prelude::*;

#[webhook(path = "paid", secret = "s3cr3t of payments!")]
async fn paid(hook: Webhook<u8>, cx: Context) -> Result<()> {
    let _ = (hook, cx);
    Ok(())
}

fn main() {}
