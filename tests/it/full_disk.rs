//! A running program whose disk is full: it says so, loses nothing, and goes on when there is room.

use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::child::{Answer, Program, curl, wait_for};

const FILE: &str = "/api/notes:create?triggerWorkflows=review";

/// Starts a program on a disk of its own, in a namespace where it may mount one.
const DISK: &str = r#"exec unshare -rm sh -c '
    mount -t tmpfs -o size=24m,mode=777 tmpfs "$PWD" && cd "$PWD" && exec "$@"' sh"#;

/// Where that is not permitted: its files may not grow beyond a limit that is set later.
const LIMIT: &str = "trap '' XFSZ\nexec";

/// What makes the disk full, and makes room again.
enum Full {
    /// A file beside the database.
    Ballast,
    /// The largest size of a file.
    Limit,
}

impl Full {
    fn way() -> Self {
        let mounted =
            Command::new("unshare").args(["-rm", "sh", "-c", "mount -t tmpfs tmpfs /tmp"]).output();
        if mounted.is_ok_and(|mounted| mounted.status.success()) {
            Self::Ballast
        } else {
            Self::Limit
        }
    }

    fn script(&self) -> &'static str {
        match self {
            Self::Ballast => DISK,
            Self::Limit => LIMIT,
        }
    }

    fn fill(&self, program: &Program) {
        match self {
            Self::Ballast => {
                let mut ballast = File::create(ballast(program)).expect("a file");
                // Until nothing more fits.
                while ballast.write_all(&[0; 4096]).is_ok() {}
            }
            Self::Limit => limit(program, "1000000:"),
        }
    }

    fn make_room(&self, program: &Program) {
        match self {
            Self::Ballast => fs::remove_file(ballast(program)).expect("it is there"),
            Self::Limit => limit(program, "unlimited:"),
        }
    }
}

/// A file on the program's disk, which nobody else sees.
fn ballast(program: &Program) -> PathBuf {
    let folder = program.database().parent().expect("a folder").to_owned();
    let seen = folder.strip_prefix("/").expect("an absolute path").to_owned();
    PathBuf::from(format!("/proc/{}/root", program.id())).join(seen).join("ballast")
}

fn limit(program: &Program, size: &str) {
    let id = program.id().to_string();
    let set = Command::new("prlimit").args(["--pid", &id, &format!("--fsize={size}")]).status();
    assert!(set.expect("prlimit runs").success());
}

/// The program behind a script that starts it.
fn script(folder: &TempDir, way: &Full) -> PathBuf {
    let path = folder.path().join("start");
    let program = env!("CARGO_BIN_EXE_program");
    fs::write(&path, format!("#!/bin/sh\n{} {program} \"$@\"\n", way.script())).expect("a file");
    fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("it may be run");
    path
}

/// The token of the first user: other commands do not see the program's disk.
fn first_user(program: &Program) -> String {
    let line = program.line_with("\"code\"");
    let code = line.split('"').nth(3).expect("a code");
    let body = format!(r#"{{"code":"{code}","nickname":"Root","password":"correct horse"}}"#);
    let made = curl(&["--data", &body, &format!("{}/api/auth:setup", program.url())]);
    made.body["data"]["token"].as_str().unwrap_or_else(|| panic!("{made:?}")).to_owned()
}

fn count(answer: &Answer) -> usize {
    let count = answer.body["meta"]["count"].as_u64().unwrap_or_else(|| panic!("{answer:?}"));
    usize::try_from(count).expect("few")
}

#[test]
fn a_full_disk_is_told_loses_nothing_and_ends_when_there_is_room() {
    let (folder, way) = (tempfile::tempdir().expect("a folder"), Full::way());
    let mut program = Program::new(script(&folder, &way).to_str().expect("a path"));
    program.start();
    let root = first_user(&program);
    let note = format!(r#"{{"text": "{}"}}"#, "x".repeat(60_000));
    let write = || program.post(&root, FILE, &note);
    assert_eq!(write().status, 200);
    let mut written = 1;

    way.fill(&program);
    let mut refused = 0;
    while refused < 3 {
        let answer = write();
        if answer.status == 200 {
            written += 1;
            continue;
        }
        refused += 1;
        let fault = &answer.body["errors"][0];
        let code = fault["code"].as_str().unwrap_or_default();
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(["disk_full", "disk_error"].contains(&code), "{answer:?}");
        assert!(fault["message"].as_str().is_some_and(|it| it.contains("test.db")), "{answer:?}");
    }
    // What is there can still be read, and what was refused is not there.
    let notes = program.get(&root, "/api/notes:list?fields=id&pageSize=1");
    assert_eq!((notes.status, count(&notes)), (200, written));

    way.make_room(&program);
    wait_for("room", || (write().status == 200).then_some(()));
    written += 1;
    wait_for("one task for each note", || {
        let tasks = program.get(&root, "/api/tasks:list?filter={\"status\":\"open\"}&pageSize=1");
        (tasks.status == 200 && count(&tasks) == written).then_some(())
    });
    for path in [
        "/api/notes:list?pageSize=1&",
        "/api/executions:list?filter={\"key\":\"review\"}&",
        "/api/executions:list?filter={\"key\":\"thank\",\"status\":\"resolved\"}&",
    ] {
        let found = program.get(&root, &format!("{path}fields=id"));
        assert_eq!(count(&found), written, "{path} {found:?}");
    }
    assert_eq!(program.terminate().code(), Some(0));
}
