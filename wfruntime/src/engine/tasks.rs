//! Tasks: what executions ask of people, who may decide, and what they decided.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::wake::{Wake, close_task, resolve_job};
use super::{Engine, failpoint};
use crate::context::{Decision, Outcome};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::execution::wind_up::to;
use crate::execution::{ASSIGNEES, DECISIONS, Fields, TASKS, TIMERS};
use crate::identity::{Actor, Identity};
use crate::store::sql::{
    Condition, Count, Delete, Exists, Insert, OnConflict, Query, Select, Update,
};
use crate::store::{Expect, Statement, Store, Values};
use crate::value::{Type, Value};

/// The role that may decide every task.
const ROOT: &str = "root";

/// Who may decide a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Assignee {
    /// A user, by id.
    #[serde(rename = "userId")]
    User(i64),
    /// Whoever acts in a role.
    Role(String),
}

impl Assignee {
    fn is(&self, identity: &Identity) -> bool {
        match self {
            Self::User(id) => identity.user_id() == Some(*id),
            Self::Role(role) => *role == identity.role,
        }
    }
}

/// When a task is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Any,
    All,
    Quorum(u32),
}

impl Rule {
    fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::All => "all",
            Self::Quorum(_) => "quorum",
        }
    }
}

/// A task as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Task {
    pub id: i64,
    pub execution_id: i64,
    pub title: String,
    /// `open`, `approved`, `rejected`, `timed_out`, or `closed` if its execution ended.
    pub status: String,
    /// `any`, `all` or `quorum`.
    pub rule: String,
    /// How many have to approve.
    pub needed: i64,
    pub due_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub assignees: Vec<Assignee>,
    pub decisions: Vec<TaskDecision>,
    #[serde(skip)]
    job_key: String,
}

/// Who decided a task how.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskDecision {
    pub user_id: i64,
    pub decision: Outcome,
    pub comment: Option<String>,
    pub role: String,
    /// Whether it was root's, who was no assignee.
    pub as_root: bool,
    pub created_at: Timestamp,
}

/// A task that an execution asks for.
pub(crate) struct NewTask<'a> {
    pub(crate) execution: i64,
    pub(crate) job_key: &'a str,
    pub(crate) title: &'a str,
    pub(crate) assignees: &'a [Assignee],
    pub(crate) rule: Rule,
    pub(crate) due: Option<Timestamp>,
}

impl NewTask<'_> {
    /// What writes it, in the unit in which its execution begins to wait.
    pub(crate) fn statements(&self, core: &Core) -> Vec<Statement> {
        let id = core.ids.next(&core.clock);
        let needed = match self.rule {
            Rule::Any => 1,
            Rule::All => i64::try_from(self.assignees.len()).unwrap_or(i64::MAX),
            Rule::Quorum(count) => count.into(),
        };
        let task = Insert {
            table: TASKS,
            columns: vec![
                "id",
                "execution_id",
                "job_key",
                "title",
                "status",
                "open",
                "needed",
                "rule",
                "due_at",
                "created_at",
            ],
            rows: vec![vec![
                id.into(),
                self.execution.into(),
                self.job_key.into(),
                self.title.into(),
                "open".into(),
                true.into(),
                needed.into(),
                self.rule.as_str().into(),
                self.due.into(),
                core.clock.now().into(),
            ]],
            conflict: OnConflict::Fail,
        };
        let rows = (0_i64..).zip(self.assignees).map(|(position, assignee)| {
            let (user, role) = match assignee {
                Assignee::User(user) => (Value::Int(*user), Value::Null),
                Assignee::Role(role) => (Value::Null, role.as_str().into()),
            };
            vec![id.into(), position.into(), user, role]
        });
        let assignees = Insert {
            table: ASSIGNEES,
            columns: vec!["task_id", "position", "user_id", "role"],
            rows: rows.collect(),
            conflict: OnConflict::Fail,
        };
        vec![task.build(), assignees.build()]
    }
}

