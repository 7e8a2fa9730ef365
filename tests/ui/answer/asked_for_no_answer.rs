use wfruntime::prelude::*;

#[derive(Debug, Clone, PartialEq)]
struct Receipt;

async fn pay(cx: Context) -> Result<()> {
    cx.ask::<Receipt>("Pay it").by_role("finance").await.map(drop)
}

fn main() {}
