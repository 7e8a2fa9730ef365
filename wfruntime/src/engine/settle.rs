//! What a verdict writes: the end of an execution, or what it waits for.

use std::sync::Arc;

use super::ending::{Ended, Finished, called_by, end_called};
use super::failpoint::failpoint;
use super::journal::Hold;
use super::run::{Run, Verdict};
use crate::core::Core;
use crate::error::{ErrorKind, Result};
use crate::execution::template::Template;
use crate::execution::wind_up::{self, to};
use crate::execution::{EXECUTIONS, State, Status, TIMERS, revision};
use crate::store::sql::{Condition, Insert, OnConflict, Query, Set, Update};
use crate::store::{Expect, Statement, Store, Values};
use crate::value::Value;
use jiff::Timestamp;
use std::future::Future;
use std::time::Duration;

/// How a run was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// This process has nothing left to do with the execution now.
    Done,
    /// It was woken before it could wait: it runs again.
    Again,
}

/// Writes a verdict.
pub(super) async fn settle(run: &Run, verdict: Verdict) -> Result<Settled> {
    match verdict {
        Verdict::Final(status, error) => finish(run, status, error).await,
        Verdict::Stranded(error) => strand(&run.core, run.hold, run.workflow.key, error).await,
        Verdict::Suspend => suspend(run).await,
        Verdict::Leave => leave(run).await,
        Verdict::Lost => Ok(Settled::Done),
    }
}

async fn finish(run: &Run, status: Status, error: Option<String>) -> Result<Settled> {
    static FINISH: Template = Template::new();
    failpoint("at_completion");
    let now = run.core.clock.now();
    let (id, hold) = (run.hold.id, run.hold);
    let values = vec![
        status.as_str().into(),
        Value::Null,
        Value::Null,
        serde_json::to_string(&run.messages())?.into(),
        error.clone().into(),
        now.into(),
        revision(run.workflow).into(),
        id.into(),
        hold.owner.into(),
        hold.epoch.into(),
    ];
    let finish = FINISH.with(finishing, values);
    let mut statements = run.unwritten();
    let is_loose = run.is_loose();
    if is_loose {
        statements.extend(wind_up::one(id, now));
    }
    if status == Status::Aborted {
        statements.push(wind_up::untaken_signals(&[id]));
    }
    let unit = Arc::new((finish, statements, error));
    let ended = run.core.patiently(move |store| {
        let unit = Arc::clone(&unit);
        async move {
            let written = store.write_reserved(move |tx| {
                Box::pin(async move {
                    let (finish, statements, error) = &*unit;
                    let rows = tx.query(finish).await?;
                    tx.batch(statements).await?;
                    let mut ended = Ended::default();
                    for row in rows {
                        let woken = Finished::of(row)?.tell(tx, status, error.clone(), now).await?;
                        ended.extend(Ended::waking(woken));
                    }
                    if is_loose {
                        ended.extend(end_called(tx, called_by(&[id]), now).await?);
                    }
                    Ok(ended)
                })
            });
            written.await
        }
    });
    run.core.engine.ended(&ended.await?);
    if let Some(metrics) = &run.core.metrics {
        metrics.ended(run.workflow.key, status, Some(now.duration_since(run.started)));
    }
    Ok(Settled::Done)
}

fn finishing() -> Statement {
    Update {
        table: EXECUTIONS,
        set: vec![
            ("status", to(0_i64)),
            ("state", Set::To(Value::Null)),
            ("owner", Set::To(Value::Null)),
            ("messages", to(0_i64)),
            ("error", to(0_i64)),
            ("finished_at", to(0_i64)),
            ("revision", to(0_i64)),
        ],
        filter: Hold { id: 0, owner: 0, epoch: 0 }.condition(),
        returning: wind_up::FINISHED.to_vec(),
    }
    .expect(Expect::Lease)
}

/// Strands an execution that this process holds.
pub(super) async fn strand(core: &Core, hold: Hold, key: &str, error: String) -> Result<Settled> {
    let id = hold.id;
    tracing::warn!("execution {id} of `{key}` is stranded: {error}");
    let set = vec![
        ("status", to(Status::Stranded.as_str())),
        ("state", to(State::Stranded.as_str())),
        ("owner", Set::To(Value::Null)),
        ("error", to(error)),
    ];
    let settled = write(core, vec![held(hold, set)]).await?;
    core.engine.count(key, Status::Stranded);
    Ok(settled)
}

