//! Tasks as they are read: rows, with their seats, decisions and delegations.

use jiff::Timestamp;

use super::{About, Assignee, Delegation, ROOT, Rule, Seat, Task, TaskDecision};
use crate::error::{Error, Result};
use crate::execution::{ASSIGNEES, DECISIONS, DELEGATIONS, EXECUTIONS, Fields, TASKS};
use crate::identity::Identity;
use crate::store::sql::{Condition, Count, Exists, Query, Select};
use crate::store::{Statement, Store, Tx, Values};
use crate::value::{Type, Value};

const COLUMNS: [(&str, Type); 11] = [
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
    ("form", Type::Text),
];

fn read_task(row: Values) -> Result<Task> {
    let mut from = Fields::new(row);
    let missing = || Error::internal("a stored task has no time");
    Ok(Task {
        id: from.int()?,
        execution_id: from.int()?,
        title: from.text()?,
        status: from.text()?,
        rule: from.word(Rule::parse)?,
        needed: from.int()?,
        due_at: from.moment()?,
        created_at: from.moment()?.ok_or_else(missing)?,
        closed_at: from.moment()?,
        job_key: from.text()?,
        about: None,
        fields: from.optional_text().map(|form| serde_json::from_str(&form)).transpose()?,
        assignees: Vec::new(),
        decisions: Vec::new(),
        delegations: Vec::new(),
    })
}

fn select(filter: Condition) -> Select {
    let order = vec![("id", true)];
    Select { table: TASKS, columns: COLUMNS.to_vec(), filter, order, limit: None, offset: None }
}

