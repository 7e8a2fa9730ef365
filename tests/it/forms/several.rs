//! Buttons that are pressed on all records that are selected, by their ids or by a filter.

use serde_json::{Value, json};
use wfruntime::prelude::*;

use super::faults;
use crate::program_under_test::{Answer, Page, Program};

/// Something to be sent.
#[collection]
pub struct Bundle {
    pub to: String,
    #[field(default = false)]
    pub is_sent: bool,
}

/// Prints them on one sheet.
#[custom_action(execution = "sync")]
async fn print_labels(act: CustomAction<Many<Bundle>>, cx: SyncContext) -> Result<()> {
    cx.respond(format!("{} labels", act.data.len())).await
}

/// Tells who waits for it.
#[post_action(mode = "local", execution = "sync")]
async fn announce(bundle: PostAction<Bundle>, cx: SyncContext) -> Result<()> {
    cx.respond(format!("on its way to {}", bundle.data.to)).await
}

forms! {
    Bundle {
        row "Call back" as call_back { is_sent: false } when is_sent == true;
        rows "Send" { is_sent: true } => [announce] when is_sent == false;
        rows "Print" => [print_labels];
        rows "Lose" { to: "nobody" } allow [postmaster];
    }
}

role! {
    packer { Bundle: view, update(); workflows: print_labels, announce; }
    postmaster { Bundle: view, update(); }
    weigher { Bundle: view own; workflows: print_labels; }
}

struct Post {
    program: Program,
    packer: String,
    bundles: Vec<i64>,
}

impl Post {
    /// With a bundle to each.
    async fn open(names: &[&str]) -> Self {
        let program = Program::start().await;
        let root = program.user("Root", &["root"]).await;
        let packer = program.user("Pat", &["packer"]).await;
        let mut bundles = Vec::new();
        for to in names {
            let made = program.post("/api/bundles:create", &root, &json!({ "to": to })).await;
            bundles.push(made.id());
        }
        Self { program, packer, bundles }
    }

    async fn press(&self, token: &str, button: &str, which: &str) -> Answer {
        let path = format!("/api/bundles:update?button={button}&{which}");
        self.program.post(&path, token, &json!({})).await
    }

    async fn sent(&self) -> Vec<bool> {
        let listed = self.program.get("/api/bundles:list?sort=id", &self.packer).await;
        let all = listed.body["data"].as_array().cloned().unwrap_or_default();
        all.iter().map(|bundle| bundle["isSent"] == true).collect()
    }

    async fn page(&self, path: &str, form: Option<&str>) -> Page {
        self.program.page(path, &self.packer, form).await
    }
}

fn said(answer: &Answer) -> Vec<&str> {
    let said = answer.body["messages"].as_array().map_or(&[][..], Vec::as_slice);
    said.iter().filter_map(|one| one["message"].as_str()).collect()
}

