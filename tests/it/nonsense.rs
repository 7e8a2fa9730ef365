//! Nonsense sent to the running program: each fault named, nothing written, never a 5xx.

use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::child::Program;

/// A running program and the token of a user who may do all.
struct Target {
    program: Program,
    root: String,
}

impl Target {
    fn start() -> Self {
        let mut program = Program::new(env!("CARGO_BIN_EXE_program"));
        program.start();
        let root = program.user("Root", "root");
        Self { program, root }
    }

    /// Status and body of a request in exactly these bytes.
    fn send(&self, method: &str, path: &str, headers: &[&str], body: &str) -> (u16, Value) {
        let address = self.program.url().trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).expect("it listens");
        let length = body.len();
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n");
        head += &format!("Content-Length: {length}\r\n");
        for header in headers {
            head += &format!("{header}\r\n");
        }
        // It may answer before it has read all, and close.
        let sent = stream.write_all(format!("{head}\r\n{body}").as_bytes());
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("{path}: {answer} {sent:?} {read:?}"));
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        self.send(method, path, &[&format!("Authorization: Bearer {}", self.root)], body)
    }

    fn count(&self) -> Value {
        self.ask("GET", "/api/notes:list?fields=id", "").1["meta"]["count"].take()
    }
}

/// The first fault's code and message.
fn fault(answer: &Value) -> (&str, &str) {
    let fault = &answer["errors"][0];
    (fault["code"].as_str().unwrap_or_default(), fault["message"].as_str().unwrap_or_default())
}

