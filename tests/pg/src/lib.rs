//! A PostgreSQL server of the tests' own, from the machine's programs: an ordinary user's, in a
//! temporary folder, behind a socket in it.
//!
//! One server serves all processes of a run of nextest, and one of `cargo test`. It ends, and its
//! folder goes, when the run is over, however it ends.

use std::fs::{self, File};
use std::io::{Error, Result};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Who the server runs as if the tests run as root, which it refuses.
const USERS: [&str; 2] = ["postgres", "nobody"];

struct Server {
    /// Of the socket, the data and the log.
    folder: PathBuf,
    programs: PathBuf,
    user: Option<(u32, u32)>,
}

impl Server {
    /// The run's server, started by whoever needs it first.
    fn running() -> Result<&'static Self> {
        static SERVER: OnceLock<std::result::Result<Server, String>> = OnceLock::new();
        let server = SERVER.get_or_init(|| Self::start().map_err(|error| error.to_string()));
        server.as_ref().map_err(|error| Error::other(error.clone()))
    }

    fn start() -> Result<Self> {
        // A run of nextest has many processes: this one's parent is what they have in common.
        let (run, owner) = match std::env::var("NEXTEST_RUN_ID") {
            Ok(run) => (run, std::os::unix::process::parent_id()),
            Err(_) => (format!("{}", std::process::id()), std::process::id()),
        };
        let folder = Path::new("/tmp").join(format!("wf-pg-{run}"));
        let lock = File::create(folder.with_extension("lock"))?;
        lock.lock()?;
        let user = user()?;
        let server = Self { folder, programs: programs()?, user };
        let ready = server.folder.join("ready");
        if !ready.exists() {
            server.create(owner)?;
            fs::write(ready, "")?;
        }
        Ok(server)
    }

    fn create(&self, owner: u32) -> Result<()> {
        fs::create_dir(&self.folder)?;
        if let Some((user, group)) = self.user {
            std::os::unix::fs::chown(&self.folder, Some(user), Some(group))?;
        }
        self.end_with(owner)?;
        let (data, log) = (self.folder.join("data"), self.folder.join("log"));
        let (data, log) = (data.display().to_string(), log.display().to_string());
        let new = ["--auth=trust", "--no-sync", "--username=postgres", "--encoding=UTF8"];
        self.run("initdb", &[&new[..], &["--locale=C", "--pgdata", &data]].concat())?;
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories={} -c fsync=off \
             -c max_connections=300",
            self.folder.display()
        );
        let start = ["start", "--wait", "--silent", "--pgdata", &data, "--log", &log];
        self.run("pg_ctl", &[&start[..], &["--options", &options]].concat())?;
        Ok(())
    }

    /// Ends the server and removes its folder when `owner` has ended: nobody else could, if it
    /// is killed.
    fn end_with(&self, owner: u32) -> Result<()> {
        let script = "while kill -0 \"$1\" 2>/dev/null; do sleep 0.3; done
            pid=$(head -n 1 \"$2/data/postmaster.pid\") && kill -QUIT \"$pid\"
            while kill -0 \"$pid\" 2>/dev/null; do sleep 0.1; done
            rm -rf \"$2\" \"$2.lock\"";
        Command::new("setsid")
            .args(["sh", "-c", script, "sh", &owner.to_string()])
            .arg(&self.folder)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(())
    }

    fn url(&self, database: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{folder}/{database}")
    }

    /// Runs one of the server's programs as its user.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let program = self.programs.join(program);
        let mut command = match self.user {
            Some((user, group)) => {
                let mut command = Command::new("setpriv");
                command.args([format!("--reuid={user}"), format!("--regid={group}")]);
                command.arg("--clear-groups").arg(&program);
                command
            }
            None => Command::new(&program),
        };
        // To files: what the server starts keeps them open.
        let said = tempfile::tempfile()?;
        let status = command
            .args(arguments)
            .current_dir("/")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(said.try_clone()?)
            .status()?;
        let mut text = String::new();
        let mut said = said;
        std::io::Seek::rewind(&mut said)?;
        std::io::Read::read_to_string(&mut said, &mut text)?;
        if !status.success() {
            return Err(Error::other(format!("{}: {text}", program.display())));
        }
        Ok(text.trim().to_owned())
    }
}

/// The user and group of the server, if the tests run as root.
fn user() -> Result<Option<(u32, u32)>> {
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let known = fs::read_to_string("/etc/passwd")?;
    let ids = USERS.iter().find_map(|wanted| {
        let line = known.lines().find(|line| line.split(':').next() == Some(wanted))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    });
    ids.map(Some).ok_or_else(|| Error::other("there is no user that a server may run as"))
}

/// The URL of the run's server; its database is the one that others are made from.
///
/// # Errors
/// If the server does not start.
pub fn server() -> Result<String> {
    Ok(Server::running()?.url("postgres"))
}

/// The folder of the newest server's programs.
///
/// # Errors
/// If none is installed.
pub fn programs() -> Result<PathBuf> {
    let version =
        |path: &Path| -> Option<u32> { path.parent()?.file_name()?.to_str()?.parse().ok() };
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> = debian
        .map(|entry| entry.path().join("bin"))
        .chain(std::env::split_paths(&path))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    found.sort_by_key(|folder| version(folder));
    let none = "no PostgreSQL server is installed; `cargo xtask test tools` does it";
    found.pop().ok_or_else(|| Error::other(none))
}
