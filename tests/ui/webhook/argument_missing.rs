use wfruntime::prelude::*;

#[webhook(path = "paid")]
async fn paid(cx: Context) -> Result<()> {
    let _ = cx;
    Ok(())
}

fn main() {}
