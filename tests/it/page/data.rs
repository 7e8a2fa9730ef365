//! Forms, records and lists on the page.

use serde_json::{Value, json};
use wfruntime::prelude::*;

use super::link;
use crate::program_under_test::{Page, Program};

/// Where goods are kept.
#[collection(name = "shelves")]
pub struct Shelf {
    /// As it stands on the front.
    #[field(length = 1..=10, title = "Name of the shelf")]
    pub label: String,
    pub room: Option<String>,
}

/// Something that is kept.
#[collection]
pub struct Good {
    pub name: String,
    pub shelf: Option<BelongsTo<Shelf>>,
    pub marks: BelongsToMany<Mark, GoodMark>,
}

/// What is written on goods.
#[collection]
pub struct Mark {
    pub text: String,
}

/// What is written on which.
#[collection]
pub struct GoodMark {
    pub good: BelongsTo<Good>,
    pub mark: BelongsTo<Mark>,
}

forms! {
    // No form of its own: it keeps the plain ones.
    Good { row "Call it a lamp" { name: "Lamp" }; }
}

/// Keeps out what is no good at all.
#[pre_action(mode = "global", on = [create, update])]
async fn keep_out(good: PreAction<Good>, cx: PreContext<Good>) -> Result<()> {
    if good.data.get(Good::FIELDS.name).is_some_and(|name| name == "Nothing") {
        cx.respond("nothing is kept as it is").await?;
        cx.end()?;
    }
    Ok(())
}

role! {
    storekeeper {
        Good: view, create, update;
        Shelf: view, create(label);
        Mark: view;
        GoodMark: view, create, destroy;
    }
    /// Fetches goods, and makes no shelves.
    fetcher { Good: view, create(name, shelf); Shelf: view; }
}

/// A store with some shelves and marks.
struct Store {
    program: Program,
    root: String,
    keeper: String,
    shelves: Vec<i64>,
    marks: Vec<i64>,
}

impl Store {
    async fn open() -> Self {
        let program = Program::start().await;
        let root = program.user("Root", &["root"]).await;
        let keeper = program.user("Kim", &["storekeeper"]).await;
        let (mut shelves, mut marks) = (Vec::new(), Vec::new());
        for number in 10..40 {
            let shelf = json!({ "label": format!("S{number}"), "room": "cellar" });
            shelves.push(program.post("/api/shelves:create", &root, &shelf).await.id());
        }
        for text in ["fragile", "heavy", "wet"] {
            marks.push(
                program.post("/api/marks:create", &root, &json!({ "text": text })).await.id(),
            );
        }
        Self { program, root, keeper, shelves, marks }
    }

    async fn good(&self, page: &Page) -> Value {
        let id = page.location().rsplit('/').next().expect("an id");
        let path = format!("/api/goods:get?filterByTk={id}&appends=shelf,marks");
        self.program.get(&path, &self.root).await.body["data"].take()
    }

    async fn count(&self, collection: &str) -> Value {
        let listed = self.program.get(&format!("/api/{collection}:list"), &self.root).await;
        listed.body["meta"]["count"].clone()
    }
}

/// Which value is chosen in the first select of the content.
fn chosen(page: &Page) -> Option<&str> {
    let (_, content) = page.text.split_once("<main")?;
    let (before, _) = content.split_once("\" selected")?;
    before.rsplit('"').next()
}

