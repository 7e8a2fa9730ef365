//! A program of ours as a child process: started, killed, started again, asked with curl.
//!
//! Included by the tests of several packages, each of which uses a part of it.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program with a database of its own, running or not.
pub(crate) struct Program {
    executable: PathBuf,
    folder: TempDir,
    child: Option<Child>,
    lines: Option<Receiver<String>>,
    url: String,
}

/// What curl got.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Program {
    pub(crate) fn new(executable: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let executable = PathBuf::from(executable);
        Self { executable, folder, child: None, lines: None, url: String::new() }
    }

    /// Starts the server at a free port and waits until it listens.
    pub(crate) fn start(&mut self) {
        self.start_with(&["--addr", "127.0.0.1:0"], &[]);
    }

    /// Starts the server with arguments and variables, and waits until it listens.
    pub(crate) fn start_with(&mut self, args: &[&str], environment: &[(&str, &str)]) {
        let mut child = self
            .command(args)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("its output");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        self.child = Some(child);
        self.url.clear();
        while self.url.is_empty() {
            let line = lines.recv_timeout(PATIENCE).expect("it says where it answers");
            if let Some(url) = line.strip_prefix("answers at ") {
                self.url = url.to_owned();
            }
        }
        self.lines = Some(lines);
    }

    /// Waits for a line of its output that holds `text`.
    pub(crate) fn line_with(&self, text: &str) -> String {
        let lines = self.lines.as_ref().expect("it was started");
        loop {
            let line = lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no line: {text}"));
            if line.contains(text) {
                return line;
            }
        }
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }

    /// SIGTERM; what it ended with.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        let sent = Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
        self.ended()
    }

    /// Waits until it has ended by itself.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("it runs");
        wait_for("the end of the process", || child.try_wait().expect("its state"))
    }

    /// Whether it has ended.
    pub(crate) fn is_gone(&mut self) -> bool {
        let child = self.child.as_mut().expect("it was started");
        child.try_wait().expect("its state").is_some()
    }

    /// One of its other commands, run to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the command runs")
    }

    /// The same with variables, which may end it before its time.
    pub(crate) fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Output {
        let mut command = self.command(args);
        command.envs(environment.iter().copied()).output().expect("the command runs")
    }

    /// The folder that it works in.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The file of its database.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("test.db")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.executable);
        let database = format!("sqlite://{}", self.database().display());
        command.args(args).args(["--database", &database]).current_dir(self.folder.path());
        command
    }

    /// The token of a new user.
    pub(crate) fn user(&self, nickname: &str, role: &str) -> String {
        let output = self.run(&["user", "add", nickname, "--role", role, "--token"]);
        assert!(output.status.success(), "{output:?}");
        let printed = String::from_utf8(output.stdout).expect("text");
        printed.lines().last().expect("a token").to_owned()
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// Where it answers, as `http://127.0.0.1:3000`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// JSON in the path is written for a URL here.
    pub(crate) fn get(&self, token: &str, path: &str) -> Answer {
        let header = format!("Authorization: Bearer {token}");
        let path = path.replace('"', "%22").replace('{', "%7B").replace('}', "%7D");
        curl(&["--header", &header, &format!("{}{path}", self.url)])
    }

    pub(crate) fn post(&self, token: &str, path: &str, body: &str) -> Answer {
        let header = format!("Authorization: Bearer {token}");
        curl(&["--header", &header, "--data", body, &format!("{}{path}", self.url)])
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Runs curl with these arguments.
pub(crate) fn curl(args: &[&str]) -> Answer {
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--globoff", "--max-time", "60"])
        .args(["--write-out", "\n%{http_code}"])
        .args(args)
        .output()
        .expect("curl runs");
    answer(&output)
}

/// What curl printed, with the status on a line behind the body.
pub(crate) fn answer(output: &Output) -> Answer {
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    let (body, status) = printed.rsplit_once('\n').unwrap_or_else(|| panic!("curl: {complaint}"));
    let status = status.parse().unwrap_or_else(|_| panic!("curl: {printed} {complaint}"));
    Answer { status, body: serde_json::from_str(body).unwrap_or_default() }
}

/// Asks again and again until there is something.
pub(crate) fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
