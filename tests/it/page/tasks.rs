//! The inbox: deadlines, handing on, and what was decided.

use serde_json::{Value, json};
use wfruntime::prelude::*;

use super::link;
use crate::program_under_test::Program;

/// Something to look after.
#[collection]
pub struct Chore {
    pub name: String,
}

workflow! {
    /// Has it looked at within days.
    #[post_action(mode = "local")]
    chore_soon<Chore> {
        let look = approve "Look at {data.name}" { by: role(caretaker), within: 3 days };
        if look.is_rejected() {
            end failed "{look.comment}";
        }
    }

    /// Has it looked at some day.
    #[post_action(mode = "local")]
    chore_someday<Chore> {
        approve "Think of {data.name}" { by: role(caretaker) };
    }
}

role! {
    caretaker { Chore: view, create; workflows: chore_soon, chore_someday; tasks; }
    visitor { Chore: view; }
}

struct House {
    program: Program,
    cleo: String,
    dan: String,
}

impl House {
    async fn open() -> Self {
        let program = Program::start().await;
        let cleo = program.user("Cleo", &["caretaker"]).await;
        let dan = program.user("Dan", &["caretaker"]).await;
        program.user("Vic", &["visitor"]).await;
        Self { program, cleo, dan }
    }

    async fn chore(&self, name: &str, workflow: &str) {
        let path = format!("/api/chores:create?triggerWorkflows={workflow}");
        let made = self.program.post(&path, &self.cleo, &json!({ "name": name })).await;
        assert_eq!(made.outcome(), (200, ""), "{made:?}");
        self.program.running.idle().await;
    }
}

#[tokio::test]
async fn what_is_due_first_stands_first_and_stands_out() {
    let house = House::open().await;
    house.chore("rain", "chore_someday").await;
    house.chore("roof", "chore_soon").await;
    house.program.clock.advance(jiff::SignedDuration::from_hours(10));
    house.chore("door", "chore_soon").await;
    house.chore("wind", "chore_someday").await;
    let listed = house.program.get("/api/tasks:list?sort=dueAt&pageSize=3", &house.cleo).await;
    let titles = |listed: &Value| -> Vec<String> {
        let tasks = listed["data"].as_array().cloned().expect("a list");
        tasks.iter().map(|task| task["title"].as_str().expect("a text").to_owned()).collect()
    };
    assert_eq!(titles(&listed.body), ["Look at roof", "Look at door", "Think of wind"]);
    assert_eq!(listed.body["meta"]["count"], 4);
    let rest = house.program.get("/api/tasks:list?sort=dueAt&pageSize=3&page=2", &house.cleo).await;
    assert_eq!(titles(&rest.body), ["Think of rain"]);

    let page = house.program.page("/admin/tasks", &house.cleo, None).await;
    assert!(!page.text.contains("data-hurry"), "{}", page.text);
    let place = |text: &str| page.text.find(text).unwrap_or_else(|| panic!("no {text}"));
    assert!(place("Look at roof") < place("Look at door"), "{}", page.text);
    assert!(place("Look at door") < place("Think of rain"), "{}", page.text);
    house.program.clock.advance(jiff::SignedDuration::from_hours(45));
    let page = house.program.page("/admin/tasks", &house.cleo, None).await;
    assert_eq!(page.text.matches("data-hurry=\"due-soon\"").count(), 1, "{}", page.text);
}

#[tokio::test]
async fn a_task_is_handed_to_a_colleague_by_name() {
    let house = House::open().await;
    house.chore("roof", "chore_soon").await;
    let page = house.program.page("/admin/tasks", &house.cleo, None).await;
    let task = link(&page, "/admin/tasks/");
    let hand_on = format!("{task}/delegate");
    // Whether a name is that of nobody or of somebody else is not told.
    for name in ["Nobody", "Vic"] {
        let page = house.program.page(&hand_on, &house.cleo, Some(&format!("to={name}"))).await;
        assert_eq!(page.status, 400, "{name}");
        assert!(page.text.contains("nobody of this name who could do this"), "{}", page.text);
        assert!(page.text.contains("id=\"field-to-fault\""), "{}", page.text);
    }
    let page = house.program.page(&hand_on, &house.cleo, Some("to=Dan")).await;
    assert_eq!(page.location(), "/admin/tasks", "{}", page.text);
    let page = house.program.page(&task, &house.dan, None).await;
    assert!(page.text.contains("Cleo handed this on to Dan"), "{}", page.text);

    let page = house.program.page(&task, &house.dan, Some("decision=approved&comment=ok")).await;
    assert_eq!(page.location(), "/admin/tasks", "{}", page.text);
    let page = house.program.page("/admin/tasks", &house.dan, None).await;
    assert!(page.text.contains("Nothing waits for you"), "{}", page.text);
    let page = house.program.page("/admin/tasks?show=closed", &house.dan, None).await;
    assert!(page.text.contains("Look at roof"), "{}", page.text);
    let page = house.program.page(&task, &house.dan, None).await;
    assert!(page.text.contains("<strong>Dan</strong>"), "who decided: {}", page.text);
}

#[tokio::test]
async fn whoever_sees_users_picks_a_colleague() {
    let house = House::open().await;
    let root = house.program.user("Root", &["root"]).await;
    house.chore("roof", "chore_soon").await;
    let page = house.program.page("/admin/tasks", &root, None).await;
    let task = link(&page, "/admin/tasks/");
    let page = house.program.page(&task, &root, None).await;
    assert!(page.text.contains("data-pick=\"/admin/pick/users\""), "{}", page.text);
    let search = "to=&find.to=dan&found.to=&look=to";
    let page = house.program.page(&format!("{task}/delegate"), &root, Some(search)).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains(">Dan</option>") && !page.text.contains(">Cleo<"), "{}", page.text);
    let page = house.program.page(&task, &house.cleo, None).await;
    assert!(!page.text.contains("/admin/pick/users"), "{}", page.text);
}
