use wf::prelude::*;

async fn rates(cx: Context) -> Result<()> {
    let rates = cx.request("GET", "https://rates.example").header("accept", "text/csv").await?;
    let _text: &str = rates.text()?;
    Ok(())
}

fn main() {}
