//! The command line of a program, tried on a child process.

mod transfer;

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// What a command printed, and how it ended.
#[derive(Debug)]
struct Done {
    code: Option<i32>,
    out: String,
    err: String,
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_program"));
    command.current_dir(folder).args(arguments).env_remove("WF_ADDR").env_remove("WF_DATABASE");
    command
}

fn run(folder: &TempDir, arguments: &[&str]) -> Done {
    done(command(folder.path(), arguments).output().expect("the program runs"))
}

fn done(output: Output) -> Done {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Done { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A server, ended with the test.
struct Server {
    child: Child,
    url: String,
    out: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn start(folder: &TempDir) -> Self {
        let mut command = command(folder.path(), &["serve", "--addr", "127.0.0.1:0"]);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        let url = line.trim().strip_prefix("answers at ").expect("its address").to_owned();
        Self { child, url, out }
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().expect("`kill` runs");
        assert!(sent.success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn a_user_is_made_with_a_token_alone_on_the_last_line() {
    let folder = folder();
    let made = run(&folder, &["user", "add", "Ada", "--role", "root", "--token"]);
    assert_eq!((made.code, made.err.as_str()), (Some(0), ""));
    let last = made.out.lines().last().expect("a line");
    assert_eq!(last.len(), 43, "{}", made.out);
}

#[test]
fn collection_events_hear_of_a_user_who_is_added() {
    let folder = folder();
    assert_eq!(run(&folder, &["user", "add", "Newt", "--role", "reader"]).code, Some(0));
    let listed = run(&folder, &["executions", "--key", "door_sign"]);
    assert_eq!(listed.out.matches("queued").count(), 1, "{listed:?}");
}

#[test]
fn a_user_who_cannot_be_is_not_made() {
    let folder = folder();
    let add = |arguments: &[&str]| run(&folder, &[&["user", "add"], arguments].concat());
    assert_eq!(add(&["Ada", "--role", "root", "--email", "ada@x"]).code, Some(0));
    for (arguments, message) in [
        (&["Bob", "--role", "clerk"][..], "unknown role `clerk`; expected one of `admin`, "),
        (&["Bob", "--role", "writr"], "unknown role `writr`; did you mean `writer`?"),
        (&["Bob", "--role", "anonymous"], "`anonymous` is who has not signed in; no user holds it"),
        (&[" ", "--role", "root"], "a user needs a nickname"),
        (&["Bob", "--role", "root", "--email", "x"], "at least 3 characters"),
        (&[&"B".repeat(201), "--role", "root"], "at most 200 characters"),
        (&["ada@x", "--role", "root"], "another user signs in as `ada@x`; choose another nickname"),
        (
            &["Bob", "--role", "root", "--email", "ada@x"],
            "`email`: another record has the same value",
        ),
    ] {
        let refused = add(arguments);
        assert_eq!((refused.code, &*refused.out), (Some(1), ""), "{arguments:?}");
        assert_eq!(refused.err.lines().count(), 1, "{}", refused.err);
        assert!(refused.err.contains(message), "{}", refused.err);
    }
}

#[test]
fn wrong_arguments_are_named_and_end_with_2() {
    let folder = folder();
    assert_eq!(run(&folder, &["migrate"]).code, Some(0));
    for (arguments, message) in [
        (&["sevre"][..], "unrecognized subcommand 'sevre'"),
        (&["user", "add", "Ada"], "--role <ROLE>"),
        (&["--nonsense"], "unexpected argument '--nonsense'"),
        (&["executions", "show", "abc"], "an id is a whole number"),
        (&["workflows", "graph", "review", "--format", "pdf"], "mermaid, svg, dot"),
    ] {
        let done = run(&folder, arguments);
        assert_eq!(done.code, Some(2), "{arguments:?}");
        assert!(done.err.starts_with("error: ") && done.err.contains(message), "{}", done.err);
    }
    for arguments in [["executions", "show", "5"], ["executions", "cancel", "5"]] {
        let done = run(&folder, &arguments);
        assert_eq!((done.code, &*done.err), (Some(1), "Error: there is no execution 5\n"));
    }
}

#[test]
fn a_second_server_on_the_same_file_is_refused() {
    let folder = folder();
    let server = Server::start(&folder);
    let second = run(&folder, &["serve", "--addr", "127.0.0.1:0"]);
    assert_eq!(second.code, Some(1));
    assert!(second.err.contains("program.db.lock"), "{}", second.err);
    let beside = run(&folder, &["user", "add", "Ada", "--role", "root"]);
    assert_eq!((beside.code, beside.err.as_str()), (Some(0), ""), "commands work beside it");
    drop(server);
    drop(Server::start(&folder));
}

#[test]
fn an_address_in_use_is_named() {
    let (folder, other) = (folder(), tempfile::tempdir().expect("a folder"));
    let server = Server::start(&folder);
    let address = server.url.trim_start_matches("http://");
    let second = run(&other, &["--addr", address]);
    assert_eq!(second.code, Some(1));
    assert!(second.err.contains(&format!("cannot listen at `{address}`")), "{}", second.err);
}

#[test]
fn a_server_ends_by_a_signal_and_says_so() {
    let folder = folder();
    let mut server = Server::start(&folder);
    server.signal("-TERM");
    let status = server.child.wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
    let mut rest = String::new();
    server.out.read_to_string(&mut rest).expect("its output");
    assert!(rest.contains("there is no user yet"), "{rest}");
    assert!(rest.contains("finishing what has begun"), "{rest}");
}

#[test]
fn a_database_that_is_none_is_named() {
    let folder = folder();
    std::fs::write(folder.path().join("program.db"), "this is no database").expect("a file");
    let served = run(&folder, &["serve"]);
    assert_eq!(served.code, Some(1));
    assert!(served.err.contains("program.db"), "{}", served.err);
    let other = run(&folder, &["migrate", "--dry-run", "--database", "mysql://x"]);
    assert_eq!(other.code, Some(1));
    assert!(other.err.contains("unknown kind of database `mysql`"), "{}", other.err);
}

#[test]
fn executions_are_looked_for_in_no_new_file() {
    let folder = folder();
    for arguments in [&["executions"][..], &["executions", "show", "7"]] {
        let refused = run(&folder, &[arguments, &["--database", "sqlite://typo.db"]].concat());
        assert_eq!(refused.code, Some(1));
        assert!(refused.err.contains("there is no database file `typo.db`"), "{}", refused.err);
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn migrate_shows_what_it_would_do_and_does_it() {
    let folder = folder();
    let shown = run(&folder, &["migrate", "--dry-run"]);
    assert_eq!((shown.code, shown.err.as_str()), (Some(0), ""));
    assert!(shown.out.contains("notes: create the table"), "{}", shown.out);
    assert!(shown.out.ends_with("nothing was changed: `migrate` does it\n"), "{}", shown.out);
    assert_eq!(run(&folder, &["migrate"]).code, Some(0));
    let again = run(&folder, &["migrate"]);
    assert_eq!(again.out, "the tables are as the program declares them\n");
}

#[test]
fn what_each_role_may_do_is_printed() {
    let access = run(&folder(), &["access"]);
    assert_eq!((access.code, access.err.as_str()), (Some(0), ""));
    expect_test::expect_file!["access.txt"].assert_eq(&access.out);
}

#[test]
fn what_a_role_may_ask_for_is_printed() {
    let printed = run(&folder(), &["openapi", "--role", "reader"]);
    assert_eq!((printed.code, printed.err.as_str()), (Some(0), ""));
    let document: serde_json::Value = serde_json::from_str(&printed.out).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.contains_key("/api/tasks:submit") && !paths.contains_key("/api/notes:create"));
    let unknown = run(&folder(), &["openapi", "--role", "redaer"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.err.contains("unknown role `redaer`; did you mean `reader`?"), "{unknown:?}");
}

#[test]
fn buttons_of_workflows_that_are_switched_off_are_told_at_start() {
    let folder = folder();
    run(&folder, &["workflows", "disable", "review"]);
    let mut server = Server::start(&folder);
    let mut line = String::new();
    server.out.read_line(&mut line).expect("a line");
    let (at, told) = line.split_once(": ").expect("where it is named");
    assert!(at.starts_with("tests/it/program.rs:"), "{line}");
    let expected =
        "the button `note.have_it_read` of `notes` does not fire `review`, which is switched off\n";
    assert_eq!(told, expected);
}

#[test]
fn workflows_are_listed_switched_and_drawn() {
    let folder = folder();
    let listed = run(&folder, &["workflows"]);
    assert_eq!(
        listed.out,
        "key        version  trigger         collection  mode    execution  enabled\n\
         door_sign  1        change: create  users       global  async      yes\n\
         review     1        named           notes       local   async      yes\n\
         sweep      1        named                       local   async      yes\n\
         thank      1        create          notes       global  sync       yes\n"
    );
    assert_eq!(run(&folder, &["workflows", "disable", "review"]).out, "`review` is disabled\n");
    assert!(run(&folder, &["workflows", "list"]).out.contains("local   async      no\n"));
    for (format, beginning) in [("mermaid", "---\n"), ("dot", "digraph"), ("svg", "<svg")] {
        let drawn = run(&folder, &["workflows", "graph", "review", "--format", format]);
        assert!(drawn.out.starts_with(beginning), "{format}: {}{}", drawn.out, drawn.err);
    }
    for (arguments, message) in [
        (["graph", "thank"], "the workflow `thank` is a function"),
        (["graph", "reveiw"], "unknown workflow `reveiw`; did you mean `review`?"),
        (["enable", "reveiw"], "unknown workflow `reveiw`; did you mean `review`?"),
    ] {
        let refused = run(&folder, &[&["workflows"][..], &arguments].concat());
        assert_eq!(refused.code, Some(1));
        assert!(refused.err.contains(message), "{}", refused.err);
    }
}

#[test]
fn a_waiting_execution_is_shown_and_cancelled_beside_the_server() {
    let folder = folder();
    let server = Server::start(&folder);
    let made = run(&folder, &["user", "add", "Ada", "--role", "writer", "--token"]);
    let token = made.out.lines().last().expect("a token").to_owned();
    let url = format!("{}/api/notes:create?triggerWorkflows=review", server.url);
    let bearer = format!("Authorization: Bearer {token}");
    let sent = Command::new("curl")
        .args(["-sS", "-X", "POST", "-H", &bearer, "-d", r#"{"text": "a note"}"#, &url])
        .output()
        .expect("curl runs");
    let answer = done(sent);
    assert!(answer.out.contains(r#""message":"thanks for a note""#), "{}", answer.out);

    let listed = run(&folder, &["executions", "--key", "review"]);
    let id = listed.out.lines().nth(1).and_then(|line| line.split(' ').next()).expect("a line");
    let shown = run(&folder, &["executions", "show", id]);
    assert!(shown.out.contains("workflow   review\n"), "{}", shown.out);
    let cancelled = run(&folder, &["executions", "cancel", id]);
    assert_eq!((cancelled.code, cancelled.err.as_str()), (Some(0), ""));
    let shown = run(&folder, &["executions", "list", "--status", "aborted"]);
    assert!(shown.out.contains(id), "{}", shown.out);
    let again = run(&folder, &["executions", "cancel", id]);
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("is `aborted` already"), "{}", again.err);
    let unknown = run(&folder, &["executions", "--status", "abortd"]);
    assert!(unknown.err.contains("did you mean `aborted`?"), "{}", unknown.err);
}

#[test]
fn everything_declared_wrongly_is_told_at_once_with_its_place() {
    let folder = folder();
    let mut command = Command::new(env!("CARGO_BIN_EXE_faulty"));
    let started = done(command.current_dir(folder.path()).output().expect("it runs"));
    assert_eq!(started.code, Some(1));
    expect_test::expect_file!["faulty.txt"].assert_eq(&started.err);
    assert!(!folder.path().join("faulty.db").exists(), "nothing was made");
}
