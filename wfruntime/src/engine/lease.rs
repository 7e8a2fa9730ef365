//! Which processes are alive: a number and an owner for each, renewed while it lives.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;

use super::before::LEFT;
use super::ending::{Ended, Ending};
use crate::clock::Clock;
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::execution::wind_up::to;
use crate::execution::{EXECUTIONS, Fields, PROCESSES, SIGNALS, State, Status, TASKS};
use crate::ids::Ids;
use crate::store::sql::{
    Aggregate, Condition, Delete, Exists, Function, Insert, Name, OnConflict, Op, Query, Select,
    Set, Update,
};
use crate::store::{Statement, Store, Values};
use crate::value::{Type, Value};

/// The place of this process among those that use the database.
#[derive(Debug)]
pub(crate) struct Membership {
    number: u64,
    owner: i64,
    serving: bool,
}

impl Membership {
    /// Below `Ids::PROCESSES`, and no other living process has it.
    #[must_use]
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Under which this process holds executions; no process ever had it before.
    #[must_use]
    pub(crate) fn owner(&self) -> i64 {
        self.owner
    }

    /// Whether this process serves the database, so that every older one that did is dead.
    #[must_use]
    pub(crate) fn is_serving(&self) -> bool {
        self.serving
    }
}

/// Takes a number for this process, valid for `lease`.
///
/// A `serving` process holds the store's lock: it knows that every other that was serving is dead.
/// Nobody else knows that, so a server keeps its number though its lease has expired: it may have
/// had a full disk, or slept. Of other processes' expired numbers the oldest is taken, and only if
/// no other is left.
///
/// # Errors
///
/// [`ErrorKind::Unavailable`] if every number is taken.
pub(crate) async fn join(
    store: &Store,
    clock: &Clock,
    lease: Duration,
    serving: bool,
) -> Result<Membership> {
    let owner = random()?;
    let now = clock.now();
    let dead = Delete { table: PROCESSES, filter: Condition::eq("serving", true) }.build();
    let dead = serving.then_some(dead);
    let members = Select {
        table: PROCESSES,
        columns: vec![
            ("number", Type::Int),
            ("serving", Type::Bool),
            ("expires_at", Type::Timestamp),
        ],
        filter: Condition::always(),
        order: vec![("number", false)],
        limit: None,
        offset: None,
    }
    .build();
    let enter = Insert {
        table: PROCESSES,
        columns: vec!["number", "owner", "serving", "expires_at"],
        rows: vec![vec![0_i64.into(), owner.into(), serving.into(), clock.after(lease).into()]],
        conflict: OnConflict::Replace(vec!["number"]),
    }
    .build();
    let number = store
        .write(move |tx| {
            Box::pin(async move {
                if let Some(dead) = &dead {
                    tx.execute(dead).await?;
                }
                let number = free_number(tx.query(&members).await?, now)?;
                let mut enter = enter;
                enter.params[0] = number.into();
                tx.execute(&enter).await?;
                Ok(number)
            })
        })
        .await?;
    Ok(Membership { number: number.cast_unsigned(), owner, serving })
}

/// The least number that nobody has; else the one whose lease expired first.
fn free_number(members: Vec<Values>, now: Timestamp) -> Result<i64> {
    let mut taken = [false; Ids::PROCESSES as usize];
    let mut expired: Option<(Timestamp, i64)> = None;
    for row in members {
        let mut from = Fields::new(row);
        let number = from.int()?;
        let serves = from.next() == Value::Bool(true);
        let expires = from.moment()?.unwrap_or(now);
        if let Some(taken) = taken.get_mut(usize::try_from(number)?) {
            *taken = true;
        }
        if expires <= now && !serves {
            expired = expired.into_iter().chain([(expires, number)]).min();
        }
    }
    if let Some(free) = taken.iter().position(|taken| !taken) {
        return Ok(i64::try_from(free)?);
    }
    expired.map(|(_, number)| number).ok_or_else(|| {
        Error::new(
            ErrorKind::Unavailable,
            "too_many_processes",
            "32 processes use this database; try again when one has ended",
        )
    })
}

fn random() -> Result<i64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::internal(format!("no random numbers: {error}")))?;
    Ok(i64::from_le_bytes(bytes) >> 11 & i64::MAX)
}

/// The numbers of the other processes that use the database.
///
/// # Errors
///
/// As [`Store::read`].
pub(crate) async fn others(core: &Core) -> Result<Vec<u64>> {
    let alive = Condition::Any(vec![
        Condition::eq("serving", true),
        Condition::Compare("expires_at", Op::Gt, core.clock.now().into()),
    ]);
    let own = core.engine.owner();
    let select = Select {
        table: PROCESSES,
        columns: vec![("number", Type::Int)],
        filter: alive.and(Condition::Compare("owner", Op::Ne, own.into())),
        order: Vec::new(),
        limit: None,
        offset: None,
    };
    let rows = core.store.read(&select.build()).await?;
    let numbers = rows.iter().filter_map(|row| row.first().and_then(Value::as_int));
    Ok(numbers.map(i64::cast_unsigned).collect())
}