#[tokio::test]
async fn one_of_many_records_is_searched_and_picked() {
    let store = Store::open().await;
    let form = "/admin/data/goods/new";
    let page = store.program.page(form, &store.keeper, None).await;
    assert!(page.text.contains(">S39<") && !page.text.contains(">S10<"), "the newest alone");
    assert!(page.text.contains("data-pick=\"/admin/pick/shelves\""), "{}", page.text);

    // Without the script: by the button beside the search, or by the key Enter in it.
    for look in ["&look=shelfId", "&button="] {
        let sent = format!("name=Lamp&shelfId=&find.shelfId=s1&found.shelfId={look}");
        let page = store.program.page(form, &store.keeper, Some(&sent)).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains(">S10<") && !page.text.contains(">S39<"), "{}", page.text);
        assert!(page.text.contains("value=\"Lamp\""), "what was written is kept");
        assert!(page.text.contains("10 found"), "{}", page.text);
    }
    assert_eq!(store.count("goods").await, 0, "a search writes nothing");
    let sent = format!(
        "name=Lamp&shelfId={}&find.shelfId=s1&found.shelfId=s1&marks=&find.marks=&found.marks=",
        store.shelves[0]
    );
    let page = store.program.page(form, &store.keeper, Some(&sent)).await;
    assert_eq!(page.status, 303, "{}", page.text);
    assert_eq!(store.good(&page).await["shelf"]["label"], "S10");
    let page = store.program.page(&format!("{}/edit", page.location()), &store.keeper, None).await;
    assert_eq!(chosen(&page), Some(&*store.shelves[0].to_string()), "though it is old");

    // With it, whatever the case and the accents, and by its number.
    let tall = json!({ "label": "Ärmel", "room": "attic" });
    store.program.post("/api/shelves:create", &store.root, &tall).await;
    for typed in ["armel", "%C3%84RM", "%C3%A4rmel"] {
        let path = format!("/admin/pick/shelves?q={typed}");
        let found = store.program.page(&path, &store.keeper, None).await;
        assert!(found.text.contains("\"Ärmel\""), "{typed}: {}", found.text);
    }
    let found = store.program.page("/admin/pick/shelves?q=S12", &store.keeper, None).await;
    let found: Value = serde_json::from_str(&found.text).expect("JSON");
    assert_eq!(found["records"][0]["title"], "S12");
    assert_eq!(found["told"], "One found");
    let number = store.shelves[3];
    let path = format!("/admin/pick/shelves?q=%23{number}");
    let found = store.program.page(&path, &store.keeper, None).await;
    assert!(found.text.contains("\"S13\""), "{}", found.text);
    let fetcher = store.program.user("Fred", &["fetcher"]).await;
    let found = store.program.page("/admin/pick/marks?q=f", &fetcher, None).await;
    assert!(!found.text.contains("fragile"), "it may not see marks: {}", found.text);
}

#[tokio::test]
async fn a_new_record_is_made_beside_those_to_pick() {
    let store = Store::open().await;
    let form = "/admin/data/goods/new";
    let page = store.program.page(form, &store.keeper, None).await;
    assert!(page.text.contains("name=\"shelf.label\""), "{}", page.text);
    assert!(page.text.contains("Name of the shelf"), "{}", page.text);
    let help = "id=\"field-shelf.label-help\">As it stands on the front.</p>";
    assert!(page.text.contains(help), "{}", page.text);
    assert!(page.text.contains("aria-describedby=\"field-shelf.label-help\""), "{}", page.text);
    assert!(!page.text.contains("shelf.room"), "it may not fill that in: {}", page.text);

    let long = "name=Lamp&shelfId=new&shelf.label=much+too+long+a+label&marks=";
    let page = store.program.page(form, &store.keeper, Some(long)).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("id=\"field-shelf.label-fault\""), "{}", page.text);
    assert_eq!(chosen(&page), Some("new"));
    assert_eq!((store.count("goods").await, store.count("shelves").await), (0.into(), 30.into()));

    let new = "name=Lamp&shelfId=new&shelf.label=T1&marks=";
    let page = store.program.page(form, &store.keeper, Some(new)).await;
    assert_eq!(page.status, 303, "{}", page.text);
    assert_eq!(store.good(&page).await["shelf"]["label"], "T1");

    let fetcher = store.program.user("Fred", &["fetcher"]).await;
    let page = store.program.page(form, &fetcher, None).await;
    assert!(!page.text.contains("shelf.label"), "it may make no shelf: {}", page.text);
    assert!(!page.text.contains("fragile"), "it may see no mark: {}", page.text);
}

#[tokio::test]
async fn a_collection_with_nothing_but_buttons_has_plain_forms() {
    let store = Store::open().await;
    let list = store.program.page("/admin/data/goods", &store.keeper, None).await;
    assert_eq!(link(&list, "/admin/data/goods/new"), "/admin/data/goods/new");
    let sent = "name=Lantern&shelfId=&marks=";
    let made = store.program.page("/admin/data/goods/new", &store.keeper, Some(sent)).await;
    let record = store.program.page(made.location(), &store.keeper, None).await;
    assert!(record.text.contains(">Call it a lamp</button>"), "{}", record.text);
    let edit = format!("{}/edit", made.location());
    assert_eq!(link(&record, &edit), edit);
    let form = store.program.page(&edit, &store.keeper, None).await;
    assert!(form.text.contains("value=\"Lantern\""), "{}", form.text);
    let pressed = format!("{}/press", made.location());
    store.program.page(&pressed, &store.keeper, Some("button=call_it_a_lamp")).await;
    assert_eq!(store.good(&made).await["name"], "Lamp");
    // What a role may not do is not offered.
    let fetcher = store.program.user("Fred", &["fetcher"]).await;
    let record = store.program.page(made.location(), &fetcher, None).await;
    assert!(!record.text.contains("Call it") && !record.text.contains(&edit), "{}", record.text);
}

