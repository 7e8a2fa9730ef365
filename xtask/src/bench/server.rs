//! A server as a child process: started, waited for, measured, ended.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::program;
use crate::process::{Done, root};

/// Which program answers, and what a create makes it do.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    Ours { held: bool },
    Theirs { writer: &'static str, variant: &'static str },
}

pub(super) struct Server {
    child: Child,
    pub(super) address: String,
    /// From the start of the process to the end of its first answer.
    pub(super) first_answer: Duration,
}

impl Server {
    /// Starts it on a database in `folder`, and waits for its first answer.
    pub(super) fn start(side: Side, folder: &Path) -> Done<Self> {
        let address = free_address()?;
        let mut command = match side {
            Side::Ours { held } => {
                let mut command = Command::new(program("bench-ours"));
                command.args(["serve", "--addr", &address, "--database", &database(folder)]);
                if held {
                    command.env("BENCH_HOLD", "1");
                }
                command
            }
            Side::Theirs { writer, variant } => {
                let program = root().join("bench/handwritten/target/release/handwritten");
                let mut command = Command::new(program);
                command.arg(&address).arg(folder.join("theirs.db")).args([writer, variant]);
                command
            }
        };
        let begun = Instant::now();
        let child = command
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("{side:?} does not start: {error}"))?;
        let mut server = Self { child, address, first_answer: Duration::ZERO };
        while !server.answers() {
            if begun.elapsed() > Duration::from_secs(30) {
                return Err(format!("{side:?} gives no answer"));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        server.first_answer = begun.elapsed();
        Ok(server)
    }

    /// Whether it answers anything at all.
    fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(&self.address) else { return false };
        let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        let mut first = [0; 12];
        stream.write_all(request.as_bytes()).is_ok() && stream.read_exact(&mut first).is_ok()
    }

    /// Resident memory, in bytes.
    pub(super) fn memory(&self) -> Done<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        kibibytes.map(|kibibytes| kibibytes * 1024).ok_or("no VmRSS in /proc".into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; what it kept is thrown away.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The url of our database in `folder`.
pub(super) fn database(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("ours.db").display())
}

/// A token of a new user of ours, who may do all.
pub(super) fn token(folder: &Path) -> Done<String> {
    let output = Command::new(program("bench-ours"))
        .args(["user", "add", "bench", "--role", "root", "--token"])
        .args(["--database", &database(folder)])
        .output()
        .map_err(|error| format!("no user can be made: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let token = printed.lines().last().map(str::to_owned);
    token.ok_or_else(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

fn free_address() -> Done<String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    listener.local_addr().map(|address| address.to_string()).map_err(|error| error.to_string())
}
