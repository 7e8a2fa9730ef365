//! Reads records into a collection: first all of them against it, then into the store.
//!
//! No post-action follows: nobody acted. Collection events hear of each record.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::source::{Given, Records, Source};
use crate::action::new_row;
use crate::change::{self, Telling, Write};
use crate::collection::{Definition, Row};
use crate::core::Core;
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::store::Tx;

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

/// Reads the records of a file into their collection; how many there were.
///
/// # Errors
/// All that is wrong with the file, by line: nothing was written then. What the store refuses,
/// with its line: what is written in chunks stays up to the chunk before.
pub(crate) async fn import(
    core: &Arc<Core>,
    source: &Source,
    extent: Extent,
    mut told: impl FnMut(u64),
) -> Result<u64> {
    if source.definition.meta.account {
        let message = "users cannot be imported: `user add` makes them";
        return Err(Error::invalid("account", message));
    }
    let count = check(core, source)?;
    if extent != Extent::Chunks {
        return whole(core, source, extent, count).await;
    }
    let mut records = source.records()?;
    let mut written = 0;
    loop {
        let chunk = rows(core, source, records.by_ref().take(CHUNK))?;
        if chunk.is_empty() {
            return Ok(written);
        }
        let size = chunk.len() as u64;
        write(core, chunk).await.map_err(|error| match written {
            0 => error,
            _ => stopped(&error, written),
        })?;
        written += size;
        told(written);
    }
}

/// Reads all of the file against its collection.
fn check(core: &Core, source: &Source) -> Result<u64> {
    let (mut count, mut faults) = (0, Vec::new());
    let latest = core.ids.next(&core.clock);
    for (line, given) in source.records()? {
        count += 1;
        if let Err(wrong) = row(core, source, latest, given) {
            faults.extend(wrong.into_iter().map(|fault| at(line, &fault)));
        }
        if faults.len() >= TOLD {
            break;
        }
    }
    faults.truncate(TOLD);
    if faults.is_empty() { Ok(count) } else { Err(Error::faults(ErrorKind::Invalid, faults)) }
}

/// The row of what a record gives.
///
/// `latest` is an id that is made now: those of records that are there are less.
fn row(core: &Core, source: &Source, latest: i64, given: Given) -> Result<Row, Vec<Fault>> {
    let definition = source.definition;
    let given = given?;
    let mut faults = Vec::new();
    let is_id = |id: i64| (1..latest).contains(&id);
    if let Some((_, id)) = given.iter().find(|(index, _)| *index == Definition::ID)
        && !id.as_int().is_some_and(is_id)
    {
        let message = "`id` is none that was given by now: leave it out for a new one";
        faults.push(Fault::new("invalid_id", message));
    }
    let row = new_row(core, None, core.clock.now(), definition, given);
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
    records: impl Iterator<Item = (u64, Given)>,
) -> Result<Vec<(u64, Row)>> {
    let (mut rows, latest) = (Vec::new(), core.ids.next(&core.clock));
    for (line, given) in records {
        let row = row(core, source, latest, given);
        rows.push((line, row.map_err(|wrong| changed_meanwhile(line, &wrong))?));
    }
    Ok(rows)
}

/// Writes some records in one unit.
async fn write(core: &Arc<Core>, rows: Vec<(u64, Row)>) -> Result<()> {
    let insert = |(line, row): (u64, Row)| (line, Write::insert(core.registry, &row));
    let writes: Vec<(u64, Write)> = rows.into_iter().map(insert).collect();
    let telling = Telling::of(core, writes.iter().map(|(_, write)| write), None).await?;
    let line = Arc::new(AtomicU64::new(0));
    let reached = Arc::clone(&line);
    let unit = core.store.write(move |tx| {
        Box::pin(async move {
            let mut changes = telling.as_ref().map(Telling::changes).unwrap_or_default();
            for (line, write) in &writes {
                reached.store(*line, Ordering::Relaxed);
                write.execute(tx, &mut changes).await?;
            }
            reached.store(0, Ordering::Relaxed);
            change::tell(tx, telling.as_ref(), &changes).await.map(drop)
        })
    });
    unit.await.map_err(|error| refused(core, line.load(Ordering::Relaxed), error))
}

/// Writes all records in one unit, or tries it.
async fn whole(core: &Arc<Core>, source: &Source, extent: Extent, count: u64) -> Result<u64> {
    let first = rows(core, source, source.records()?.take(1))?;
    let inserts: Vec<Write> =
        first.iter().map(|(_, row)| Write::insert(core.registry, row)).collect();
    let telling = Telling::of(core, &inserts, None).await?;
    let line = Arc::new(AtomicU64::new(0));
    let (reached, shared) = (Arc::clone(&line), Arc::clone(core));
    let (records, source) = (source.records()?, source.clone());
    let unit = core.store.write(move |tx| {
        Box::pin(async move {
            insert_all(tx, &shared, &source, records, telling.as_ref(), &reached).await?;
            match extent {
                Extent::Trial => Err(Error::new(ErrorKind::Conflict, TRIAL, "tried")),
                Extent::Chunks | Extent::Whole => Ok(()),
            }
        })
    });
    match unit.await {
        Err(error) if error.all().iter().all(|fault| fault.code == TRIAL) => Ok(count),
        Err(error) => Err(refused(core, line.load(Ordering::Relaxed), error)),
        Ok(()) => Ok(count),
    }
}

async fn insert_all(
    tx: &mut Tx,
    core: &Core,
    source: &Source,
    records: Records,
    telling: Option<&Telling>,
    reached: &AtomicU64,
) -> Result<()> {
    let mut changes = telling.map(Telling::changes).unwrap_or_default();
    let latest = core.ids.next(&core.clock);
    for (line, given) in records {
        let row =
            row(core, source, latest, given).map_err(|wrong| changed_meanwhile(line, &wrong))?;
        reached.store(line, Ordering::Relaxed);
        Write::insert(core.registry, &row).execute(tx, &mut changes).await?;
    }
    reached.store(0, Ordering::Relaxed);
    change::tell(tx, telling, &changes).await.map(drop)
}

/// A fault with its line.
fn at(line: u64, fault: &Fault) -> Fault {
    fault.reworded(format!("line {line}: {}", fault.message))
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
