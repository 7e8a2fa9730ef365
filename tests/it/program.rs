//! A program as users write it, started by the tests of the command line.

use wfruntime::{App, collection};

/// Something somebody wrote down.
#[collection]
pub struct Note {
    pub text: String,
}

#[tokio::main]
async fn main() -> wfruntime::Result<()> {
    App::new("sqlite://program.db").run().await
}
