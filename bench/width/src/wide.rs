//! The same program with many workflows on other collections.

mod claim;
mod measure;

include!(concat!(env!("OUT_DIR"), "/others.rs"));

#[tokio::main]
async fn main() -> wfruntime::Result<()> {
    measure::on_demand().await
}
