use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[custom_action(appends = [owner])]
async fn tidy(act: CustomAction<()>, cx: Context) -> Result<()> {
    let _ = (act, cx);
    Ok(())
}

fn main() {}