/// What belongs to these tasks, each by its task and then in order.
fn parts(tasks: &[Value]) -> [Statement; 3] {
    let of = |table, columns: &[(&'static str, Type)], order| {
        Select {
            table,
            columns: columns.to_vec(),
            filter: Condition::In("task_id", tasks.to_vec()),
            order: vec![("task_id", false), (order, false)],
            limit: None,
            offset: None,
        }
        .build()
    };
    let assignees = [
        ("task_id", Type::Int),
        ("position", Type::Int),
        ("place", Type::Int),
        ("user_id", Type::Int),
        ("role", Type::Text),
    ];
    let decisions = [
        ("task_id", Type::Int),
        ("user_id", Type::Int),
        ("nickname", Type::Text),
        ("decision", Type::Text),
        ("comment", Type::Text),
        ("answer", Type::Text),
        ("role", Type::Text),
        ("as_root", Type::Bool),
        ("created_at", Type::Timestamp),
        ("place", Type::Int),
    ];
    let delegations = [
        ("task_id", Type::Int),
        ("from_id", Type::Int),
        ("to_id", Type::Int),
        ("nickname", Type::Text),
        ("role", Type::Text),
        ("created_at", Type::Timestamp),
    ];
    [
        of(ASSIGNEES, &assignees, "position"),
        of(DECISIONS, &decisions, "created_at"),
        of(DELEGATIONS, &delegations, "number"),
    ]
}

fn read_seat(from: &mut Fields) -> Result<Seat> {
    let position = from.int()?;
    let place = from.next().as_int().unwrap_or(position);
    let who = match from.next() {
        Value::Int(user) => Assignee::User(user),
        _ => Assignee::Role(from.text()?),
    };
    Ok(Seat { who, position, place })
}

fn read_decision(from: &mut Fields) -> Result<TaskDecision> {
    let user_id = from.int()?;
    Ok(TaskDecision {
        user_id,
        nickname: from.optional_text().unwrap_or_else(|| format!("user {user_id}")),
        decision: from.text()?,
        comment: from.optional_text(),
        values: from.optional_text().map(|values| serde_json::from_str(&values)).transpose()?,
        role: from.text()?,
        as_root: from.next() == Value::Bool(true),
        created_at: from.moment()?.unwrap_or(Timestamp::UNIX_EPOCH),
        place: from.next().as_int(),
    })
}

fn read_delegation(from: &mut Fields) -> Result<Delegation> {
    Ok(Delegation {
        from: from.int()?,
        to: from.int()?,
        nickname: from.text()?,
        role: from.optional_text(),
        created_at: from.moment()?.unwrap_or(Timestamp::UNIX_EPOCH),
    })
}

/// Adds to the tasks what belongs to them.
fn assemble(tasks: &mut [Task], rows: [Vec<Values>; 3]) -> Result<()> {
    fn each(
        tasks: &mut [Task],
        rows: Vec<Values>,
        add: impl Fn(&mut Task, &mut Fields) -> Result<()>,
    ) -> Result<()> {
        for row in rows {
            let mut from = Fields::new(row);
            let id = from.int()?;
            if let Some(task) = tasks.iter_mut().find(|task| task.id == id) {
                add(task, &mut from)?;
            }
        }
        Ok(())
    }
    let [assignees, decisions, delegations] = rows;
    each(tasks, assignees, |task, from| {
        task.assignees.push(read_seat(from)?);
        Ok(())
    })?;
    each(tasks, decisions, |task, from| {
        task.decisions.push(read_decision(from)?);
        Ok(())
    })?;
    each(tasks, delegations, |task, from| {
        task.delegations.push(read_delegation(from)?);
        Ok(())
    })
}

async fn complete(store: &Store, tasks: &mut [Task]) -> Result<()> {
    if tasks.is_empty() {
        return Ok(());
    }
    let ids: Vec<Value> = tasks.iter().map(|task| task.id.into()).collect();
    let [assignees, decisions, delegations] = parts(&ids);
    let rows = [
        store.read(&assignees).await?,
        store.read(&decisions).await?,
        store.read(&delegations).await?,
    ];
    for row in store.read(&abouts(tasks)).await? {
        let mut from = Fields::new(row);
        let id = from.int()?;
        let about = About {
            key: from.text()?,
            collection: from.collection()?,
            record_id: from.record(id)?,
        };
        for task in tasks.iter_mut().filter(|task| task.execution_id == id) {
            task.about = Some(about.clone());
        }
    }
    assemble(tasks, rows)
}

/// What the executions of these tasks are about.
fn abouts(tasks: &[Task]) -> Statement {
    let executions = tasks.iter().map(|task| task.execution_id.into()).collect();
    let columns = [
        ("id", Type::Int),
        ("key", Type::Text),
        ("collection", Type::Text),
        ("record_id", Type::Int),
    ];
    Select {
        table: EXECUTIONS,
        columns: columns.to_vec(),
        filter: Condition::In("id", executions),
        order: Vec::new(),
        limit: None,
        offset: None,
    }
    .build()
}

/// The tasks that an identity may decide, the newest first if no order is given; and how many
/// there are in all.
///
/// Root sees all tasks. `filter` and `order` are about the columns `id`, `execution_id`, `title`,
/// `status`, `rule`, `needed`, `due_at`, `created_at` and `closed_at`. By deadline, those that have
/// none come last, whichever way.
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
    let filter = theirs(identity).and(filter);
    // The order of the store has null first.
    let parts = match order.first() {
        Some(("due_at", false)) => {
            let none = Condition::Null("due_at");
            vec![filter.clone().and(Condition::Not(Box::new(none.clone()))), filter.and(none)]
        }
        _ => vec![filter],
    };
    let (mut tasks, mut all, mut skipped) = (Vec::new(), 0, offset);
    for filter in parts {
        let count = Count { table: TASKS, filter: filter.clone() }.build().unbounded();
        let count = store.read(&count).await?;
        let count = count.first().and_then(|row| row.first()).and_then(Value::as_int);
        let count = count.unwrap_or(0).cast_unsigned();
        all += count;
        let left = limit - u64::try_from(tasks.len()).unwrap_or(limit).min(limit);
        if skipped < count && left > 0 {
            let mut query = Select { limit: Some(left), offset: Some(skipped), ..select(filter) };
            if !order.is_empty() {
                query.order.clone_from(&order);
            }
            for row in store.read(&query.build().unbounded()).await? {
                tasks.push(read_task(row)?);
            }
        }
        skipped = skipped.saturating_sub(count);
    }
    complete(store, &mut tasks).await?;
    Ok((tasks, all))
}

