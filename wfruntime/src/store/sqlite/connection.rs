//! One connection: how it is set up, and how statements run on it.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{CachedStatement, OpenFlags};

use super::super::{Durability, Options, Statement, Values};
use super::{decimal, encoding, fault, mentions};
use crate::error::Result;

/// How many prepared statements a connection keeps.
const PREPARED: usize = 512;

/// How the log is copied into the database file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mode {
    /// As far as it goes without waiting for anybody.
    Passive,
    /// All of it, and the log is emptied.
    Truncate,
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub(super) raw: rusqlite::Connection,
    pub(super) path: Arc<Path>,
    /// Whether this process serves the database; others beside it must not hold it up.
    serves: bool,
}

impl Connection {
    /// The connection that writes; creates the file.
    pub(super) fn writer(path: &Path, options: &Options) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let connection = Self::open(path, flags, options)?;
            connection.set_up(options)?;
            Ok(connection)
        };
        open().map_err(|error| fault::at_start(error, path))
    }

    fn set_up(&self, options: &Options) -> rusqlite::Result<()> {
        // First of all, since it reads the file: what is no database is found out here.
        let journal: String =
            self.raw.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
        if journal != "wal" {
            return Err(rusqlite::Error::InvalidParameterName(journal));
        }
        let durability = match options.durability {
            Durability::Full => "FULL",
            Durability::Normal => "NORMAL",
        };
        self.raw.pragma_update(None, "synchronous", durability)?;
        // The writer thread copies the log when it is idle.
        self.raw.pragma_update(None, "wal_autocheckpoint", 0)?;
        // A log that was copied shrinks to this when it is written again.
        self.raw.pragma_update(None, "journal_size_limit", 32 << 20)?;
        // Each unit is a savepoint: what undoes it would be written to a temporary file.
        self.raw.pragma_update(None, "temp_store", "MEMORY")?;
        self.raw.pragma_update(None, "foreign_keys", true)
    }

    /// A connection that cannot write.
    pub(super) fn reader(path: &Path, options: &Options) -> Result<Self> {
        // Not SQLITE_OPEN_READ_ONLY: a reader may have to rebuild the log's index after a crash.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let connection = Self::open(path, flags, options)?;
            connection.raw.pragma_update(None, "query_only", true)?;
            Ok(connection)
        };
        open().map_err(|error| fault::of(error, path, ""))
    }

    fn open(path: &Path, flags: OpenFlags, options: &Options) -> rusqlite::Result<Self> {
        let raw = rusqlite::Connection::open_with_flags(path, flags)?;
        raw.busy_timeout(options.busy)?;
        raw.set_prepared_statement_cache_capacity(PREPARED);
        decimal::register(&raw)?;
        mentions::register(&raw)?;
        Ok(Self { raw, path: path.into(), serves: options.lock })
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) fn execute(&self, statement: &Statement) -> Result<u64> {
        if !statement.returns.is_empty() {
            return Ok(self.query(statement)?.len() as u64);
        }
        let mut prepared = self.prepare(statement)?;
        let changed = prepared.raw_execute().map_err(|error| self.fault(error, statement))?;
        statement.expect.check(changed as u64)?;
        Ok(changed as u64)
    }

    /// The rows of a statement.
    pub(crate) fn query(&self, statement: &Statement) -> Result<Vec<Values>> {
        let mut prepared = self.prepare(statement)?;
        let mut found = Vec::new();
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().map_err(|error| self.fault(error, statement))? {
            found.push(encoding::decode(row, statement)?);
        }
        statement.expect.check(found.len() as u64)?;
        Ok(found)
    }

    fn prepare(&self, statement: &Statement) -> Result<CachedStatement<'_>> {
        // Without its values, which are people's.
        tracing::trace!(target: "wfruntime::sql", "{}", statement.sql);
        let mut prepared = self
            .raw
            .prepare_cached(&statement.sql)
            .map_err(|error| self.fault(error, statement))?;
        for (index, value) in statement.params.iter().enumerate() {
            encoding::bind(&mut prepared, index + 1, value)?
                .map_err(|error| self.fault(error, statement))?;
        }
        Ok(prepared)
    }

    fn fault(&self, error: rusqlite::Error, statement: &Statement) -> crate::Error {
        fault::of(error, &self.path, statement.table)
    }

    /// Begins a transaction that may write: waiting happens here, never in the middle.
    pub(super) fn begin(&self) -> Result<()> {
        self.step("BEGIN IMMEDIATE")
    }

    pub(super) fn commit(&self) -> Result<()> {
        self.step("COMMIT")
    }

    /// Begins a view of one moment.
    pub(super) fn begin_view(&self) -> Result<()> {
        self.step("BEGIN")?;
        // The view begins with the first read, not with BEGIN.
        self.step("SELECT 1 FROM sqlite_schema LIMIT 1")
    }

    /// Undoes the transaction if there is one.
    pub(super) fn rollback(&self) {
        if !self.raw.is_autocommit()
            && let Err(error) = self.step("ROLLBACK")
        {
            tracing::error!(%error, "a transaction was not rolled back");
        }
    }

    pub(super) fn restart(&self) -> Result<()> {
        self.step("ROLLBACK")?;
        self.begin()
    }

    pub(super) fn savepoint(&self) -> Result<()> {
        self.step("SAVEPOINT unit")
    }

    pub(super) fn release(&self) -> Result<()> {
        self.step("RELEASE unit")
    }

    pub(super) fn undo(&self) -> Result<()> {
        self.step("ROLLBACK TO unit")?;
        self.release()
    }

    /// Fails if SQLite gave up the transaction on its own.
    pub(super) fn still_open(&self) -> Result<()> {
        if self.raw.is_autocommit() { Err(fault::given_up(&self.path)) } else { Ok(()) }
    }

    fn step(&self, sql: &str) -> Result<()> {
        let run = || {
            let mut prepared = self.raw.prepare_cached(sql)?;
            let mut rows = prepared.raw_query();
            while rows.next()?.is_some() {}
            Ok(())
        };
        run().map_err(|error| fault::of(error, &self.path, ""))
    }

    pub(crate) fn data_version(&self) -> Result<i64> {
        self.raw
            .pragma_query_value(None, "data_version", |row| row.get(0))
            .map_err(|error| fault::of(error, &self.path, ""))
    }

    /// How many pages the log holds that a checkpoint has to copy or keep.
    pub(super) fn log_pages(&self) -> i64 {
        let look = || {
            self.raw
                .prepare_cached("PRAGMA wal_checkpoint(NOOP)")?
                .query_row([], |row| row.get::<_, i64>(1))
        };
        // Not known is not long: it is looked at again after the next group.
        look().unwrap_or(0)
    }

    /// Copies the log into the database file; what does not succeed now succeeds later.
    pub(super) fn checkpoint(&self, mode: Mode) {
        let sql = match mode {
            Mode::Passive => "PRAGMA wal_checkpoint(PASSIVE)",
            Mode::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
        };
        if let Err(error) = self.step(sql) {
            tracing::warn!(%error, "the log was not copied into the database; tried again later");
        }
    }

    pub(super) fn close(self) -> Result<()> {
        if self.serves {
            // It waits for readers and keeps writers out meanwhile.
            self.checkpoint(Mode::Truncate);
        }
        self.raw.close().map_err(|(_, error)| fault::of(error, &self.path, ""))
    }
}
