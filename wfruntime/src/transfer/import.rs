//! Reads records into a collection: first all of them against it, then into the store.
//!
//! No post-action follows: nobody acted. Collection events hear of each record.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::source::{FORBIDDEN, Given, Records, Source};
use crate::action::new_row;
use crate::change::{self, Changes, Telling, Write};
use crate::collection::{Definition, Row};
use crate::core::Core;
use crate::engine::lease;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::ids::Ids;
use crate::store::Tx;
use crate::value::Value;

/// How many records are written in one unit.
const CHUNK: usize = 500;

/// How many faults are told.
const TOLD: usize = 100;

/// The code of the error that undoes a trial.
const TRIAL: &str = "trial";

/// How much is written at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Some hundred records after the other: others write in between, and what was written stays.
    Chunks,
    /// All of them or none; whoever else writes waits.
    Whole,
    /// Nothing: it is tried as a whole, and undone.
    Trial,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// How many records are written, and stay.
    pub(crate) written: u64,
    /// How many there are in all.
    pub(crate) count: u64,
}

/// Reads the records of a file into their collection; how many there were.
///
/// It tells how far it is once all of the file is in order, and again after each chunk.
///
/// # Errors
/// All that is wrong with the file, by line: nothing was written then. What the store refuses,
/// with its line: what is written in chunks stays up to the chunk before.
pub(crate) async fn import(
    core: &Arc<Core>,
    source: &Source,
    extent: Extent,
    user: Option<i64>,
    mut told: impl FnMut(Progress),
) -> Result<u64> {
    if source.definition.meta.account {
        let message = "users cannot be imported: `user add` makes them";
        return Err(Error::invalid("account", message));
    }
    let known = Arc::new(Known::by_now(core, user).await?);
    // All of a file may take long to read.
    let (shared, read, by_now) = (Arc::clone(core), source.clone(), Arc::clone(&known));
    let checked = tokio::task::spawn_blocking(move || check(&shared, &read, &by_now));
    let count = checked.await??;
    told(Progress { written: 0, count });
    if extent != Extent::Chunks {
        return whole(core, source, extent, count, known).await;
    }
    let mut records = source.records()?;
    let mut written = 0;
    loop {
        let chunk = rows(core, source, &known, records.by_ref().take(CHUNK))?;
        if chunk.is_empty() {
            return Ok(written);
        }
        let size = chunk.len() as u64;
        write(core, chunk).await.map_err(|error| match written {
            0 => error,
            _ => stopped(&error, written),
        })?;
        written += size;
        told(Progress { written, count });
    }
}

/// What is known before records are made.
struct Known {
    /// Who brings them in.
    user: Option<i64>,
    /// The largest one that was made by now.
    latest: i64,
    /// The other processes, which go on making ids.
    others: Vec<u64>,
}

impl Known {
    async fn by_now(core: &Core, user: Option<i64>) -> Result<Self> {
        let others = lease::others(core).await?;
        Ok(Self { user, latest: core.ids.latest(&core.clock), others })
    }

    /// Why a record cannot have this id; else it is not made again here.
    fn check(&self, core: &Core, id: &Value) -> Option<Fault> {
        let id = id.as_int().filter(|id| (1..=self.latest).contains(id));
        let message = match id {
            None => "`id` is none that was given by now: leave it out for a new one",
            Some(id) if Ids::may_follow(id, &self.others, &core.clock) => {
                "`id` is one that a running process may give in this second: try again in the next"
            }
            Some(id) => {
                core.ids.pass(id);
                return None;
            }
        };
        Some(Fault::new("invalid_id", message))
    }
}

/// Reads all of the file against its collection.
fn check(core: &Core, source: &Source, known: &Known) -> Result<u64> {
    let (mut count, mut faults) = (0, Vec::new());
    for (line, given) in source.records()? {
        count += 1;
        if let Err(wrong) = row(core, source, known, given) {
            faults.extend(wrong.into_iter().map(|fault| at(line, &fault)));
        }
        if faults.len() >= TOLD {
            break;
        }
    }
    faults.truncate(TOLD);
    let is_forbidden = faults.iter().any(|fault| fault.code == FORBIDDEN);
    let kind = if is_forbidden { ErrorKind::Forbidden } else { ErrorKind::Invalid };
    if faults.is_empty() { Ok(count) } else { Err(Error::faults(kind, faults)) }
}

/// The row of what a record gives.
fn row(core: &Core, source: &Source, known: &Known, given: Given) -> Result<Row, Vec<Fault>> {
    let definition = source.definition;
    let given = given?;
    let mut faults = Vec::new();
    if let Some((_, id)) = given.iter().find(|(index, _)| *index == Definition::ID) {
        faults.extend(known.check(core, id));
    }
    let row = new_row(core, known.user, core.clock.now(), definition, given);
    for (column, value) in definition.columns.iter().zip(&row.values) {
        if value.is_null() && !column.nullable {
            faults.push(Fault::new("required", format!("`{}` is required", column.json)));
        }
    }
    if faults.is_empty() { Ok(row) } else { Err(faults) }
}

fn rows(
    core: &Core,
    source: &Source,
    known: &Known,
    records: impl Iterator<Item = (u64, Given)>,
) -> Result<Vec<(u64, Row)>> {
    let mut rows = Vec::new();
    for (line, given) in records {
        let row = row(core, source, known, given);
        rows.push((line, row.map_err(|wrong| changed_meanwhile(line, &wrong))?));
    }
    Ok(rows)
}

