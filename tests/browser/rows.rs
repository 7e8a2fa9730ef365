//! Records that are filled in with the one around them, row by row.

use serde_json::json;

use crate::driver::{Look, browse};
use crate::person::Person;
use crate::shapes::Shapes;

impl Person {
    /// Fills in a field of a row by its name.
    async fn fills(&self, name: &str, text: &str) {
        let field = self.find(&format!("//*[@name = '{name}']"), name).await;
        field.send_keys(text).await.expect("a field that can be filled in");
    }
}

/// The steps of the newest recipe.
async fn steps(shapes: &Shapes, token: &str) -> Vec<String> {
    let all = shapes.ask(token, "/api/steps:list?sort=id", None).await;
    let steps = all.as_array().cloned().unwrap_or_default().into_iter();
    let linked = steps.filter(|step| !step["recipeId"].is_null());
    linked.map(|step| step["what"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn rows_are_added_dropped_and_changed_on_the_page() {
    browse(async |driver| {
        let shapes = Shapes::start().await;
        let token = shapes.user("Kim", "keeper").await;
        for name in ["sweet", "sour"] {
            shapes.ask(&token, "/api/marks:create", Some(&json!({ "name": name }))).await;
        }
        let kim = driver.person("Kim", &shapes.url, &token, Look::DESKTOP).await;
        kim.open("/data/recipes/new?form=write_down").await;
        kim.marks_the_page().await;
        kim.fill("Name", "Tea").await;
        kim.fills("steps[0].what", "Boil").await;
        let another = "//fieldset[legend = 'Steps']//button[. = 'Add another']";
        let add = async || kim.find(another, "for another step").await.click().await.expect("it");
        add().await;
        // Where one writes is the new row.
        let here = kim.browser.active_element().await.expect("an element");
        here.send_keys("Pour").await.expect("keys");
        add().await;
        kim.fills("steps[n2].what", "Spill").await;
        let drop = "(//fieldset[legend = 'Steps']//button[. = 'Remove'])[3]";
        kim.find(drop, "the button of the last row").await.click().await.expect("it");
        // A reference in a row is searched as any other.
        let picker = "//div[select[@name = 'steps[n1].markId']]";
        let search = kim.find(&format!("{picker}//input[@type = 'search']"), "its search").await;
        search.send_keys("SWE").await.expect("keys");
        kim.find("//*[@role = 'status'][. = 'One found']", "what was found").await;
        let mark = kim.find("//select[@name = 'steps[n1].markId']", "the marks").await;
        mark.send_keys("sweet").await.expect("a choice");
        kim.field("sour").await.click().await.expect("a box to tick");
        assert!(kim.is_on_the_marked_page().await, "it was never loaded again");
        kim.press("Save").await;
        kim.find("//h1[. = 'Tea']", "the recipe").await;
        assert_eq!(steps(&shapes, &token).await, ["Boil", "Pour"]);
        kim.sees("sour").await;

        kim.press("Change").await;
        kim.find("//h1[. = 'Change: Tea']", "the form").await;
        kim.fills("steps[1].what", " slowly").await;
        let gone = "//input[@name = 'steps[0].gone']";
        kim.find(gone, "a box").await.click().await.expect("a box to tick");
        kim.press("Save").await;
        kim.find("//h1[. = 'Tea']", "the recipe").await;
        assert_eq!(steps(&shapes, &token).await, ["Pour slowly"]);
    })
    .await;
}

#[tokio::test]
async fn rows_are_added_without_any_script() {
    browse(async |driver| {
        let shapes = Shapes::start().await;
        let token = shapes.user("Kim", "keeper").await;
        let look = Look { has_script: false, ..Look::DESKTOP };
        let kim = driver.person("Kim", &shapes.url, &token, look).await;
        kim.open("/data/recipes/new?form=write_down").await;
        kim.fill("Name", "Tea").await;
        kim.fills("steps[0].what", "Boil").await;
        let another = "//fieldset[legend = 'Steps']//button[. = 'Add another']";
        kim.find(another, "for another step").await.click().await.expect("it");
        kim.fills("steps[1].what", "Pour").await;
        kim.find(another, "for another step").await.click().await.expect("it");
        kim.find("//*[@name = 'steps[2].what']", "a third row, which stays empty").await;
        kim.press("Save").await;
        kim.find("//h1[. = 'Tea']", "the recipe").await;
        assert_eq!(steps(&shapes, &token).await, ["Boil", "Pour"]);
    })
    .await;
}
