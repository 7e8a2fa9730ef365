use wfruntime::prelude::*;

#[collection]
struct Claim {
    amount: i64,
}

#[custom_action(values = String)]
async fn remind(act: CustomAction<Claim>, cx: Context) -> Result<()> {
    let _ = (act, cx);
    Ok(())
}

fn main() {}