const COLUMNS: [(&str, Type); 10] = [
    ("id", Type::Int),
    ("execution_id", Type::Int),
    ("title", Type::Text),
    ("status", Type::Text),
    ("rule", Type::Text),
    ("needed", Type::Int),
    ("due_at", Type::Timestamp),
    ("created_at", Type::Timestamp),
    ("closed_at", Type::Timestamp),
    ("job_key", Type::Text),
];

fn read_task(row: Values) -> Result<Task> {
    let mut from = Fields::new(row);
    let missing = || Error::internal("a stored task has no time");
    Ok(Task {
        id: from.int()?,
        execution_id: from.int()?,
        title: from.text()?,
        status: from.text()?,
        rule: from.text()?,
        needed: from.int()?,
        due_at: from.moment()?,
        created_at: from.moment()?.ok_or_else(missing)?,
        closed_at: from.moment()?,
        job_key: from.text()?,
        assignees: Vec::new(),
        decisions: Vec::new(),
    })
}

fn select(filter: Condition) -> Select {
    let order = vec![("id", true)];
    Select { table: TASKS, columns: COLUMNS.to_vec(), filter, order, limit: None, offset: None }
}

fn assignees(tasks: Vec<Value>) -> Statement {
    Select {
        table: ASSIGNEES,
        columns: vec![("task_id", Type::Int), ("user_id", Type::Int), ("role", Type::Text)],
        filter: Condition::In("task_id", tasks),
        order: vec![("task_id", false), ("position", false)],
        limit: None,
        offset: None,
    }
    .build()
}

fn read_assignee(row: Values) -> Result<(i64, Assignee)> {
    let mut from = Fields::new(row);
    let task = from.int()?;
    let assignee = match from.next() {
        Value::Int(user) => Assignee::User(user),
        _ => Assignee::Role(from.text()?),
    };
    Ok((task, assignee))
}

fn decisions(tasks: Vec<Value>) -> Statement {
    Select {
        table: DECISIONS,
        columns: vec![
            ("task_id", Type::Int),
            ("user_id", Type::Int),
            ("decision", Type::Text),
            ("comment", Type::Text),
            ("role", Type::Text),
            ("as_root", Type::Bool),
            ("created_at", Type::Timestamp),
        ],
        filter: Condition::In("task_id", tasks),
        order: vec![("task_id", false), ("created_at", false)],
        limit: None,
        offset: None,
    }
    .build()
}

fn read_decision(row: Values) -> Result<(i64, TaskDecision)> {
    let mut from = Fields::new(row);
    let task = from.int()?;
    let decision = TaskDecision {
        user_id: from.int()?,
        decision: if from.text()? == "approved" { Outcome::Approved } else { Outcome::Rejected },
        comment: from.optional_text(),
        role: from.text()?,
        as_root: from.next() == Value::Bool(true),
        created_at: from.moment()?.unwrap_or(Timestamp::UNIX_EPOCH),
    };
    Ok((task, decision))
}

