//! Records that are selected in a table, and buttons that are pressed on all of them.

use serde_json::json;

use crate::driver::{Look, browse};
use crate::person::Person;
use crate::shapes::Shapes;

/// The marks that were sent, by their names.
async fn sent(shapes: &Shapes, token: &str) -> Vec<String> {
    let path = "/api/marks:list?sort=name&pageSize=50&filter=%7B%22isSent%22:true%7D";
    let all = shapes.ask(token, path, None).await;
    let all = all.as_array().cloned().unwrap_or_default().into_iter();
    all.map(|mark| mark["name"].as_str().unwrap_or_default().to_owned()).collect()
}

impl Person {
    async fn ticks(&self, name: &str) {
        self.field(name).await.click().await.expect("a box to tick");
    }

    async fn sees_ticked(&self, count: &str) {
        self.find(&format!("//form//output[. = '{count}']"), "how many are ticked").await;
    }
}

#[tokio::test]
async fn buttons_are_pressed_on_what_is_selected() {
    browse(async |driver| {
        let shapes = Shapes::start().await;
        let token = shapes.user("Kim", "keeper").await;
        for index in 10..40 {
            let mark = json!({ "name": format!("m{index}") });
            shapes.ask(&token, "/api/marks:create", Some(&mark)).await;
        }
        let kim = driver.person("Kim", &shapes.url, &token, Look::DESKTOP).await;
        kim.open("/data/marks?sort=name").await;
        kim.press("Send").await;
        kim.sees("Select some records first.").await;
        kim.ticks("Select: m10").await;
        kim.ticks("Select: m12").await;
        kim.sees_ticked("2").await;
        // What others do meanwhile takes nothing back.
        let mark = json!({ "name": "m00" });
        shapes.ask(&token, "/api/marks:create", Some(&mark)).await;
        kim.find("//td//a[. = 'm00']", "what came meanwhile").await;
        kim.sees_ticked("2").await;
        kim.press("Send").await;
        kim.sees("Done with 2 records.").await;
        assert_eq!(sent(&shapes, &token).await, ["m10", "m12"]);

        // All of the page, of which two are sent; one is taken out by a key.
        kim.ticks("Select all on this page").await;
        kim.sees_ticked("25").await;
        kim.field("Select: m11").await.send_keys(" ").await.expect("a key");
        kim.sees_ticked("24").await;
        kim.press("Send").await;
        kim.sees("Done with 22 records.").await;
        assert_eq!(sent(&shapes, &token).await.len(), 24);

        // All that is found, on every page.
        kim.open("/data/marks?q=m").await;
        kim.ticks("All 31, on every page").await;
        kim.press("Count").await;
        kim.sees("31 counted").await;
    })
    .await;
}

#[tokio::test]
async fn buttons_for_several_need_no_script() {
    browse(async |driver| {
        let shapes = Shapes::start().await;
        let token = shapes.user("Kim", "keeper").await;
        for name in ["one", "two", "three"] {
            shapes.ask(&token, "/api/marks:create", Some(&json!({ "name": name }))).await;
        }
        let look = Look { has_script: false, ..Look::DESKTOP };
        let kim = driver.person("Kim", &shapes.url, &token, look).await;
        kim.open("/data/marks").await;
        kim.ticks("Select: one").await;
        kim.ticks("Select: three").await;
        kim.press("Send").await;
        kim.sees("Done with 2 records.").await;
        assert_eq!(sent(&shapes, &token).await, ["one", "three"]);
    })
    .await;
}
