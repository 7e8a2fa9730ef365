//! What becomes of executions: how fast they run, and how soon they go on after a wait.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::figures::{Figures, Row, median};
use super::http;
use super::server::{Server, Side, token};
use super::workloads::Bench;
use crate::process::Done;

const RUNNING: Side = Side::Ours { held: false };

/// Executions a second: of one record node against the creates a second of theirs, and of three.
pub(super) fn drain(bench: &Bench, figures: &mut Figures) -> Done {
    let (mut one, mut three) = (Vec::new(), Vec::new());
    for round in 0..bench.rounds {
        one.push(drained(bench, "queuedClaims", round)?);
        three.push(drained(bench, "thriceClaims", round)?);
    }
    let (one, three) = (median(one), median(three));
    let outbox = figures.better("theirs outbox single", "theirs outbox pool", 64);
    let theirs = figures.median(outbox, 64).rate;
    figures.row(Row {
        what: "drain of queued executions, one record node each, to their creates".into(),
        ours: format!("{one:.0}/s"),
        theirs: format!("{theirs:.0}/s"),
        ratio: Some(one / theirs),
        goal: "≥ 2",
    });
    figures.row(Row {
        what: "drain of executions of three record nodes to those of one".into(),
        ours: format!("{three:.0}/s to {one:.0}/s"),
        theirs: String::new(),
        ratio: Some(three / one),
        goal: "≥ 0.4",
    });
    Ok(())
}

/// How many executions a second end, which a load of creates left behind.
fn drained(bench: &Bench, collection: &str, round: u32) -> Done<f64> {
    let folder = bench.sub(&format!("drain-{collection}-{round}"))?;
    let token = token(&folder)?;
    let held = Server::start(Side::Ours { held: true }, &folder)?;
    let path = format!("/api/{collection}:create");
    bench.load(&held, &path, &token, 64, f64::from(bench.seconds), None)?;
    drop(held);
    let running = Server::start(RUNNING, &folder)?;
    let (begun, first) = (Instant::now(), unfinished(&running, &token)?);
    let left = || unfinished(&running, &token);
    settle("executions are still queued", left)?;
    Ok(first as f64 / begun.elapsed().as_secs_f64())
}

/// From a record's creation to the first node of its workflow, at half of what was measured.
pub(super) fn first_node(bench: &Bench, figures: &mut Figures) -> Done {
    let half = figures.median("ours running", 64).rate / 2.0;
    let folder = bench.sub("first-node")?;
    let token = token(&folder)?;
    let server = Server::start(RUNNING, &folder)?;
    let seconds = f64::from(bench.seconds);
    bench.load(&server, "/api/queuedClaims:create", &token, 64, seconds, Some(half))?;
    let waits = waits(&server, "notes", &token)?;
    figures.row(Row {
        what: format!("record's creation to its workflow's first node, at {half:.0} creates/s"),
        ours: waits,
        theirs: String::new(),
        ratio: None,
        goal: "p50 5 ms, p99 50 ms",
    });
    Ok(())
}

/// From a decision, as its sender saw it, to the node behind it: with a short journal and a long.
pub(super) fn decisions(bench: &Bench, figures: &mut Figures) -> Done {
    let what = "an approval's submit to the next node".into();
    let ours = decided(bench, "reviewedClaims", 100 * bench.rounds)?;
    figures.row(Row { what, ours, theirs: String::new(), ratio: None, goal: "p50 10 ms" });
    let what = "the same, with 1,000 finished nodes to replay".into();
    let ours = decided(bench, "longClaims", 10 * bench.rounds)?;
    figures.row(Row { what, ours, theirs: String::new(), ratio: None, goal: "20 ms more" });
    Ok(())
}

/// Lets `count` records wait for a decision, and decides one after the other.
fn decided(bench: &Bench, collection: &str, count: u32) -> Done<String> {
    let folder = bench.sub(collection)?;
    let token = token(&folder)?;
    let server = Server::start(RUNNING, &folder)?;
    let post = |path: &str, body: &str| http::post(&server.address, path, &token, body);
    for _ in 0..count {
        post(&format!("/api/{collection}:create"), super::workloads::BODY)?;
    }
    let open = "/api/tasks:list?pageSize=1&filter=%7B%22status%22:%22open%22%7D";
    let open = |key| -> Done<u64> {
        let body = http::get(&server.address, open, &token)?;
        http::number(&body, key).ok_or_else(|| format!("tasks:list gives no {key}: {body}"))
    };
    settle("records wait for no decision yet", || Ok(u64::from(count) - open("count")?))?;
    for _ in 0..count {
        let task = open("id")?;
        let sent =
            SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| error.to_string())?;
        post(
            &format!("/api/tasks:submit?filterByTk={task}"),
            &format!(r#"{{"decision": "approved", "comment": "{}"}}"#, sent.as_micros()),
        )?;
    }
    settle("executions still run", || unfinished(&server, &token))?;
    waits(&server, "verdicts", &token)
}

/// The median and the 99th percentile of a collection's `waited`, which is in microseconds.
fn waits(server: &Server, collection: &str, token: &str) -> Done<String> {
    let list = |page: u64| {
        let path = format!("/api/{collection}:list?sort=waited&pageSize=1&page={page}");
        http::get(&server.address, &path, token)
    };
    let none = || format!("{collection}:list gives no count");
    let count = http::number(&list(1)?, "count").ok_or_else(none)?;
    let at = |page: u64| -> Done<f64> {
        let waited = http::number(&list(page.max(1))?, "waited").ok_or_else(none)?;
        Ok(waited as f64 / 1000.0)
    };
    Ok(format!("p50 {:.1} ms, p99 {:.1} ms", at(count / 2)?, at(count * 99 / 100)?))
}

/// Asks until nothing is left, for at most five minutes.
pub(super) fn settle(what: &str, left: impl Fn() -> Done<u64>) -> Done {
    let begun = Instant::now();
    loop {
        let left = left()?;
        if left == 0 {
            return Ok(());
        }
        if begun.elapsed() > Duration::from_secs(300) {
            return Err(format!("{left} {what}"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How many executions are not final.
pub(super) fn unfinished(server: &Server, token: &str) -> Done<u64> {
    let mut count = 0;
    for status in ["queued", "started"] {
        let path =
            format!("/api/executions:list?pageSize=1&filter=%7B%22status%22:%22{status}%22%7D");
        let body = http::get(&server.address, &path, token)?;
        count += http::number(&body, "count")
            .ok_or_else(|| format!("executions:list gives no count: {body}"))?;
    }
    Ok(count)
}
