use wfruntime::prelude::*;

#[webhook(path = "paid", within = "5 minutes")]
async fn paid(hook: Webhook<u8>, cx: Context) -> Result<()> {
    let _ = (hook, cx);
    Ok(())
}

fn main() {}
