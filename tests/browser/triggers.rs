//! The pages of what fires by the clock, and of what somebody asks for.

use serde_json::json;
use wfruntime::prelude::Timestamp;

use crate::driver::{Look, browse};
use crate::person::Person;
use crate::shapes::Shapes;

impl Person {
    /// Waits until a fact of a workflow is this.
    async fn sees_fact(&self, name: &str, value: &str) {
        let fact = format!("//dl/div[dt = '{name}']/dd[contains(normalize-space(.), '{value}')]");
        self.find(&fact, name).await;
    }
}

#[tokio::test]
async fn a_schedule_shows_its_moments_and_goes_on_by_itself() {
    browse(async |driver| {
        let shapes = Shapes::start().await;
        let token = shapes.user("Ruth", "root").await;
        let ruth = driver.person("Ruth", &shapes.url, &token, Look::DESKTOP).await;
        ruth.open("/workflows/tidy_up").await;
        ruth.marks_the_page().await;
        ruth.sees_fact("Trigger", "By the clock: every 1 hour").await;
        ruth.sees_fact("Next run", "Jan 1, 2026, 1:00").await;
        ruth.sees_fact("Last run", "–").await;
        ruth.sees("It has not run yet.").await;
        let next: Timestamp = "2026-01-01T01:00:00Z".parse().expect("a moment");
        shapes.clock.advance(next.duration_since(shapes.clock.now()));
        ruth.sees_fact("Last run", "Jan 1, 2026, 1:00").await;
        ruth.sees_fact("Next run", "Jan 1, 2026, 2:00").await;
        ruth.sees_fact("Executions", "resolved 1").await;
        ruth.find("//*[local-name() = 'g'][@data-key = 'run sweep#1']", "the node that ran").await;
        assert!(ruth.is_on_the_marked_page().await, "it came by itself");
        ruth.find("//dl/div[dt = 'Last run']//a", "the last run").await.click().await.expect("it");
        ruth.find("//h1[contains(., 'Throws away what nobody needs')]", "the execution").await;
    })
    .await;
}

#[tokio::test]
async fn a_custom_action_is_pressed_and_watched() {
    browse(async |driver| {
        let shapes = Shapes::start().await;
        let (ruth, kim) = (shapes.user("Ruth", "root").await, shapes.user("Kim", "keeper").await);
        shapes.ask(&kim, "/api/marks:create", Some(&json!({ "name": "sour" }))).await;
        let ruth = driver.person("Ruth", &shapes.url, &ruth, Look::DESKTOP).await;
        ruth.open("/workflows/count_marks").await;
        ruth.sees_fact("Trigger", "On request, for records of marks, without writing anything")
            .await;
        ruth.sees_fact("Executions", "0").await;
        let command = ruth.find("//pre[contains(., 'marks:trigger')]", "how to ask for it").await;
        let command = command.text().await.expect("a text");
        assert!(command.contains("triggerWorkflows=count_marks"), "{command}");

        let kim = driver.person("Kim", &shapes.url, &kim, Look::DESKTOP).await;
        kim.open("/data/marks").await;
        kim.field("Select: sour").await.click().await.expect("a box to tick");
        kim.press("Count").await;
        kim.sees("1 counted").await;
        ruth.sees_fact("Executions", "resolved 1").await;
    })
    .await;
}