/// Writes some records in one unit.
async fn write(core: &Arc<Core>, rows: Vec<(u64, Row)>) -> Result<()> {
    let insert = |(line, row): (u64, Row)| (line, Write::insert(core.registry, &row));
    let (lines, writes): (Vec<u64>, Vec<Write>) = rows.into_iter().map(insert).unzip();
    if change::is_judged(&writes) {
        tried(core, lines.clone(), writes.clone()).await?;
    }
    let telling = change::judged(core, &writes).await?;
    let line = Arc::new(AtomicU64::new(0));
    let reached = Arc::clone(&line);
    let unit = change::carry_out(core, move |tx| {
        Box::pin(async move {
            let mut changes = telling.as_ref().map(Telling::changes).unwrap_or_default();
            for (line, write) in lines.iter().zip(&writes) {
                reached.store(*line, Ordering::Relaxed);
                write.execute(tx, &mut changes).await?;
            }
            reached.store(0, Ordering::Relaxed);
            change::tell(tx, telling.as_ref(), &changes).await
        })
    });
    unit.await.map_err(|error| refused(core, line.load(Ordering::Relaxed), error))
}

/// Fails with the line that the store refuses; events are asked about all of them at once, and would
/// not know it.
async fn tried(core: &Arc<Core>, lines: Vec<u64>, writes: Vec<Write>) -> Result<()> {
    let telling = Telling::of(core, &writes, None).await?;
    let line = Arc::new(AtomicU64::new(0));
    let reached = Arc::clone(&line);
    let unit = core.store.write(move |tx| {
        Box::pin(async move {
            let mut changes = telling.as_ref().map(Telling::changes).unwrap_or_default();
            for (line, write) in lines.iter().zip(&writes) {
                reached.store(*line, Ordering::Relaxed);
                write.execute(tx, &mut changes).await?;
            }
            Err(Error::new(ErrorKind::Conflict, TRIAL, "tried"))
        })
    });
    match unit.await {
        Err(error) if is_trial(&error) => Ok(()),
        Err(error) => Err(refused(core, line.load(Ordering::Relaxed), error)),
        Ok(()) => Ok(()),
    }
}

fn is_trial(error: &Error) -> bool {
    error.all().iter().all(|fault| fault.code == TRIAL)
}

/// Writes all records in one unit, or tries it.
async fn whole(
    core: &Arc<Core>,
    source: &Source,
    extent: Extent,
    count: u64,
    known: Arc<Known>,
) -> Result<u64> {
    let first = rows(core, source, &known, source.records()?.take(1))?;
    let inserts: Vec<Write> =
        first.iter().map(|(_, row)| Write::insert(core.registry, row)).collect();
    if extent == Extent::Whole && change::is_judged(&inserts) {
        // What was judged is what is written: all of it is kept until then.
        let all = rows(core, source, &known, source.records()?)?;
        return write(core, all).await.map(|()| count);
    }
    let telling = Telling::of(core, &inserts, None).await?;
    let line = Arc::new(AtomicU64::new(0));
    let (reached, shared) = (Arc::clone(&line), Arc::clone(core));
    let (records, source) = (source.records()?, source.clone());
    let unit = change::carry_out(core, move |tx| {
        Box::pin(async move {
            let changes =
                insert_all(tx, &shared, (&source, &known), records, telling.as_ref(), &reached);
            let changes = changes.await?;
            match extent {
                // Nobody is asked, and nobody told.
                Extent::Trial => Err(Error::new(ErrorKind::Conflict, TRIAL, "tried")),
                Extent::Chunks | Extent::Whole => {
                    change::tell(tx, telling.as_ref(), &changes).await
                }
            }
        })
    });
    match unit.await {
        Err(error) if is_trial(&error) => Ok(count),
        Err(error) => Err(refused(core, line.load(Ordering::Relaxed), error)),
        Ok(()) => Ok(count),
    }
}

async fn insert_all(
    tx: &mut Tx,
    core: &Core,
    (source, known): (&Source, &Known),
    records: Records,
    telling: Option<&Telling>,
    reached: &AtomicU64,
) -> Result<Changes> {
    let mut changes = telling.map(Telling::changes).unwrap_or_default();
    for (line, given) in records {
        let row =
            row(core, source, known, given).map_err(|wrong| changed_meanwhile(line, &wrong))?;
        reached.store(line, Ordering::Relaxed);
        Write::insert(core.registry, &row).execute(tx, &mut changes).await?;
    }
    reached.store(0, Ordering::Relaxed);
    Ok(changes)
}

/// A fault with its line.
fn at(line: u64, fault: &Fault) -> Fault {
    fault.in_line(line)
}

/// What the store says of the record of a line; of none if the line is 0.
fn refused(core: &Core, line: u64, error: Error) -> Error {
    let error = core.registry.in_json(error);
    if line == 0 {
        return error;
    }
    Error::faults(error.kind(), error.all().iter().map(|fault| at(line, fault)).collect())
}

/// The file was in order when it was read first.
fn changed_meanwhile(line: u64, wrong: &[Fault]) -> Error {
    let wrong = wrong.iter().map(|fault| at(line, fault)).collect();
    Error::faults(ErrorKind::Invalid, wrong)
}

/// The error with what is written already.
fn stopped(error: &Error, written: u64) -> Error {
    let mut faults = error.all().to_vec();
    let message = format!("the first {written} records are written, none after them");
    faults.push(Fault::new("stopped", message));
    Error::faults(error.kind(), faults)
}