/// The largest id in these tables and among the executions, tasks and signals.
///
/// # Errors
///
/// As [`Store::read`].
pub(crate) async fn largest_id(store: &Store, tables: &[Name]) -> Result<i64> {
    let mut largest = 0;
    for table in tables.iter().copied().chain([EXECUTIONS, TASKS, SIGNALS]) {
        let query = Aggregate {
            table,
            function: Function::Max,
            column: "id",
            ty: Type::Int,
            filter: Condition::always(),
        };
        let rows = store.read(&query.build()).await?;
        let found = rows.first().and_then(|row| row.first()).and_then(Value::as_int);
        largest = largest.max(found.unwrap_or(0));
    }
    Ok(largest)
}

/// Gives up the number, so that another process can have it at once.
pub(super) async fn leave(store: &Store, membership: &Membership) -> Result<()> {
    let leave = Delete { table: PROCESSES, filter: own(membership) }.build();
    store
        .write_reserved(move |tx| Box::pin(async move { tx.execute(&leave).await.map(drop) }))
        .await
}

/// When the lease of this process ends; none if it is another's.
///
/// # Errors
///
/// As [`Store::read`].
pub(super) async fn expires(core: &Core) -> Result<Option<Timestamp>> {
    let query = Select {
        table: PROCESSES,
        columns: vec![("expires_at", Type::Timestamp)],
        filter: own(core.engine.membership()),
        order: Vec::new(),
        limit: None,
        offset: None,
    };
    match core.store.read(&query.build()).await?.into_iter().next() {
        Some(row) => Fields::new(row).moment(),
        None => Ok(None),
    }
}

fn own(membership: &Membership) -> Condition {
    Condition::All(vec![
        Condition::eq("number", membership.number.cast_signed()),
        Condition::eq("owner", membership.owner),
    ])
}

fn renewal(membership: &Membership, expires: Timestamp) -> Statement {
    let set = vec![("expires_at", to(expires))];
    Update { table: PROCESSES, set, filter: own(membership), returning: Vec::new() }
        .expect(crate::store::Expect::Lease)
}

/// Renews the lease from a thread of its own, however busy the tasks are.
pub(super) struct Keeper {
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Keeper {
    /// Renews until [`Self::stop`]; calls `lost` if another process took the number.
    pub(super) fn start(core: &Arc<Core>, lost: impl FnOnce() + Send + 'static) -> Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let core = Arc::downgrade(core);
        let renew = move || {
            loop {
                let Some(core) = core.upgrade() else { return };
                let pause = core.settings.lease / 4;
                let expires = core.clock.after(core.settings.lease);
                let renewal = renewal(core.engine.membership(), expires);
                let written = core.store.write_blocking(move |tx| {
                    Box::pin(async move { tx.execute(&renewal).await.map(drop) })
                });
                drop(core);
                match written {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::Fenced => return lost(),
                    Err(error) => tracing::warn!(%error, "the lease was not renewed"),
                }
                if stopped.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("wf-lease".into()).spawn(renew)?;
        Ok(Self { stop, thread })
    }

    /// Stops renewing and waits for the thread's end.
    pub(super) async fn stop(self) {
        // Fails only if the thread is at its end already.
        let _ = self.stop.send(());
        let _ = tokio::task::spawn_blocking(move || self.thread.join()).await;
    }
}

/// Makes what dead processes held ready to go on; its jobs are kept.
///
/// At the start of a serving process every other one is dead; later only expired leases count.
pub(super) async fn take_over(core: &Core, at_start: bool) -> Result<u64> {
    let owner = core.engine.owner();
    if at_start && core.engine.membership().is_serving() {
        let held = Condition::eq("state", State::Running.as_str()).and(Condition::Compare(
            "owner",
            Op::Ne,
            owner.into(),
        ));
        return release(core, held).await;
    }
    let alive = Exists {
        table: PROCESSES,
        inner: "owner",
        outer: "owner",
        filter: Condition::Compare("expires_at", Op::Gt, core.clock.now().into()),
    };
    let held = Condition::All(vec![
        Condition::eq("state", State::Running.as_str()),
        Condition::Compare("owner", Op::Ne, owner.into()),
        Condition::Not(Box::new(Condition::Exists(Box::new(alive)))),
    ]);
    release(core, held).await
}

/// Makes what this process still holds ready for the next one.
pub(super) async fn let_go(core: &Core) -> Result<u64> {
    let held = Condition::eq("state", State::Running.as_str())
        .and(Condition::eq("owner", core.engine.owner()));
    release(core, held).await
}

/// Makes what is held ready; what stood before a write is closed, for nobody waits for it.
async fn release(core: &Core, held: Condition) -> Result<u64> {
    let before = core.workflows.all().filter(|workflow| workflow.runs_before());
    let before: Vec<Value> = before.map(|workflow| workflow.key.into()).collect();
    let closing = (!before.is_empty()).then(|| {
        let held = held.clone().and(Condition::In("key", before));
        Ending::new(held, Status::Aborted, core.clock.now(), LEFT)
    });
    let set = vec![
        ("state", to(State::Ready.as_str())),
        ("owner", Set::To(Value::Null)),
        ("epoch", Set::Plus(1)),
    ];
    let update = Update { table: EXECUTIONS, set, filter: held, returning: Vec::new() }.build();
    let unit = core.store.write_reserved(move |tx| {
        Box::pin(async move {
            let closed = match &closing {
                Some(closing) => closing.apply(tx).await?,
                None => Ended::default(),
            };
            Ok((closed, tx.execute(&update).await?))
        })
    });
    let (closed, released) = unit.await?;
    core.engine.ended(&closed);
    Ok(released)
}