/// All tasks of an execution, whoever they belong to, the newest first.
///
/// # Errors
///
/// As [`Store::read`].
pub(crate) async fn of_execution(store: &Store, id: i64) -> Result<Vec<Task>> {
    let rows = store.read(&select(Condition::eq("execution_id", id)).build().unbounded()).await?;
    let mut tasks = rows.into_iter().map(read_task).collect::<Result<Vec<_>>>()?;
    complete(store, &mut tasks).await?;
    Ok(tasks)
}

/// One task that an identity may decide, might have, or gave away.
///
/// # Errors
///
/// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is none, or it is not theirs.
pub(crate) async fn get(store: &Store, identity: &Identity, id: i64) -> Result<Task> {
    let visible = Condition::Any(vec![theirs(identity), given_away(identity, None)]);
    one(store, visible.and(Condition::eq("id", id))).await?.ok_or_else(|| super::missing(id))
}

async fn one(store: &Store, filter: Condition) -> Result<Option<Task>> {
    let rows = store.read(&select(filter).build()).await?;
    let mut tasks = rows.into_iter().map(read_task).collect::<Result<Vec<_>>>()?;
    complete(store, &mut tasks).await?;
    Ok(tasks.pop())
}

/// A task, whoever it belongs to.
///
/// # Errors
///
/// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is none.
pub(super) async fn any(store: &Store, id: i64) -> Result<Task> {
    one(store, Condition::eq("id", id)).await?.ok_or_else(|| super::missing(id))
}

/// The statements that read one task inside a unit.
pub(super) struct Reading {
    task: Statement,
    parts: [Statement; 3],
    id: i64,
}

impl Reading {
    pub(super) fn of(id: i64) -> Self {
        let task = select(Condition::eq("id", id)).build();
        Self { task, parts: parts(&[id.into()]), id }
    }

    /// The task as it is now: nothing changes it before the unit is over.
    pub(super) async fn read(&self, tx: &mut Tx) -> Result<Task> {
        let rows = tx.query(&self.task).await?;
        let row = rows.into_iter().next().ok_or_else(|| super::missing(self.id))?;
        let mut task = [read_task(row)?];
        let [assignees, decisions, delegations] = &self.parts;
        let rows =
            [tx.query(assignees).await?, tx.query(decisions).await?, tx.query(delegations).await?];
        assemble(&mut task, rows)?;
        let [task] = task;
        Ok(task)
    }
}

/// The executions that ask or have asked an identity to decide something.
pub(crate) fn asked(identity: &Identity) -> Condition {
    let filter = theirs(identity);
    Condition::Exists(Box::new(Exists { table: TASKS, inner: "execution_id", outer: "id", filter }))
}

/// The tasks in which an identity has a seat.
fn theirs(identity: &Identity) -> Condition {
    if identity.role == ROOT {
        return Condition::always();
    }
    let seat = |filter| {
        let exists = Exists { table: ASSIGNEES, inner: "task_id", outer: "id", filter };
        Condition::Exists(Box::new(exists))
    };
    let role = identity.role.as_str();
    let kept = Condition::Not(Box::new(given_away(identity, Some(role))));
    let mut theirs = vec![seat(Condition::eq("role", role)).and(kept)];
    theirs.extend(identity.user_id().map(|user| seat(Condition::eq("user_id", user))));
    Condition::Any(theirs)
}

/// The tasks in which they gave a place away: any, or that of a role.
fn given_away(identity: &Identity, role: Option<&str>) -> Condition {
    let Some(user) = identity.user_id() else { return Condition::Any(Vec::new()) };
    let mut filter = Condition::eq("from_id", user);
    if let Some(role) = role {
        filter = filter.and(Condition::eq("role", role));
    }
    let exists = Exists { table: DELEGATIONS, inner: "task_id", outer: "id", filter };
    Condition::Exists(Box::new(exists))
}
