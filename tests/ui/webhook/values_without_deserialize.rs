use wfruntime::prelude::*;

struct Payment {
    cents: i64,
}

#[webhook(path = "paid")]
async fn paid(hook: Webhook<Payment>, cx: Context) -> Result<()> {
    let _ = (hook.values.cents, cx);
    Ok(())
}

fn main() {}
