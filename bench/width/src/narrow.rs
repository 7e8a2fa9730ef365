//! A program with one collection, and no workflow.

mod claim;
mod measure;

#[tokio::main]
async fn main() -> wfruntime::Result<()> {
    measure::on_demand().await
}