#[tokio::test]
async fn a_filter_reaches_those_for_which_the_button_is_there() {
    let post = Post::open(&["Ann", "Bob", "Ben"]).await;
    let named = post.press(&post.packer, "send", &format!("filterByTk={}", post.bundles[1])).await;
    assert_eq!(said(&named), ["on its way to Bob"], "{named:?}");
    let filter = "filter=%7B%22to%22:%7B%22$startsWith%22:%22B%22%7D%7D";
    let pressed = post.press(&post.packer, "send", filter).await;
    assert_eq!(said(&pressed), ["on its way to Ben"], "{pressed:?}");
    assert_eq!(pressed.body["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(post.sent().await, [false, true, true]);
    // By name, it is refused of any for which it is not there, and done for none.
    let both = format!("filterByTk={},{}", post.bundles[0], post.bundles[1]);
    let refused = post.press(&post.packer, "send", &both).await;
    assert_eq!(refused.outcome(), (409, "button_not_there"));
    assert_eq!(post.sent().await, [false, true, true]);
    // One for a single record is pressed by name alone.
    let refused = post.press(&post.packer, "call_back", filter).await;
    assert_eq!(faults(&refused), (400, vec!["button_filter filter".to_owned()]));
}

#[tokio::test]
async fn all_records_of_a_press_are_given_to_one_that_takes_many() {
    let post = Post::open(&["Ann", "Bob", "Ben"]).await;
    let printed = post.press(&post.packer, "print", "filter=%7B%7D").await;
    assert_eq!(said(&printed), ["3 labels"], "{printed:?}");
    let none = post.press(&post.packer, "print", "filter=%7B%22to%22:%22Zoe%22%7D").await;
    assert_eq!((none.status.as_u16(), said(&none)), (200, Vec::new()), "{none:?}");
    // The records of others are none of theirs.
    let weigher = post.program.user("Wim", &["weigher"]).await;
    let none = post.press(&weigher, "print", "filter=%7B%7D").await;
    assert_eq!(said(&none), [""; 0], "{none:?}");
    let refused = post.press(&post.packer, "lose", "filter=%7B%7D").await;
    assert_eq!(refused.outcome(), (403, "button_forbidden"));
}

#[tokio::test]
async fn each_role_is_shown_its_buttons_for_several() {
    let post = Post::open(&["Ann"]).await;
    let shown = async |token: &str| {
        let shown = post.program.get("/api/bundles:forms", token).await;
        let names = |list: &str| -> Vec<Value> {
            let list = shown.body["data"][list].as_array().cloned().expect("a list");
            list.into_iter().map(|mut button| button["name"].take()).collect()
        };
        (names("rows"), names("several"))
    };
    let none: [Value; 0] = [];
    let (rows, several) = shown(&post.packer).await;
    assert_eq!((rows, several), (vec![json!("call_back")], vec![json!("send"), json!("print")]));
    let postmaster = post.program.user("Max", &["postmaster"]).await;
    assert_eq!(shown(&postmaster).await.1, ["lose"]);
    let weigher = post.program.user("Wim", &["weigher"]).await;
    let (rows, several) = shown(&weigher).await;
    assert_eq!((rows.as_slice(), several), (&none[..], vec![json!("print")]));
}

#[tokio::test]
async fn what_is_ticked_on_the_page_or_all_that_is_found_is_pressed() {
    let names: Vec<String> = (10..40).map(|index| format!("p{index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let post = Post::open(&names).await;
    let page = post.page("/admin/data/bundles?q=p&sort=to", None).await;
    for there in [
        "aria-label=\"Select: p10\"",
        "action=\"/admin/data/bundles/several?q=p&amp;sort=to\"",
        "All 30, on every page",
        "value=\"print\"",
    ] {
        assert!(page.text.contains(there), "no {there}: {}", page.text);
    }
    assert!(!page.text.contains("value=\"lose\""), "not this role's");
    let record = post.page(&format!("/admin/data/bundles/{}", post.bundles[0]), None).await;
    assert!(!record.text.contains("value=\"send\""), "it stands on no record");

    let press = async |query: &str, form: &str| {
        let form = format!("{form}&next=/data/bundles");
        let path = format!("/admin/data/bundles/several?{query}");
        let page = post.page(&path, Some(&form)).await;
        assert_eq!((page.status.as_u16(), page.location()), (303, "/admin/data/bundles"));
        let said = page.headers.get_all("set-cookie").iter();
        let said = said.filter_map(|it| it.to_str().ok()?.strip_prefix("wf_said="));
        said.map(|it| it.split(';').next().unwrap_or_default().replace("%20", " "))
            .collect::<String>()
    };
    let (first, second) = (post.bundles[0], post.bundles[1]);
    let said = press("", &format!("ticked={first}&ticked={second}&button=send")).await;
    assert!(said.starts_with("Done with 2 records%2E%0Aon its way to p10"), "{said}");
    assert_eq!(post.sent().await.iter().filter(|sent| **sent).count(), 2);
    let said = press("q=p1", "all=yes&button=send").await;
    assert!(said.starts_with("Done with 8 records%2E"), "{said}");
    let said = press("q=p1", "all=yes&button=send").await;
    assert!(said.starts_with("Nothing was done"), "{said}");
    assert_eq!(press("", "button=send").await, "!Select some records first%2E");
    let said = press("", &format!("ticked={first}&button=lose")).await;
    assert_eq!(said, "!Your role may not press this button%2E");
}