/// The tasks that an identity may decide, the newest first if no order is given; and how many
/// there are in all.
///
/// Root sees all tasks. `filter` and `order` are about the columns `id`, `execution_id`, `title`,
/// `status`, `rule`, `needed`, `due_at`, `created_at` and `closed_at`.
///
/// # Errors
///
/// As [`Store::read`].
pub(crate) async fn list(
    store: &Store,
    identity: &Identity,
    filter: Condition,
    order: Vec<(&'static str, bool)>,
    limit: u64,
    offset: u64,
) -> Result<(Vec<Task>, u64)> {
    let filter = visible(identity).and(filter);
    let count = Count { table: TASKS, filter: filter.clone() }.build().unbounded();
    let mut query = Select { limit: Some(limit), offset: Some(offset), ..select(filter) };
    if !order.is_empty() {
        query.order = order;
    }
    let rows = store.read(&query.build().unbounded()).await?;
    let mut tasks = rows.into_iter().map(read_task).collect::<Result<Vec<_>>>()?;
    complete(store, &mut tasks).await?;
    let count = store.read(&count).await?;
    let count = count.first().and_then(|row| row.first()).and_then(Value::as_int);
    Ok((tasks, count.unwrap_or(0).cast_unsigned()))
}

/// One task that an identity may decide, or might have.
///
/// # Errors
///
/// [`ErrorKind::NotFound`] if there is none, or it is not theirs.
pub(crate) async fn get(store: &Store, identity: &Identity, id: i64) -> Result<Task> {
    let query = select(visible(identity).and(Condition::eq("id", id)));
    let rows = store.read(&query.build()).await?;
    let mut tasks = rows.into_iter().map(read_task).collect::<Result<Vec<_>>>()?;
    complete(store, &mut tasks).await?;
    tasks.pop().ok_or_else(|| missing(id))
}

fn missing(id: i64) -> Error {
    Error::new(ErrorKind::NotFound, "not_found", format!("there is no task {id}"))
}

fn visible(identity: &Identity) -> Condition {
    if identity.role == ROOT {
        return Condition::always();
    }
    let mut theirs = vec![Condition::eq("role", identity.role.as_str())];
    theirs.extend(identity.user_id().map(|user| Condition::eq("user_id", user)));
    Condition::All(vec![Condition::Exists(Box::new(Exists {
        table: ASSIGNEES,
        inner: "task_id",
        outer: "id",
        filter: Condition::Any(theirs),
    }))])
}

async fn complete(store: &Store, tasks: &mut [Task]) -> Result<()> {
    let ids: Vec<Value> = tasks.iter().map(|task| task.id.into()).collect();
    for row in store.read(&assignees(ids.clone())).await? {
        let (id, assignee) = read_assignee(row)?;
        let task = tasks.iter_mut().find(|task| task.id == id);
        task.into_iter().for_each(|task| task.assignees.push(assignee.clone()));
    }
    for row in store.read(&decisions(ids)).await? {
        let (id, decision) = read_decision(row)?;
        let task = tasks.iter_mut().find(|task| task.id == id);
        task.into_iter().for_each(|task| task.decisions.push(decision.clone()));
    }
    Ok(())
}

impl Engine {
    /// Decides a task, and lets its execution go on if that settles it.
    ///
    /// Decision, job and wake-up are written in one unit: none is lost, whatever dies when.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such task or it is not theirs;
    /// [`ErrorKind::Conflict`] if it is closed, or they have decided it before;
    /// [`ErrorKind::Forbidden`] if nobody is signed in.
    pub(crate) async fn submit(
        &self,
        identity: &Identity,
        id: i64,
        outcome: Outcome,
        comment: Option<String>,
    ) -> Result<Task> {
        let (core, identity) = (self.core()?, identity.clone());
        super::control::handed_over(async move {
            let actor = signed_in(&identity)?.clone();
            let task = get(&core.store, &identity, id).await?;
            let submission = Submission { identity: &identity, actor, outcome, comment };
            failpoint("at_decision");
            let woken = submission.write(&core, &task).await?;
            failpoint("after_decision");
            if let Some(woken) = woken {
                core.engine.woken(woken.id, &woken.key, woken.record);
            }
            get(&core.store, &identity, id).await
        })
        .await
    }

    /// Gives a task to another user: in their own place if they were named, else beside their
    /// role.
    ///
    /// # Errors
    ///
    /// As [`Self::submit`].
    pub(crate) async fn delegate(
        &self,
        identity: &Identity,
        id: i64,
        to_user: i64,
    ) -> Result<Task> {
        let core = self.core()?;
        let actor = signed_in(identity)?;
        let task = get(&core.store, identity, id).await?;
        if task.status != "open" {
            return Err(closed(&task));
        }
        let still_open = Select {
            limit: Some(1),
            ..select(Condition::eq("id", id).and(Condition::eq("open", true)))
        }
        .expect(Expect::Unchanged);
        let own = Condition::eq("task_id", id).and(Condition::eq("user_id", actor.id));
        let replaced = Update {
            table: ASSIGNEES,
            set: vec![("user_id", to(to_user))],
            filter: own,
            returning: Vec::new(),
        }
        .build();
        let position = i64::try_from(task.assignees.len()).unwrap_or(i64::MAX);
        let added = Insert {
            table: ASSIGNEES,
            columns: vec!["task_id", "position", "user_id"],
            rows: vec![vec![id.into(), position.into(), to_user.into()]],
            conflict: OnConflict::Fail,
        }
        .build();
        core.store
            .write(move |tx| {
                Box::pin(async move {
                    tx.query(&still_open).await?;
                    if tx.execute(&replaced).await? == 0 {
                        tx.execute(&added).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        // It may not be theirs to see any more: what they gave away is answered all the same.
        let root = Identity { user: identity.user.clone(), role: ROOT.into() };
        get(&core.store, &root, id).await
    }
}

fn signed_in(identity: &Identity) -> Result<&Actor> {
    identity
        .user
        .as_ref()
        .ok_or_else(|| Error::new(ErrorKind::Forbidden, "forbidden", "a task is decided by a user"))
}

fn closed(task: &Task) -> Error {
    let text = format!("the task {} is `{}` already", task.id, task.status);
    Error::new(ErrorKind::Conflict, "task_closed", text)
}

struct Submission<'a> {
    identity: &'a Identity,
    actor: Actor,
    outcome: Outcome,
    comment: Option<String>,
}

impl Submission<'_> {
    async fn write(self, core: &Core, task: &Task) -> Result<Option<super::wake::Woken>> {
        if task.status != "open" {
            return Err(closed(task));
        }
        let now = core.clock.now();
        let (id, execution, key) = (task.id, task.execution_id, task.job_key.as_str());
        let outcome = self.outcome;
        let open = Condition::eq("id", id).and(Condition::eq("open", true));
        let still_open = Select { limit: Some(1), ..select(open) }.expect(Expect::Unchanged);
        let decide = self.decision(task, now);
        let same = decisions(vec![id.into()]);
        let word = word(outcome);
        let decision = Decision::by(outcome, self.comment, self.actor);
        let output = serde_json::to_string(&decision)?;
        let timer = Condition::eq("execution_id", execution).and(Condition::eq("job_key", key));
        let settle = [
            close_task(execution, key, word, now),
            resolve_job(execution, key, Some(output), now),
            Delete { table: TIMERS, filter: timer }.build(),
        ];
        let wake = Wake::new(execution);
        let needed =
            if task.rule == "all" && outcome == Outcome::Rejected { 1 } else { task.needed };
        let unit = core.store.write(move |tx| {
            Box::pin(async move {
                tx.query(&still_open).await?;
                tx.execute(&decide).await?;
                let mut count = 0;
                for row in tx.query(&same).await? {
                    count += i64::from(read_decision(row)?.1.decision == outcome);
                }
                if count < needed {
                    return Ok(None);
                }
                tx.batch(&settle).await?;
                wake.apply(tx).await
            })
        });
        unit.await.map_err(|error| refused(error, task))
    }

    fn decision(&self, task: &Task, now: Timestamp) -> Statement {
        let assigned = task.assignees.iter().any(|assignee| assignee.is(self.identity));
        Insert {
            table: DECISIONS,
            columns: vec![
                "task_id",
                "user_id",
                "decision",
                "comment",
                "role",
                "as_root",
                "created_at",
            ],
            rows: vec![vec![
                task.id.into(),
                self.actor.id.into(),
                word(self.outcome).into(),
                self.comment.as_deref().into(),
                self.identity.role.as_str().into(),
                (!assigned).into(),
                now.into(),
            ]],
            conflict: OnConflict::Fail,
        }
        .build()
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Approved => "approved",
        Outcome::Rejected => "rejected",
    }
}

/// Says what a failed unit means: closed meanwhile, or decided by the same user before.
fn refused(error: Error, task: &Task) -> Error {
    if error.kind() != ErrorKind::Conflict {
        return error;
    }
    if error.all().iter().any(|fault| fault.code == "changed_meanwhile") {
        let text = format!("the task {} was decided meanwhile", task.id);
        return Error::new(ErrorKind::Conflict, "task_closed", text);
    }
    let text = format!("you have decided the task {} already", task.id);
    Error::new(ErrorKind::Conflict, "already_decided", text)
}