#[test]
fn what_the_running_program_is_sent_is_refused_by_name() {
    let target = Target::start();
    let note = r#"{"text": "a"}"#;
    let deep = format!(r#"{{"text": {}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let deep_filter = "[".repeat(10_000);
    let long = "x".repeat(1_000_000);
    let create = |triggers: &str| format!("/api/notes:create?triggerWorkflows={triggers}");
    let many = "review,".repeat(1_000);
    for (method, path, body, status, code) in [
        ("POST", "/api/notes:create".to_owned(), "{\"text\"", 400, "invalid_json"),
        ("POST", "/api/notes:create".to_owned(), "{\"text\": [1]}", 400, "wrong_type"),
        ("POST", "/api/notes:create".to_owned(), "{\"text\": null}", 400, "null"),
        (
            "POST",
            "/api/notes:create".to_owned(),
            "{\"text\": \"a\", \"txt\": 1}",
            400,
            "unknown_field",
        ),
        (
            "POST",
            "/api/notes:create".to_owned(),
            "{\"text\": \"a\", \"id\": 1}",
            400,
            "system_field",
        ),
        ("POST", "/api/notes:create".to_owned(), &deep, 400, "too_deep"),
        (
            "POST",
            "/api/notes:create".to_owned(),
            &format!("{{\"text\": 1, \"{long}\": 1}}"),
            400,
            "wrong_type",
        ),
        ("POST", "/api/notes:create".to_owned(), &format!("\"{long}\""), 400, "invalid_body"),
        ("POST", "/api/notes:create".to_owned(), &long.repeat(2), 413, "body_too_large"),
        ("POST", "/api/ntoes:create".to_owned(), note, 404, "unknown_collection"),
        ("POST", "/api/notes:craete".to_owned(), note, 404, "unknown_action"),
        ("GET", "/api/notes/1/pages".to_owned(), "", 404, "unknown_association"),
        ("GET", format!("/api/{}", "a/".repeat(200)), "", 404, "unknown_path"),
        ("GET", format!("/{}", "a".repeat(10_000)), "", 404, "unknown_path"),
        (
            "GET",
            "/api/notes:list?filter={%22text%22:{%22$lik%22:1}}".to_owned(),
            "",
            400,
            "unknown_operator",
        ),
        ("GET", format!("/api/notes:list?filter={deep_filter}"), "", 400, "invalid_filter"),
        ("GET", "/api/notes:list?sort=txt".to_owned(), "", 400, "unknown_field"),
        (
            "GET",
            "/api/notes:list?pageSize=100000000000000000000".to_owned(),
            "",
            400,
            "invalid_page_size",
        ),
        ("GET", "/api/notes:list?page=9007199254740993".to_owned(), "", 400, "invalid_page"),
        ("GET", "/api/notes:get?filterByTk=seven".to_owned(), "", 400, "invalid_id"),
        ("GET", "/api/notes:get?filterByTk=9223372036854775808".to_owned(), "", 400, "invalid_id"),
        ("GET", "/api/executions:get?filterByTk=-1".to_owned(), "", 400, "invalid_id"),
        ("POST", "/api/executions:cancel?filterByTk=9".to_owned(), "", 404, "not_found"),
        (
            "POST",
            "/api/tasks:submit?filterByTk=9".to_owned(),
            "{\"decision\": \"perhaps\"}",
            400,
            "unknown_choice",
        ),
        ("POST", "/api/workflows:execute?filterByTk=reveiw".to_owned(), "{}", 404, "not_found"),
        (
            "POST",
            "/api/workflows:execute?filterByTk=review".to_owned(),
            "{\"data\": [[]], \"userId\": 1.5}",
            400,
            "wrong_type",
        ),
        ("POST", create("reveiw"), note, 400, "unknown_workflow"),
        ("POST", create("review!"), note, 400, ""),
        ("POST", create("!text"), note, 400, ""),
        ("POST", create("review!text"), note, 400, ""),
        ("POST", create("review!createdBy.createdBy.createdBy"), note, 400, ""),
        ("POST", create("%00"), note, 400, ""),
        ("POST", create("%ff"), note, 400, "invalid_encoding"),
        ("POST", create("{%22a%22:[1]}"), note, 400, ""),
        ("POST", create(&"x".repeat(60_000)), note, 400, ""),
        ("POST", create(&format!("{many}nothing")), note, 400, ""),
    ] {
        let (found, answer) = target.ask(method, &path, body);
        let (is, message) = fault(&answer);
        let shown = format!("{method} {path:.80} {body:.80}: {found} {answer:.400}");
        assert_eq!(found, status, "{shown}");
        assert!(if code.is_empty() { !is.is_empty() } else { is == code }, "{shown}");
        assert!(!message.is_empty() && message.len() < 600, "{shown}");
        assert!(!message.to_lowercase().contains("select "), "{shown}");
    }
    assert_eq!(target.count(), 0);
}

#[test]
fn a_text_of_a_megabyte_is_kept_whole() {
    let target = Target::start();
    let body = format!("{{\"text\": \"{}\"}}", "x".repeat(1_000_000));
    let (status, answer) = target.ask("POST", "/api/notes:create", &body);
    assert_eq!(status, 200, "{:.300}", answer.to_string());
    assert_eq!(answer["data"]["text"].as_str().map(str::len), Some(1_000_000));
    assert_eq!(target.count(), 1);
}

#[test]
fn tokens_and_roles_that_do_not_hold_are_refused() {
    let target = Target::start();
    let stored = rusqlite::Connection::open(target.program.database()).expect("the database");
    stored.busy_timeout(std::time::Duration::from_secs(10)).expect("it waits");
    let expired = target.program.user("Old", "root");
    let changed = stored
        .execute(
            "UPDATE wf_tokens SET expires_at = created_at WHERE user_id IN \
             (SELECT id FROM users WHERE nickname = 'Old')",
            [],
        )
        .expect("it is written");
    assert_eq!(changed, 1);
    let other = target.root.chars().rev().collect::<String>();
    for (headers, status, code) in [
        (vec![format!("Authorization: Bearer {expired}")], 401, "token_expired"),
        (vec![format!("Authorization: Bearer {other}")], 401, "token_unknown"),
        (vec![format!("Authorization: Bearer {}x", target.root)], 401, "token_unknown"),
        (vec![format!("Authorization: Bearer {}", "x".repeat(60_000))], 401, "token_unknown"),
        (vec![format!("Authorization: Basic {}", target.root)], 401, "token_malformed"),
        (vec!["Authorization: \u{1f600}".to_owned()], 401, "token_malformed"),
        (vec!["X-Role: root".to_owned()], 401, "unauthenticated"),
        (
            vec![format!("Authorization: Bearer {}", target.root), "X-Role: writer".to_owned()],
            403,
            "role_not_held",
        ),
    ] {
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();
        for (method, path) in [("GET", "/api/executions:list"), ("POST", "/api/notes:create")] {
            let (found, answer) = target.send(method, path, &headers, r#"{"text": "a"}"#);
            let shown = format!("{headers:.100?}");
            assert_eq!((found, fault(&answer).0), (status, code), "{shown} {path} {answer}");
        }
    }
    assert_eq!(target.count(), 0);
}

#[test]
fn a_file_or_folder_that_cannot_be_written_stops_the_start() {
    let mut program = Program::new(env!("CARGO_BIN_EXE_program"));
    program.start();
    assert_eq!(program.terminate().code(), Some(0));
    let (file, folder) =
        (program.database(), program.database().parent().expect("a folder").to_owned());
    for (path, closed, open, what) in [
        (&file, 0o444, 0o644, "test.db` is read-only; make it writable"),
        (&folder, 0o555, 0o755, "test.db` is read-only; make it writable"),
    ] {
        let set =
            |mode| fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is set");
        set(closed);
        for command in
            [&["serve", "--addr", "127.0.0.1:0"][..], &["user", "add", "A", "--role", "root"]]
        {
            let refused = program.run(command);
            set(closed);
            let told = String::from_utf8_lossy(&refused.stderr);
            assert_eq!(refused.status.code(), Some(1), "{told}");
            assert!(told.contains(what), "{told}");
        }
        set(open);
    }
    program.start();
}
