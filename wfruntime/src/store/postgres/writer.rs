//! The writer thread: takes what waits, commits it as one group, answers.
//!
//! Units run one after the other, of all processes on one database: each group begins with a lock
//! that lasts until its commit. So a unit sees what every unit before it wrote, as on SQLite, and
//! none has to be run again because of another. A group costs two round trips, and one more for
//! each time one of its units waits for an answer.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use futures_util::future::join;
use tokio::sync::oneshot;

use super::super::queue::{Abandon, Queue, Work};
use super::super::transaction::TxInner;
use super::super::unit::Unit;
use super::super::{Options, Tx};
use super::fault;
use super::reader::Readers;
use super::session::{Common, Connection, Session, WRITES};
use crate::error::{Error, ErrorKind, Result};

/// The lock of those that write, or change tables.
pub(super) const LOCK: i64 = 0x7766_5f77_7269_7465;
/// The lock of the process that serves.
const SERVES: i64 = 0x7766_5f73_6572_7665;
/// A connection that rested for so long is tried before units are entrusted to it.
const RESTED: Duration = Duration::from_secs(1);
/// Between two attempts to connect.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long to ask what became of a commit.
const OUTCOME: Duration = Duration::from_secs(30);

/// Starts the thread, once it is connected; it ends when the queue is closed and empty.
pub(super) async fn spawn(
    readers: &Arc<Readers>,
    queue: &Arc<Queue>,
    options: &Options,
) -> Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (opened, answered) = oneshot::channel();
    let queue = Abandon(Arc::clone(queue));
    let readers = Arc::clone(readers);
    let (common, options) = (Arc::clone(&readers.common), options.clone());
    let thread = std::thread::Builder::new().name("wf-writer".into()).spawn(move || {
        let mut writer = Writer { common, options, session: None, used: Instant::now() };
        let open = runtime.block_on(writer.open());
        let is_open = open.is_ok();
        // Whoever opens may have stopped waiting: then the queue is closed by its end.
        let told = opened.send(open).is_ok();
        if is_open && told {
            let most = writer.options.group.max(1);
            let mut group = Vec::with_capacity(most);
            while let Work::Units | Work::Idle = queue.0.take(&mut group, most, None) {
                runtime.block_on(writer.commit(&queue.0, &mut group));
            }
        }
        readers.close();
        runtime.block_on(writer.close());
    })?;
    answered.await.map_err(|_| Error::internal("the writer broke down"))??;
    Ok(thread)
}

struct Writer {
    common: Arc<Common>,
    options: Options,
    session: Option<Arc<Session>>,
    /// When the server last answered.
    used: Instant,
}

/// A transaction that did not come to its end.
struct Lost {
    error: Error,
    /// The transaction, if its commit was sent and not answered.
    asked: Option<String>,
}

impl Writer {
    fn name(&self) -> &str {
        self.common.place.name()
    }

    async fn open(&mut self) -> Result<()> {
        let until = Instant::now() + self.options.busy;
        loop {
            match self.connect().await {
                // The server may not have noticed yet that the one before has ended.
                Err(error) if is_locked(&error) && Instant::now() < until => {
                    tokio::time::sleep(FIRST_PAUSE).await;
                }
                result => return result,
            }
        }
    }

    async fn connect(&mut self) -> Result<()> {
        let session = Session::open(&self.common).await?;
        check_server(&session).await?;
        if self.options.lock {
            let locked = session.own(&format!("SELECT pg_try_advisory_lock({SERVES})")).await?;
            if locked.first().is_none_or(|text| text != "t") {
                session.close().await;
                let text = format!(
                    "another process already serves `{}`; stop it, or use another database",
                    self.name()
                );
                return Err(Error::new(ErrorKind::Startup, "locked", text));
            }
        }
        let there = session.own(&format!("SELECT to_regclass('{WRITES}')")).await?;
        if there.is_empty() {
            let create = format!(
                "BEGIN; SELECT pg_advisory_xact_lock({LOCK}); \
                 CREATE SEQUENCE IF NOT EXISTS {WRITES}; \
                 SELECT nextval('{WRITES}'); COMMIT"
            );
            session.own(&create).await?;
        }
        self.session = Some(Arc::new(session));
        self.used = Instant::now();
        Ok(())
    }

