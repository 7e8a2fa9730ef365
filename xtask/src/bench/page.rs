//! How long the server takes for a page, with many records and executions behind it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::executions::{settle, unfinished};
use super::figures::{Figures, Row};
use super::http;
use super::server::{Server, Side, token};
use super::workloads::Bench;
use crate::process::Done;

/// How many records there are, each with its execution.
const MANY: u64 = 100_000;
/// How many tasks are open, and how many executions are in trouble.
const SOME: u64 = 1000;
/// How often each page is asked for.
const TIMES: usize = 40;

/// The pages: what they are, and where; `ID` and `EXECUTION` stand for ids.
const PAGES: [(&str, &str); 16] = [
    ("table of records", "/data/queuedClaims"),
    ("table of records, sorted by a field", "/data/queuedClaims?sort=amount"),
    ("table of records, filtered by a choice", "/data/queuedClaims?f.status=submitted"),
    ("table of records, a text that none has", "/data/queuedClaims?q=nowhere"),
    ("board of records", "/data/queuedClaims?view=board"),
    ("one record with its history", "/data/queuedClaims/ID"),
    ("form with one record to pick", "/data/receipts/new"),
    ("records to pick, the newest", "/pick/queuedClaims?q="),
    ("records to pick, a text that many have", "/pick/queuedClaims?q=BERLIN"),
    ("records to pick, a text that none has", "/pick/queuedClaims?q=z%C3%BCrich"),
    ("list of executions", "/executions"),
    ("list of executions, those in trouble", "/executions?status=trouble"),
    ("list of executions of one user with a text in the error", "/executions?by=bench&error=no"),
    ("one execution", "/executions/EXECUTION"),
    ("list of workflows", "/workflows"),
    ("inbox", "/tasks"),
];

pub(super) fn pages(bench: &Bench, figures: &mut Figures) -> Done {
    let folder = bench.sub("page")?;
    let token = token(&folder)?;
    let server = Server::start(Side::Ours { held: false }, &folder)?;
    fill(bench, &server, &token)?;
    let first = |resource: &str| -> Done<u64> {
        let path = format!("/api/{resource}:list?pageSize=1&page=500");
        let body = http::get(&server.address, &path, &token)?;
        http::number(&body, "id").ok_or_else(|| format!("{resource}:list gives no id: {body}"))
    };
    let (id, execution) = (first("queuedClaims")?.to_string(), first("executions")?.to_string());
    for (what, path) in PAGES {
        let path = path.replace("ID", &id).replace("EXECUTION", &execution);
        let mut times = times(&server.address, &format!("/admin{path}"), &token)?;
        times.sort_unstable();
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
        let millis = |time: Duration| time.as_secs_f64() * 1000.0;
        figures.row(Row {
            what: format!("page: {what}"),
            ours: format!("p50 {:.1} ms, p99 {:.1} ms", millis(at(50)), millis(at(99))),
            theirs: String::new(),
            ratio: None,
            goal: "p50 50 ms",
        });
    }
    Ok(())
}

/// Records with executions that resolved, some with open tasks, some in trouble.
fn fill(bench: &Bench, server: &Server, token: &str) -> Done {
    let count = |collection: &str| -> Done<u64> {
        let path = format!("/api/{collection}:list?pageSize=1");
        let body = http::get(&server.address, &path, token)?;
        http::number(&body, "count")
            .ok_or_else(|| format!("{collection}:list gives no count: {body}"))
    };
    let wanted =
        [("queuedClaims", MANY, 2.0), ("reviewedClaims", SOME, 0.1), ("doubtfulClaims", SOME, 0.1)];
    for (collection, wanted, seconds) in wanted {
        while count(collection)? < wanted {
            let path = format!("/api/{collection}:create");
            bench.load(server, &path, token, 64, seconds, None)?;
        }
    }
    // Those that wait for a decision stay.
    let waiting = count("reviewedClaims")?;
    settle("executions still run", || Ok(unfinished(server, token)?.saturating_sub(waiting)))
}

/// How long each answer took, over one connection, of which the first few are not counted.
fn times(address: &str, path: &str, token: &str) -> Done<Vec<Duration>> {
    let broken = |error: std::io::Error| format!("no answer at http://{address}{path}: {error}");
    let stream = TcpStream::connect(address).map_err(broken)?;
    stream.set_nodelay(true).map_err(broken)?;
    let mut stream = BufReader::new(stream);
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: wf_session={token}\r\n\r\n");
    let mut times = Vec::with_capacity(TIMES);
    for round in 0..TIMES + 3 {
        let begun = Instant::now();
        stream.get_mut().write_all(request.as_bytes()).map_err(broken)?;
        let status = answer(&mut stream).map_err(broken)?;
        if status != "200" {
            return Err(format!("{path} is answered with {status}"));
        }
        if round >= 3 {
            times.push(begun.elapsed());
        }
    }
    Ok(times)
}

/// Reads one answer; its status.
fn answer(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let (mut status, mut length, mut line) = (String::new(), 0, String::new());
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let text = line.trim_end();
        if text.is_empty() {
            break;
        }
        if status.is_empty() {
            status = text.split(' ').nth(1).unwrap_or_default().to_owned();
        } else if let Some((name, value)) = text.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(status)
}
