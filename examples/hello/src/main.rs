//! The smallest whole program: a collection, a workflow that runs after each create, and a test.
//!
//! ```bash
//! cargo run --package hello -- user add Ada --role root --token
//! cargo run --package hello
//!
//! curl -X POST -H 'Authorization: Bearer <token>' \
//!   -d '{"name": "Ada"}' 'http://localhost:3000/api/guests:create'
//! ```

use wfruntime::prelude::*;

/// Somebody who came in.
#[collection]
pub struct Guest {
    pub name: String,
    pub greeting: Option<String>,
}

workflow! {
    /// Greets every guest.
    #[post_action(mode = "global", on = [create])]
    pub greet<Guest> {
        update data { greeting: format!("Hello, {}!", data.name) };
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    App::new("sqlite://hello.db").run().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use wfruntime::testing::TestApp;

    #[tokio::test]
    async fn every_guest_is_greeted() -> Result<()> {
        let app = TestApp::start(|app| app).await;
        let guest = app.root().await.create(Guest::new().name("Ada")).await?;
        assert_eq!(app.reload(&guest).await.greeting.as_deref(), Some("Hello, Ada!"));
        Ok(())
    }
}
