//! A thread that owns a connection and commits what waits: nothing but rusqlite and a channel.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use tokio::sync::oneshot;

use crate::{CALLERS, CONTEXT, Fallible, GROUP};

struct Unit {
    id: i64,
    done: oneshot::Sender<()>,
}

/// Commits a second.
pub(crate) async fn commits(file: &Path, length: Duration) -> Fallible<f64> {
    let (units, waiting) = channel();
    let file = PathBuf::from(file);
    let writer = std::thread::spawn(move || write(&file, &waiting));
    let start = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| tokio::spawn(call(units.clone(), caller, start + length)))
        .collect();
    drop(units);
    let mut done = 0_u32;
    for caller in callers {
        done += caller.await??;
    }
    let rate = f64::from(done) / start.elapsed().as_secs_f64();
    writer.join().map_err(|_| "the writer panicked")??;
    Ok(rate)
}

async fn call(units: Sender<Unit>, caller: i64, end: Instant) -> Fallible<u32> {
    let mut count = 0;
    while Instant::now() < end {
        let (done, answer) = oneshot::channel();
        units.send(Unit { id: i64::from(count) * CALLERS + caller, done })?;
        answer.await?;
        count += 1;
    }
    Ok(count)
}

fn write(file: &Path, waiting: &Receiver<Unit>) -> Fallible<()> {
    let connection = Connection::open(file)?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 4096)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.execute_batch(
        "CREATE TABLE claims (id INTEGER PRIMARY KEY, project TEXT NOT NULL,
            amount TEXT NOT NULL, status TEXT NOT NULL) STRICT;
         CREATE TABLE executions (id INTEGER PRIMARY KEY, record INTEGER NOT NULL,
            status TEXT NOT NULL, context TEXT NOT NULL) STRICT;",
    )?;
    while let Ok(first) = waiting.recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = waiting.try_recv()
        {
            group.push(next);
        }
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for unit in &group {
            connection.prepare_cached("SAVEPOINT unit")?.execute([])?;
            connection
                .prepare_cached("INSERT INTO claims VALUES (?, ?, ?, ?)")?
                .execute(params![unit.id, "Berlin", "400.00", "submitted"])?;
            connection
                .prepare_cached("INSERT INTO executions VALUES (?, ?, ?, ?)")?
                .execute(params![unit.id, unit.id, "queued", CONTEXT])?;
            connection.prepare_cached("RELEASE unit")?.execute([])?;
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        for unit in group {
            // A caller that is gone needs no answer.
            let _ = unit.done.send(());
        }
    }
    Ok(())
}
