//! A program with a field of every kind, in which everything is called what nobody wishes for.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use wfruntime::prelude::*;
use wfruntime::{Clock, Running};

/// A thing with a field of every kind.
#[collection]
pub struct Thing {
    pub name: String,
    #[field(length = 0..=4000)]
    pub story: String,
    pub remark: Option<String>,
    pub kind: Kind,
    pub owner: BelongsTo<Owner>,
    pub count: i64,
    pub ratio: Option<f64>,
    pub is_good: bool,
    pub price: Decimal,
    pub day: Option<Date>,
    pub hour: Option<Time>,
    pub meeting: Option<DateTime>,
    pub noticed: Option<Timestamp>,
    pub mark: Option<Uuid>,
    pub extra: Option<Json>,
}

#[choice]
pub enum Kind {
    Large,
    Small,
}

#[collection]
pub struct Owner {
    pub name: String,
    pub things: HasMany<Thing>,
}

workflow! {
    /// Has somebody look at it.
    #[post_action(mode = "global", on = [create])]
    look<Thing> {
        let look = approve "Look at {data.name}" { by: role(keeper) };
        if look.is_rejected() {
            end failed "{look.comment}";
        }
    }
}

/// Answers with what was sent.
#[post_action(mode = "global", on = [create], execution = "sync")]
async fn thank(thing: PostAction<Thing>, cx: SyncContext) -> Result<()> {
    cx.respond(format!("got {}", thing.data.name)).await
}

/// How something is made.
#[collection]
pub struct Recipe {
    pub name: String,
    pub marks: BelongsToMany<Mark, RecipeMark>,
    pub steps: HasMany<Step>,
}

#[collection]
pub struct Mark {
    pub name: String,
    #[field(default = false)]
    pub is_sent: bool,
}

#[collection]
pub struct RecipeMark {
    pub recipe: BelongsTo<Recipe>,
    pub mark: BelongsTo<Mark>,
}

#[collection]
pub struct Step {
    pub recipe: Option<BelongsTo<Recipe>>,
    pub what: String,
    pub mark: Option<BelongsTo<Mark>>,
}

forms! {
    Recipe {
        add "Write down" (name, marks { name }, steps { what, mark }) { "Save"; }
        edit "Change" (name, steps { what, mark }) { "Save"; }
    }
    Mark {
        rows "Send" { is_sent: true } when is_sent == false;
        rows "Count" => [count_marks];
    }
}

/// Throws away what nobody needs.
#[schedule(every = 1 hour)]
async fn tidy_up(_: Scheduled, cx: Context) -> Result<()> {
    cx.run("sweep", async || Ok(())).await
}

/// Says how many there are.
#[custom_action(execution = "sync")]
async fn count_marks(marks: CustomAction<Many<Mark>>, cx: SyncContext) -> Result<()> {
    cx.respond(format!("{} counted", marks.data.len())).await
}

role! {
    keeper { Thing: view, create, update, destroy;
        Owner: view, create;
        Recipe: view, create, update;
        Step: view, create, update;
        Mark: view, create, update();
        tasks;
        workflows: count_marks;
    }
    /// Has no business here.
    stranger {}
}

/// The program, answering at an address of its own; its database is gone with it.
pub(crate) struct Shapes {
    pub(crate) running: Running,
    /// It stands still until it is moved.
    pub(crate) clock: Clock,
    pub(crate) url: String,
    _folder: TempDir,
}

impl Shapes {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = format!("sqlite://{}", folder.path().join("test.db").display());
        let clock = Clock::manual("2026-01-01T00:00:00Z".parse().expect("a moment"));
        let running = App::new(database).clock(clock.clone()).start().await.expect("it starts");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = running.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { running, clock, url, _folder: folder }
    }

    /// The token of a new user.
    pub(crate) async fn user(&self, nickname: &str, role: &str) -> String {
        self.running.add_user(nickname, &[role]).await.expect("a user")
    }

    /// What a route answers; with values, they are sent there.
    pub(crate) async fn ask(&self, token: &str, path: &str, values: Option<&Value>) -> Value {
        let body = values.map(Value::to_string);
        let request = Request::builder()
            .method(if body.is_some() { "POST" } else { "GET" })
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(body.unwrap_or_default()))
            .expect("a request");
        let answer = self.running.answer(request).await;
        let is_success = answer.status().is_success();
        let bytes = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
        let mut answer: Value = serde_json::from_slice(&bytes).expect("an answer");
        assert!(is_success, "{path}: {answer}");
        self.running.idle().await;
        answer["data"].take()
    }

    /// A thing whose every text is this one; its id.
    pub(crate) async fn thing(&self, token: &str, text: &str) -> Value {
        let owner = self.ask(token, "/api/owners:create", Some(&json!({ "name": text }))).await;
        let values = json!({
            "name": text, "story": format!("{text}\n{text}"), "remark": text, "kind": "small",
            "owner": { "id": owner["id"] }, "count": -7, "ratio": 0.5, "isGood": true,
            "price": "12345678.90", "day": "2026-01-02", "hour": "03:04:05",
            "meeting": "2026-01-02T03:04:05", "noticed": "2026-01-02T03:04:05Z",
            "mark": "0190c0de-0000-7000-8000-000000000000", "extra": { "said": text },
        });
        self.ask(token, "/api/things:create", Some(&values)).await["id"].take()
    }
}
