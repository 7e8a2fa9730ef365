//! Killed at the edges of a call, started again, called again: none lost, none twice.

use std::process::Command;

use rusqlite::Connection;

use crate::child::{Program, wait_for};

/// In the environment of the program, and of who calls it.
const SECRET: (&str, &str) = ("WF_WEBHOOK_TEST", "a-secret-of-this-test-only");

/// A call as the documentation says that it is made by hand.
const CALL: &str = r#"
signature=$(printf '%s' "$id.$at.$body" | openssl dgst -sha256 -hmac "$WF_WEBHOOK_TEST" -binary | base64)
curl -s -o /dev/null -w '%{http_code}' -d "$body" -H "webhook-id: $id" -H "webhook-timestamp: $at" \
  -H "webhook-signature: v1,$signature" "$url"
"#;

/// Calls as number `number`; the status, 0 if nobody answered.
fn call(program: &Program, path: &str, number: usize) -> u16 {
    let now = jiff::Timestamp::now().as_second().to_string();
    let output = Command::new("sh")
        .args(["-c", CALL])
        .env(SECRET.0, SECRET.1)
        .env("id", format!("msg_{number}"))
        .env("at", now)
        .env("body", format!("{{\"number\": {number}}}"))
        .env("url", format!("{}/api/hooks/{path}", program.url()))
        .output()
        .expect("a shell");
    String::from_utf8_lossy(&output.stdout).parse().expect("a status")
}

/// How many calls were counted, and of how many numbers.
fn counted(program: &Program) -> (i64, i64) {
    let database = Connection::open(program.database()).expect("the database");
    let text = "SELECT count(*), count(DISTINCT number) FROM calls";
    database.query_row(text, (), |row| Ok((row.get(0)?, row.get(1)?))).expect("a count")
}

#[test]
fn every_edge_of_a_call_can_be_the_last() {
    let mut program = Program::new(env!("CARGO_BIN_EXE_called"));
    let edges = ["before_commit:1", "after_commit:1", "before_node:1", "after_node:1"];
    let mut number = 0;
    for path in ["count", "count/now"] {
        for edge in edges {
            number += 1;
            program.start_with(&["--addr", "127.0.0.1:0"], &[SECRET, ("WF_CRASH_AT", edge)]);
            let first = call(&program, path, number);
            wait_for(edge, || program.is_gone().then_some(()));
            let _ = program.ended();
            program.start_with(&["--addr", "127.0.0.1:0"], &[SECRET]);
            // Who got no answer sends it again, and so may who got one.
            let again = call(&program, path, number);
            let is_known = edge != "before_commit:1";
            assert_eq!(again, if is_known || path == "count/now" { 200 } else { 202 }, "{edge}");
            assert!(first == 0 || is_known, "{edge}: answered {first} before its commit");
            let all = i64::try_from(number).expect("a number");
            wait_for("the count", || (counted(&program).1 == all).then_some(()));
            assert!(program.terminate().success());
            assert_eq!(counted(&program), (all, all), "{path} {edge}");
        }
    }
}