#[tokio::test]
async fn any_number_of_records_is_ticked() {
    let store = Store::open().await;
    let [fragile, heavy, wet] = store.marks[..] else { panic!("three marks") };
    let form = format!("name=Lamp&shelfId=&marks=&marks={fragile}&marks={wet}");
    let page = store.program.page("/admin/data/goods/new", &store.keeper, Some(&form)).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let good = store.good(&page).await;
    assert_eq!(good["marks"].as_array().map(Vec::len), Some(2), "{good}");
    let edit = format!("{}/edit", page.location());
    let page = store.program.page(&edit, &store.keeper, None).await;
    for (mark, is_ticked) in [(fragile, true), (heavy, false), (wet, true)] {
        let ticked = page.text.contains(&format!("name=\"marks\" value=\"{mark}\" checked"));
        assert_eq!(ticked, is_ticked, "{}", page.text);
    }
    // A search keeps what is ticked.
    let opened = format!("name=Lamp&shelfId=&marks=&marks.seen={fragile}&marks.seen={wet}");
    let form = format!("{opened}&marks={heavy}&find.marks=wet&found.marks=&look=marks");
    let page = store.program.page(&edit, &store.keeper, Some(&form)).await;
    assert!(page.text.contains(&format!("value=\"{heavy}\" checked")), "{}", page.text);
    assert!(!page.text.contains("fragile"), "{}", page.text);
    let form = format!("{opened}&marks={heavy}");
    let page = store.program.page(&edit, &store.keeper, Some(&form)).await;
    assert_eq!(store.good(&page).await["marks"][0]["text"], "heavy");
    let form = format!("name=Lamp&shelfId=&marks=&marks.seen={heavy}");
    let page = store.program.page(&edit, &store.keeper, Some(&form)).await;
    assert_eq!(store.good(&page).await["marks"], json!([]));
}

#[tokio::test]
async fn cards_move_between_the_columns_of_a_board() {
    let program = Program::start().await;
    let root = program.user("Root", &["root"]).await;
    let child = program.user("Bob", &["errand_child"]).await;
    let values = json!({ "what": "Milk", "price": "1" });
    let id = program.post("/api/errands:create", &child, &values).await.id();
    let board = "/admin/data/errands?view=board&by=state";
    let page = program.page(board, &root, None).await;
    assert!(page.text.contains("data-lane=\"sent\""), "{}", page.text);
    assert!(page.text.contains(">Forget</button>"), "the buttons of the record: {}", page.text);
    let path = format!("/admin/data/errands/{id}/move");
    assert!(page.text.contains(&format!("action=\"{path}\"")), "{}", page.text);
    assert!(page.text.contains("draggable=\"true\""), "{}", page.text);
    let page = program.page(board, &child, None).await;
    assert!(page.text.contains(">Forget</button>") && !page.text.contains("draggable"), "may not");

    let form = "field=state&to=sent&next=%2Fdata%2Ferrands%3Fview%3Dboard";
    let moved = program.page(&path, &root, Some(form)).await;
    assert_eq!(moved.location(), "/admin/data/errands?view=board");
    let stored = program.get(&format!("/api/errands:get?filterByTk={id}"), &root).await;
    assert_eq!(stored.body["data"]["state"], "sent");
    let page = program.page(board, &root, None).await;
    assert!(!page.text.contains(">Forget</button>"), "its condition does not hold: {}", page.text);

    // What is refused is told where one was.
    let refused = program.page(&path, &child, Some(form)).await;
    assert_eq!(refused.location(), "/admin/data/errands?view=board");
    let said = refused.headers["set-cookie"].to_str().expect("a cookie");
    let said = format!("wf_session={child}; {}", said.split(';').next().expect("a value"));
    let page = program.browse("GET", board, &[("cookie", &said)], "").await;
    assert!(page.text.contains("role=\"alert\">Your role may not write “State”."), "{}", page.text);
}

