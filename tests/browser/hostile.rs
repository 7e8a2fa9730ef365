//! Texts that mean harm, wherever a text can stand.

use serde_json::json;

use crate::driver::{Look, browse};
use crate::person::Person;
use crate::phone::assert_within_reach;
use crate::shapes::Shapes;

/// Closes what may be open, runs what may be run, turns the direction, and does not break.
fn hostile() -> String {
    let long = "W".repeat(150);
    format!(
        "</title></textarea><script>window.hacked = 1</script>\"'><img src=x onerror=window.hacked=1>\
         {{{{7*7}}}} ${{7*7}} \u{202e}esrever\u{2066} 👩\u{200d}🚀 {long}"
    )
}

/// A short one that turns the direction of what stands behind it.
const TURNED: &str = "<b>Eve\u{202e}";

impl Person {
    /// Nothing of a text has become a part of the page; somewhere it stands as it is.
    async fn sees_harmless(&self, text: &str, at: &str) {
        let script = format!(
            "return [window.hacked ?? 'no', document.querySelectorAll('img, b').length,
                document.scripts.length, document.documentElement.textContent.includes({})]",
            json!(text)
        );
        assert_eq!(self.evaluate(&script).await, json!(["no", 0, 1, true]), "{at}");
    }
}

#[tokio::test]
async fn a_hostile_text_is_shown_as_it_is_and_does_nothing() {
    browse(async |driver| {
        let shapes = Shapes::start().await;
        let token = shapes.user(TURNED, "root").await;
        let keeper = shapes.user("Kim", "keeper").await;
        let text = hostile();
        let thing = shapes.thing(&token, &text).await;
        let first = async |path: &str| shapes.ask(&token, path, None).await[0]["id"].to_string();
        let task = first("/api/tasks:list").await;
        let execution = first("/api/executions:list?filter=%7B%22key%22:%22look%22%7D").await;
        let rejection = json!({ "decision": "rejected", "comment": text });
        let path = format!("/api/tasks:submit?filterByTk={task}");
        shapes.ask(&keeper, &path, Some(&rejection)).await;
        let owner = first("/api/owners:list").await;
        let user = first("/api/users:list").await;

        let eve = driver.person("Eve", &shapes.url, &token, Look::DESKTOP).await;
        for look in [Look::DESKTOP, Look::PHONE] {
            eve.look(&look).await;
            for path in [
                "/data/things".to_owned(),
                "/data/things?view=board".to_owned(),
                format!("/data/things/{thing}"),
                format!("/data/things/{thing}/edit"),
                "/data/things/new".to_owned(),
                format!("/data/owners/{owner}"),
                format!("/tasks/{task}"),
                "/tasks?show=closed".to_owned(),
                format!("/executions/{execution}"),
                "/executions".to_owned(),
                "/users".to_owned(),
                format!("/users/{user}"),
            ] {
                eve.open(&path).await;
                if !path.contains("user") {
                    eve.sees_harmless("<script>window", &path).await;
                }
                eve.sees_harmless(TURNED, &path).await;
                assert_within_reach(&eve, &path).await;
            }
        }
        // Whatever her name does, what stands behind it stays there.
        let order = "const left = (name) => document.querySelector(`.person summary ${name}`)
            .getBoundingClientRect().left;
            return left('.name') < left('.quiet');";
        assert_eq!(eve.evaluate(order).await, true);
    })
    .await;
}

#[tokio::test]
async fn a_hostile_text_that_is_filled_in_comes_back_harmless() {
    browse(async |driver| {
        let shapes = Shapes::start().await;
        let token = shapes.user("Kim", "keeper").await;
        let owner = shapes.ask(&token, "/api/owners:create", Some(&json!({ "name": "Ann" }))).await;
        let kim = driver.person("Kim", &shapes.url, &token, Look::DESKTOP).await;
        kim.open("/data/things/new").await;
        let fill = format!(
            "for (const field of document.querySelectorAll('main form :is(input, textarea)')) {{
                if (['text', 'search', ''].includes(field.type) || field.tagName === 'TEXTAREA')
                    field.value = {};
            }}
            document.querySelector('[name=count]').value = 3;",
            json!(hostile())
        );
        kim.evaluate(&fill).await;
        let choose = format!(
            "document.querySelector('[name=kind]').value = 'small';
            document.querySelector('select[name^=owner]').value = {}",
            owner["id"]
        );
        kim.evaluate(&choose).await;
        kim.press("Save").await;
        kim.find("//*[@role = 'alert']", "what is wrong with it").await;
        kim.sees_harmless("<script>window", "the refused form").await;
        let kept = kim.evaluate("return document.querySelector('[name=name]').value").await;
        assert_eq!(kept, hostile(), "what was written is kept");

        kim.evaluate(
            "for (const name of ['price', 'noticed', 'extra', 'mark'])
            document.querySelector(`[name=${name}]`).value = name === 'price' ? '1' : ''",
        )
        .await;
        kim.evaluate(&choose).await;
        kim.press("Save").await;
        kim.find("//*[@role = 'status'][contains(., 'got </title>')]", "what was said").await;
        kim.sees_harmless(&hostile(), "the record").await;
        assert_within_reach(&kim, "the record").await;
    })
    .await;
}

#[tokio::test]
async fn the_page_runs_no_script_but_its_own() {
    browse(async |driver| {
        let shapes = Shapes::start().await;
        let token = shapes.user("Kim", "keeper").await;
        let kim = driver.person("Kim", &shapes.url, &token, Look::DESKTOP).await;
        kim.open("/data/things").await;
        // As if an attacker had found a hole: the script that puts it in is the test's.
        let refused = kim.evaluate_later(
            "const told = arguments[0];
            const refused = [];
            document.addEventListener('securitypolicyviolation', (event) => {
                refused.push(event.effectiveDirective);
                if (refused.length === 5) told(refused.sort());
            });
            const add = (name, set) => document.body.append(Object.assign(document.createElement(name), set));
            add('script', { textContent: 'window.hacked = 1' });
            add('script', { src: 'data:text/javascript,window.hacked=1' });
            add('style', { textContent: 'body { display: none }' });
            add('div', { innerHTML: '<img src=\"http://127.0.0.1:9/x\" onerror=\"window.hacked=1\">' });",
        );
        assert_eq!(
            refused.await,
            json!(["img-src", "script-src-attr", "script-src-elem", "script-src-elem", "style-src-elem"])
        );
        assert_eq!(kim.evaluate("return window.hacked === undefined").await, true);
        assert_eq!(kim.evaluate("return document.body.checkVisibility()").await, true);
    })
    .await;
}
