use wfruntime::prelude::*;

#[webhook(path = "paid", batch = true)]
async fn paid(hook: Webhook<u8>, cx: Context) -> Result<()> {
    let _ = (hook, cx);
    Ok(())
}

fn main() {}