    /// A connection that answers; waits for the server for as long as a start would.
    async fn ready(&mut self) -> Result<Arc<Session>> {
        if let Some(session) = &self.session {
            if self.used.elapsed() < RESTED && !session.is_closed() {
                return Ok(Arc::clone(session));
            }
            if session.client.check_connection().await.is_ok() {
                return Ok(Arc::clone(session));
            }
        }
        self.session = None;
        let until = Instant::now() + self.options.connect;
        let mut pause = FIRST_PAUSE;
        loop {
            let failed = self.connect().await.err();
            match (&self.session, failed) {
                (Some(session), _) => return Ok(Arc::clone(session)),
                (None, failed) if Instant::now() + pause >= until => {
                    let away = fault::away(self.name());
                    return Err(match failed {
                        Some(error) => away.with_source(error),
                        None => away,
                    });
                }
                (None, _) => {}
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Runs the units in one transaction, each undone alone if it fails, and answers all of them.
    async fn commit(&mut self, queue: &Queue, group: &mut Vec<Box<dyn Unit>>) {
        let mut units: VecDeque<Box<dyn Unit>> = group.drain(..).collect();
        let mut ran = Vec::with_capacity(units.len());
        while !units.is_empty() {
            let session = match self.ready().await {
                Ok(session) => session,
                Err(error) => {
                    units.into_iter().for_each(|unit| unit.answer(Some(&error)));
                    return;
                }
            };
            let begun = Instant::now();
            let done = transaction(&session, &mut units, &mut ran).await;
            self.used = Instant::now();
            let done = match done {
                Ok(()) => Ok(()),
                Err(lost) => self.lost(&session, lost).await,
            };
            match &done {
                Ok(()) => queue.committed(ran.len(), begun.elapsed()),
                Err(error) => {
                    tracing::error!(%error, units = ran.len(), "a group was not committed");
                }
            }
            // Those that did not run have another try.
            ran.drain(..).for_each(|unit| unit.answer(done.as_ref().err()));
        }
    }

    /// Ends what is left of a transaction; finds out what became of its commit.
    async fn lost(&mut self, session: &Session, lost: Lost) -> Result<()> {
        if session.is_closed() || session.own("ROLLBACK").await.is_err() {
            self.session = None;
        }
        let Some(transaction) = lost.asked else { return Err(lost.error) };
        tracing::warn!(error = %lost.error, "a commit was not answered; asking what became of it");
        let until = Instant::now() + OUTCOME;
        while Instant::now() < until {
            if let Ok(session) = self.ready().await {
                let asked = format!("SELECT pg_xact_status('{transaction}'::xid8)");
                let status = session.own(&asked).await.unwrap_or_default();
                match status.first().map(String::as_str) {
                    Some("committed") => return Ok(()),
                    Some("aborted") => return Err(lost.error),
                    // The server has not noticed yet that its client is gone.
                    _ => {}
                }
            }
            tokio::time::sleep(FIRST_PAUSE).await;
        }
        Err(fault::unknown_outcome(self.name()))
    }

    async fn close(&mut self) {
        if let Some(session) = self.session.take().and_then(Arc::into_inner) {
            session.close().await;
        }
    }
}

/// One transaction of as many units as come to their end in it.
async fn transaction(
    session: &Arc<Session>,
    units: &mut VecDeque<Box<dyn Unit>>,
    ran: &mut Vec<Box<dyn Unit>>,
) -> Result<(), Lost> {
    let name = session.common.place.name();
    let lost = |error| Lost { error: fault::own(error, name), asked: None };
    let connection = Connection::new(Arc::clone(session));
    let mut tx = Tx { inner: TxInner::Postgres(connection), broken: false };
    let writes = units.iter().any(|unit| unit.writes());
    let opening = opening(writes);
    let mut before = opening.as_str();
    let mut number = None;
    let mut kept = true;
    while let Some(mut unit) = units.pop_front() {
        tx.broken = false;
        // Sent together: the unit does not wait for its savepoint.
        let (said, keep) = join(session.simple(before), unit.drive(&mut tx)).await;
        ran.push(unit);
        let said = said.map_err(lost)?;
        if ran.len() == 1 && writes {
            // The server took a number with it, whatever becomes of the transaction.
            session.common.taken.fetch_add(1, Ordering::Relaxed);
            number = said.last().cloned();
        }
        kept = keep;
        before = if kept { AGAIN } else { UNDO };
    }
    // The first part fails if the transaction is broken: COMMIT alone would undo it in silence.
    let end =
        if kept { "SELECT 1; COMMIT" } else { "ROLLBACK TO SAVEPOINT unit; SELECT 1; COMMIT" };
    match session.simple(end).await {
        Ok(_) => Ok(()),
        Err(error) => {
            let asked = if fault::is_cut(&error) { number } else { None };
            Err(Lost { error: fault::own(error, name), asked })
        }
    }
}

const AGAIN: &str = "RELEASE SAVEPOINT unit; SAVEPOINT unit";
const UNDO: &str = "ROLLBACK TO SAVEPOINT unit";

/// The beginning of a transaction; one that writes takes a number, and says which it is itself.
fn opening(writes: bool) -> String {
    let (mode, number) = if writes {
        ("WRITE", format!("SELECT pg_current_xact_id() FROM nextval('{WRITES}'); "))
    } else {
        ("ONLY", String::new())
    };
    format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ {mode}; \
         SELECT pg_advisory_xact_lock({LOCK}); {number}SAVEPOINT unit"
    )
}

fn is_locked(error: &Error) -> bool {
    error.all().iter().any(|fault| fault.code == "locked")
}

/// Fails where the server cannot keep what a store promises.
async fn check_server(session: &Session) -> Result<()> {
    let name = session.common.place.name();
    let said = session
        .own(
            "SELECT current_setting('server_version_num') \
             UNION ALL SELECT current_setting('server_encoding')",
        )
        .await?;
    let refused = |text: String| Err(Error::new(ErrorKind::Startup, "unfit_server", text));
    if said.first().and_then(|version| version.parse::<u32>().ok()).is_none_or(|it| it < 130_000) {
        return refused(format!("the server of `{name}` is older than PostgreSQL 13; upgrade it"));
    }
    if said.get(1).is_none_or(|encoding| encoding != "UTF8") {
        return refused(format!("`{name}` does not keep UTF-8; create it with `ENCODING 'UTF8'`"));
    }
    Ok(())
}