async fn leave(run: &Run) -> Result<Settled> {
    let set = vec![("state", to(State::Ready.as_str())), ("owner", Set::To(Value::Null))];
    write(&run.core, vec![held(run.hold, set)]).await
}

fn held(hold: Hold, set: Vec<(&'static str, Set)>) -> Statement {
    let filter = hold.condition();
    Update { table: EXECUTIONS, set, filter, returning: Vec::new() }.expect(Expect::Lease)
}

async fn write(core: &Core, statements: Vec<Statement>) -> Result<Settled> {
    let statements = Arc::new(statements);
    core.patiently(move |store| {
        let statements = Arc::clone(&statements);
        async move {
            let unit = store.write_reserved(move |tx| {
                Box::pin(async move { tx.batch(&**statements).await.map(drop) })
            });
            unit.await
        }
    })
    .await?;
    Ok(Settled::Done)
}

/// Writes what the execution waits for, and that it waits; unless it was woken meanwhile.
async fn suspend(run: &Run) -> Result<Settled> {
    failpoint("at_suspend");
    let set = vec![
        ("state", to(State::Waiting.as_str())),
        ("owner", Set::To(Value::Null)),
        // Its journal fits today's code.
        ("revision", to(revision(run.workflow))),
    ];
    let filter = run.hold.condition().and(Condition::eq("wakes", run.wakes));
    let rest = Update { table: EXECUTIONS, set, filter, returning: Vec::new() }.build();
    let mut statements = run.unwritten();
    let mut due: Option<Timestamp> = None;
    let mut begun = Vec::new();
    for (key, wait) in run.take_waits() {
        due = due.into_iter().chain(wait.due).min();
        if !wait.statements.is_empty() {
            begun.push(key);
        }
        statements.extend(wait.statements);
    }
    if let Some(deadline) = run.deadline {
        due = due.into_iter().chain([deadline]).min();
        statements.push(timer(run.hold.id, "", deadline, None));
    }
    let unit = Arc::new((run.hold.fence(), statements, rest));
    let suspended = run
        .core
        .patiently(move |store| {
            let unit = Arc::clone(&unit);
            async move {
                let written = store.write_reserved(move |tx| {
                    Box::pin(async move {
                        let (fence, statements, rest) = &*unit;
                        tx.execute(fence).await?;
                        tx.batch(statements).await?;
                        Ok(tx.execute(rest).await? > 0)
                    })
                });
                written.await
            }
        })
        .await?;
    failpoint("after_suspend");
    for key in begun {
        run.moment("after_wait", &key).await;
    }
    if let Some(due) = due {
        run.core.engine.timer_set(due);
    }
    Ok(if suspended { Settled::Done } else { Settled::Again })
}

/// A timer as a statement; one that is there already stays.
pub(crate) fn timer(
    execution: i64,
    job_key: &str,
    due: Timestamp,
    output: Option<String>,
) -> Statement {
    Insert {
        table: TIMERS,
        columns: vec!["execution_id", "job_key", "due_at", "output"],
        rows: vec![vec![execution.into(), job_key.into(), due.into(), output.into()]],
        conflict: OnConflict::Ignore(vec!["execution_id", "job_key"]),
    }
    .build()
}

impl Core {
    /// Reads as soon as the store can.
    pub(crate) async fn read_patiently(&self, statement: &Statement) -> Result<Vec<Values>> {
        self.patiently(|store| async move { store.read(statement).await }).await
    }

    /// Reads or writes as soon as the store can: a full queue or disk is waited for, until the end
    /// of the process.
    pub(crate) async fn patiently<T, F, W>(&self, work: F) -> Result<T>
    where
        F: Fn(Store) -> W + Send,
        W: Future<Output = Result<T>> + Send,
    {
        const LONGEST: Duration = Duration::from_millis(250);
        let mut pause = Duration::from_millis(2);
        loop {
            match work(self.store.clone()).await {
                Err(error) if error.kind() == ErrorKind::Unavailable => {
                    let gone = error.all().iter().any(|fault| fault.code == "shutting_down");
                    if gone || self.engine.is_closed() {
                        return Err(error);
                    }
                    if pause >= LONGEST {
                        tracing::warn!(%error, "the store can be neither read nor written");
                    }
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST);
                }
                other => return other,
            }
        }
    }
}
