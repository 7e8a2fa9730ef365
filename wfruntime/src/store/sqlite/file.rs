//! Where the database lies: its file, its lock, and what is told about them before SQLite is.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind as Io, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use super::super::Options;
use crate::error::{Error, ErrorKind, Result};

/// The database's file, locked while this lives if this process serves it.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    lock: Option<File>,
    /// Whether the file goes when this goes.
    temporary: bool,
}

impl Place {
    /// Checks the file and its folder, and takes the lock if this process serves the database.
    pub(super) fn prepare(path: &str, options: &Options) -> Result<Self> {
        if path == ":memory:" {
            return temporary();
        }
        if path.contains('?') {
            return Err(startup(
                "unknown_database",
                format!(
                    "`sqlite://{path}` has parameters; expected a file as in `sqlite://claims.db`"
                ),
            ));
        }
        let path = PathBuf::from(path);
        if path.as_os_str().is_empty() {
            return Err(startup(
                "unknown_database",
                "no file is named: `sqlite://claims.db`".into(),
            ));
        }
        check(&path)?;
        if !options.create && !path.exists() {
            let file = path.display();
            return Err(startup(
                "missing_database",
                format!("there is no database file `{file}`; name the one that the server uses"),
            ));
        }
        let lock = if options.lock { Some(take_lock(&path)?) } else { None };
        Ok(Self { path, lock, temporary: false })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.temporary {
            for end in ["", "-wal", "-shm"] {
                // What is not there need not be removed.
                let _ = fs::remove_file(beside(&self.path, end));
            }
        }
        // The file stays: removing it would let a second process lock a new one beside a third.
        drop(self.lock.take());
    }
}

/// A file of its own in the folder for temporary ones: readers need one that they can share.
fn temporary() -> Result<Place> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let moment = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("wf-{}-{}-{count}.db", std::process::id(), moment.as_nanos());
    let path = std::env::temp_dir().join(name);
    // Fails if it exists: nobody else's file or link is ever opened.
    File::create_new(&path).map_err(|error| {
        startup("cannot_open", format!("`{}` cannot be created", path.display())).with_source(error)
    })?;
    Ok(Place { path, lock: None, temporary: true })
}

fn check(path: &Path) -> Result<()> {
    let file = path.display();
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match fs::metadata(folder) {
        Ok(found) if !found.is_dir() => {
            return Err(startup(
                "missing_folder",
                format!("`{}` is not a folder; `{file}` cannot be in it", folder.display()),
            ));
        }
        // Elsewhere the mark on a folder means something else.
        Ok(found) if cfg!(unix) && found.permissions().readonly() => {
            return Err(startup(
                "read_only",
                format!(
                    "the folder `{}` of `{file}` is read-only; make it writable",
                    folder.display()
                ),
            ));
        }
        Ok(_) => {}
        Err(error) => {
            return Err(startup(
                "missing_folder",
                format!("there is no folder `{}` for `{file}`; create it", folder.display()),
            )
            .with_source(error));
        }
    }
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            Err(startup("not_a_database", format!("`{file}` is a folder; name a file in it")))
        }
        Ok(found) if found.permissions().readonly() => {
            Err(startup("read_only", format!("`{file}` is read-only; make it writable")))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == Io::NotFound => Ok(()),
        Err(error) => {
            Err(startup("cannot_open", format!("`{file}` cannot be opened")).with_source(error))
        }
    }
}

fn take_lock(path: &Path) -> Result<File> {
    let name = beside(path, ".lock");
    let cannot = |error: std::io::Error| {
        startup("cannot_open", format!("`{}` cannot be locked", name.display())).with_source(error)
    };
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&name)
        .map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(locked(path, &name, &mut file)),
        Err(TryLockError::Error(error)) => return Err(cannot(error)),
    }
    file.set_len(0).map_err(cannot)?;
    file.rewind().map_err(cannot)?;
    write!(file, "{}", std::process::id()).map_err(cannot)?;
    Ok(file)
}

fn locked(path: &Path, name: &Path, file: &mut File) -> Error {
    let mut holder = String::new();
    // Only to say who it is; where a lock also forbids reading, it is not said.
    let _ = file.take(20).read_to_string(&mut holder);
    let holder = match holder.trim().parse::<u32>() {
        Ok(process) => format!("process {process}"),
        Err(_) => "another process".into(),
    };
    startup(
        "locked",
        format!(
            "{holder} already serves `{}` (it holds `{}`); stop it, or use another database",
            path.display(),
            name.display()
        ),
    )
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn startup(code: &str, message: String) -> Error {
    Error::new(ErrorKind::Startup, code, message)
}