#[tokio::test]
async fn a_wish_is_filled_in_decided_and_seen() {
    let program = Program::start().await;
    let child = program.user("Bob", &["errand_child"]).await;
    let parent = program.user("Eve", &["errand_parent"]).await;

    let page = program.page("/admin/data/errands", &child, None).await;
    assert!(page.text.contains("There is nothing yet"), "{}", page.text);
    let form = link(&page, "/admin/data/errands/new");
    assert_eq!(form, "/admin/data/errands/new?form=wish");
    let page = program.page(&form, &child, None).await;
    assert!(page.text.contains("What you say is read aloud."), "{}", page.text);
    assert!(page.text.contains("value=\"wish.ask\""), "{}", page.text);

    // What is wrong stands at its field, and what was written is kept.
    let page = program.page(&form, &child, Some("what=&price=a+lot&button=wish.ask")).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("aria-describedby=\"field-price-fault\""), "{}", page.text);
    assert!(page.text.contains("value=\"a lot\""), "{}", page.text);

    let page = program.page(&form, &child, Some("what=Milk&price=1.50&button=wish.ask")).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let record = page.location().to_owned();
    let said = page.headers["set-cookie"].to_str().expect("a cookie");
    assert!(said.starts_with("wf_said=it%20costs%201%2E5"), "{said}");
    let said = format!("wf_session={child}; {}", said.split(';').next().expect("a value"));
    let page = program.browse("GET", &record, &[("cookie", &said)], "").await;
    assert!(page.text.contains("role=\"status\">it costs 1.5"), "{}", page.text);
    assert!(page.text.contains("Forget"), "a button of the record");
    program.running.idle().await;

    let page = program.page("/admin/tasks", &parent, None).await;
    assert!(page.text.contains("<span class=\"count\">1</span>"), "{}", page.text);
    let task = link(&page, "/admin/tasks/");
    let page = program.page(&task, &parent, None).await;
    assert!(page.text.contains("May they fetch Milk?"), "{}", page.text);
    assert!(page.text.contains("1.5"), "what it is about: {}", page.text);
    let decided = program.page(&task, &parent, Some("decision=approved&comment=Hurry")).await;
    assert_eq!(decided.location(), "/admin/tasks");
    let again = program.page(&task, &parent, Some("decision=rejected")).await;
    assert_eq!(again.status, 409);
    assert!(again.text.contains("Eve"), "who decided: {}", again.text);
    program.running.idle().await;
    let page = program.page(&record, &child, None).await;
    assert!(page.text.contains("Sent"), "{}", page.text);
    assert!(!page.text.contains("Forget"), "its condition does not hold any more");
}

#[tokio::test]
async fn what_is_stored_although_a_workflow_failed_is_no_form_to_send_again() {
    let program = Program::start().await;
    let child = program.user("Bob", &["errand_child"]).await;
    let form = "/admin/data/errands/new?form=wish";
    let page = program.page(form, &child, Some("what=Car&price=101&button=wish.ask")).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let said = page.headers["set-cookie"].to_str().expect("a cookie");
    assert!(said.contains("too%20dear"), "{said}");
    assert_eq!(program.get("/api/errands:list", &child).await.body["meta"]["count"], 1);
}

#[tokio::test]
async fn what_was_not_written_is_told_where_one_was() {
    let store = Store::open().await;
    let page = |path: String, sent: Option<&'static str>| {
        let (program, keeper) = (&store.program, &store.keeper);
        async move { program.page(&path, keeper, sent).await }
    };
    let said = |page: &Page| {
        let cookies = page.headers.get_all("set-cookie").iter();
        let cookie = cookies.filter_map(|it| it.to_str().ok()).find(|it| it.contains("wf_said"));
        cookie.unwrap_or_default().contains("nothing%20is%20kept%20as%20it%20is")
    };
    let refused = page("/admin/data/goods/new".into(), Some("name=Nothing&shelfId=")).await;
    assert_eq!((refused.status.as_u16(), refused.location()), (303, "/admin/data/goods"));
    assert!(said(&refused), "{refused:?}");
    assert_eq!(store.count("goods").await, 0);
    let kept = page("/admin/data/goods/new".into(), Some("name=Lamp&shelfId=")).await;
    let record = kept.location().to_owned();
    let refused = page(format!("{record}/edit"), Some("name=Nothing&shelfId=")).await;
    assert_eq!((refused.status.as_u16(), refused.location()), (303, &*record));
    assert!(said(&refused), "{refused:?}");
    assert_eq!(store.good(&kept).await["name"], "Lamp");
}
