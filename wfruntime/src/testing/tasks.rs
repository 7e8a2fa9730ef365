//! What executions ask of people, and what people say to it.

use std::future::IntoFuture;
use std::panic::Location;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Person, fail};
use crate::error::Result;
use crate::store::BoxFuture;

/// A task as its assignee sees it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Task {
    /// Its id.
    pub id: i64,
    /// The execution that waits for it.
    pub execution_id: i64,
    /// What is asked.
    pub title: String,
    /// `open`, `approved`, `rejected`, `answered`, `timed_out` or `closed`.
    pub status: String,
    /// When it is over at the latest.
    pub due_at: Option<Timestamp>,
    /// The fields it asks for; null if it takes a decision.
    pub fields: Value,
    /// Who may decide: `{"role": …}` or `{"userId": …}`.
    pub assignees: Vec<Value>,
    /// What was decided so far.
    pub decisions: Vec<Value>,
}

impl From<&Task> for i64 {
    fn from(task: &Task) -> Self {
        task.id
    }
}

impl From<Task> for i64 {
    fn from(task: Task) -> Self {
        task.id
    }
}

/// What somebody says to a task; awaiting it sends it, and gives the task as it is then.
#[must_use = "nothing is sent until it is awaited"]
pub struct Deciding {
    person: Person,
    /// The task; the oldest open one, if none is named.
    task: Option<i64>,
    body: Map<String, Value>,
    at: &'static Location<'static>,
}

impl Person {
    /// The open tasks of this person, the oldest first, once all work has come to rest.
    ///
    /// # Panics
    ///
    /// If the application refuses.
    #[track_caller]
    pub fn tasks(&self) -> impl Future<Output = Vec<Task>> + Send {
        let (at, person) = (Location::caller(), self.clone());
        async move { person.open_tasks().await.unwrap_or_else(|error| fail(at, error)) }
    }

    /// The one open task of this person, once all work has come to rest.
    ///
    /// # Panics
    ///
    /// If there is none, or more than one.
    #[track_caller]
    pub fn task(&self) -> impl Future<Output = Task> + Send {
        let (at, person) = (Location::caller(), self.clone());
        async move {
            let mut tasks = person.open_tasks().await.unwrap_or_else(|error| fail(at, error));
            match (tasks.pop(), tasks.as_slice()) {
                (Some(task), []) => task,
                (None, _) => fail(at, person.idle().await),
                (Some(last), first) => {
                    let titles = first.iter().chain([&last]);
                    let titles: Vec<_> = titles.map(|task| format!("  {}", task.title)).collect();
                    let (name, titles) = (person.nickname(), titles.join("\n"));
                    fail(at, format_args!("{name} has more than one open task:\n{titles}"))
                }
            }
        }
    }

    /// Says yes to a task.
    ///
    /// Awaiting it fails with what the application says, if it refuses.
    #[track_caller]
    pub fn approve(&self, task: impl Into<i64>) -> Deciding {
        self.say(Some(task.into()), "decision", json!("approved"))
    }

    /// Says no to a task.
    ///
    /// Awaiting it fails with what the application says, if it refuses.
    #[track_caller]
    pub fn reject(&self, task: impl Into<i64>) -> Deciding {
        self.say(Some(task.into()), "decision", json!("rejected"))
    }

    /// Fills in the form of a task: `paul.answer(&task, json!({"reference": "A-17"}))`.
    ///
    /// Awaiting it fails with what the application says, if it refuses.
    #[track_caller]
    pub fn answer(&self, task: impl Into<i64>, values: Value) -> Deciding {
        self.say(Some(task.into()), "values", values)
    }

    /// [`Self::approve`] of the oldest open task, once all work has come to rest.
    ///
    /// Awaiting it ends the test if there is none: with the executions that wait.
    #[track_caller]
    pub fn approve_next(&self) -> Deciding {
        self.say(None, "decision", json!("approved"))
    }

    /// [`Self::reject`] of the oldest open task, once all work has come to rest.
    ///
    /// Awaiting it ends the test if there is none: with the executions that wait.
    #[track_caller]
    pub fn reject_next(&self) -> Deciding {
        self.say(None, "decision", json!("rejected"))
    }

    /// [`Self::answer`] to the oldest open task, once all work has come to rest.
    ///
    /// Awaiting it ends the test if there is none: with the executions that wait.
    #[track_caller]
    pub fn answer_next(&self, values: Value) -> Deciding {
        self.say(None, "values", values)
    }

    /// Gives a task away.
    ///
    /// # Errors
    ///
    /// What the application says, if it refuses.
    pub async fn delegate(&self, task: impl Into<i64> + Send, to: &Self) -> Result<Task> {
        let path = format!("/api/tasks:delegate?filterByTk={}", task.into());
        let data = self.post(&path, json!({ "to": to.id() })).await.into_result()?;
        Ok(serde_json::from_value(data)?)
    }

    #[track_caller]
    fn say(&self, task: Option<i64>, name: &str, value: Value) -> Deciding {
        let body = Map::from_iter([(name.to_owned(), value)]);
        Deciding { person: self.clone(), task, body, at: Location::caller() }
    }

    async fn open_tasks(&self) -> Result<Vec<Task>> {
        let path = "/api/tasks:list?filter={\"status\":\"open\"}&sort=id&pageSize=500";
        Ok(serde_json::from_value(self.fetch(path).await.into_result()?)?)
    }

    /// That there is nothing for this person to decide, and what goes on instead.
    async fn idle(&self) -> String {
        let name = self.nickname();
        let running = super::execution::running(&self.app.core()).await;
        format!("{name} has no open task\n\n{running}")
    }
}

impl Deciding {
    /// With a comment.
    pub fn comment(mut self, text: &str) -> Self {
        self.body.insert("comment".to_owned(), json!(text));
        self
    }

    async fn send(self) -> Result<Task> {
        let person = &self.person;
        let task = match self.task {
            Some(task) => task,
            None => match person.open_tasks().await?.first() {
                Some(task) => task.id,
                None => fail(self.at, person.idle().await),
            },
        };
        let path = format!("/api/tasks:submit?filterByTk={task}");
        let data = person.post(&path, Value::Object(self.body)).await.into_result()?;
        Ok(serde_json::from_value(data)?)
    }
}

impl IntoFuture for Deciding {
    type Output = Result<Task>;
    type IntoFuture = BoxFuture<'static, Result<Task>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
