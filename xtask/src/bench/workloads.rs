//! What is measured, one function for each part of the table.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::executions::unfinished;
use super::figures::{Figures, Load, Row, median};
use super::program;
use super::server::{Server, Side, token};
use crate::process::Done;

/// How long and how often is measured.
pub(super) struct Bench {
    pub(super) folder: PathBuf,
    pub(super) rounds: u32,
    pub(super) seconds: u32,
}

pub(super) const BODY: &str = r#"{"project":"Berlin","amount":"400.00"}"#;
const CONNECTIONS: [u32; 2] = [16, 64];
const THEIRS: Side = Side::Theirs { writer: "single", variant: "outbox" };

const fn theirs(writer: &'static str, variant: &'static str) -> Side {
    Side::Theirs { writer, variant }
}

/// The sides that take turns under the load of creates: name, program, path.
const CREATES: &[(&str, Side, &str)] = &[
    ("theirs alone single", theirs("single", "alone"), "reimbursements"),
    ("ours alone", Side::Ours { held: true }, "claims"),
    ("theirs alone pool", theirs("pool", "alone"), "reimbursements"),
    ("ours held", Side::Ours { held: true }, "queuedClaims"),
    ("theirs outbox single", THEIRS, "reimbursements"),
    ("ours running", Side::Ours { held: false }, "queuedClaims"),
    ("theirs outbox pool", theirs("pool", "outbox"), "reimbursements"),
    ("ours sync", Side::Ours { held: false }, "paidClaims"),
    ("theirs sync single", theirs("single", "sync"), "reimbursements"),
    ("theirs sync pool", theirs("pool", "sync"), "reimbursements"),
];

/// Creates: alone, with an asynchronous workflow, with a synchronous one.
pub(super) fn creates(bench: &Bench, figures: &mut Figures) -> Done {
    let mut backlogs = Vec::new();
    for round in 0..bench.rounds {
        for (name, side, collection) in CREATES {
            for connections in CONNECTIONS {
                let folder = bench.sub(&format!("{name}-{round}-{connections}"))?;
                let token = side_token(*side, &folder)?;
                let server = Server::start(*side, &folder)?;
                let path = format!("/api/{collection}:create");
                bench.load(&server, &path, &token, 16, 0.5, None)?;
                let seconds = f64::from(bench.seconds);
                let load = bench.load(&server, &path, &token, connections, seconds, None)?;
                if *name == "ours running" && connections == 64 {
                    let left = unfinished(&server, &token)?;
                    println!("{left} executions wait at the end of the load");
                    backlogs.push(left as f64 / (load.rate * seconds));
                }
                figures.load(name, connections, load);
            }
        }
    }
    for connections in CONNECTIONS {
        let alone = figures.better("theirs alone single", "theirs alone pool", connections);
        let outbox = figures.better("theirs outbox single", "theirs outbox pool", connections);
        let sync = figures.better("theirs sync single", "theirs sync pool", connections);
        let mut compare = |what, ours, theirs, goal| {
            figures.compare(what, (ours, theirs), connections, goal);
        };
        compare("create alone", "ours alone", alone, "");
        compare("create + async workflow, runner held", "ours held", outbox, "≥ 5");
        compare("create + async workflow, runner running", "ours running", outbox, "≥ 2");
        compare("create + sync workflow with a record", "ours sync", sync, "");
        let (held, alone) =
            (figures.median("ours held", connections), figures.median("ours alone", connections));
        figures.row(Row {
            what: format!(
                "our create + async workflow (held) to our create alone, {connections} connections"
            ),
            ours: format!("{:.0}/s to {:.0}/s", held.rate, alone.rate),
            theirs: String::new(),
            ratio: Some(held.rate / alone.rate),
            goal: "≥ 0.7",
        });
    }
    figures.row(Row {
        what: "backlog at the end of the load, runner running, 64 connections".into(),
        ours: format!("{:.1} % of the creates", median(backlogs) * 100.0),
        theirs: String::new(),
        ratio: None,
        goal: "does not grow",
    });
    Ok(())
}

/// The store against a bare loop over rusqlite.
pub(super) fn store(bench: &Bench, figures: &mut Figures) -> Done {
    let folder = bench.sub("store")?;
    let output = Command::new(program("bench-store"))
        .arg(&folder)
        .args([(bench.rounds * 2 + 1).to_string(), (bench.seconds / 2).to_string()])
        .output()
        .map_err(|error| format!("bench-store does not start: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut rounds = Vec::new();
    for line in printed.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        if let ["ours", ours, "bare", bare] = words.as_slice() {
            rounds.push((parse(ours)?, parse(bare)?));
        }
    }
    let ours = median(rounds.iter().map(|(ours, _)| *ours).collect());
    let bare = median(rounds.iter().map(|(_, bare)| *bare).collect());
    figures.row(Row {
        what: "store: commits of record + execution, 64 callers, to a bare rusqlite loop".into(),
        ours: format!("{ours:.0}/s"),
        theirs: format!("{bare:.0}/s"),
        ratio: Some(median(rounds.iter().map(|(ours, bare)| ours / bare).collect())),
        goal: "≥ 0.8",
    });
    Ok(())
}

/// Memory of a server that rests, and the time from its start to its first answer.
pub(super) fn idle(bench: &Bench, figures: &mut Figures) -> Done {
    let mut memory = [Vec::new(), Vec::new()];
    let mut start = [Vec::new(), Vec::new()];
    for round in 0..bench.rounds.max(3) {
        for (index, side) in [Side::Ours { held: false }, THEIRS].into_iter().enumerate() {
            let folder = bench.sub(&format!("idle-{round}"))?;
            // The first start makes the tables.
            drop(Server::start(side, &folder)?);
            let server = Server::start(side, &folder)?;
            start[index].push(server.first_answer.as_secs_f64());
            std::thread::sleep(Duration::from_millis(500));
            memory[index].push(server.memory()? as f64 / f64::from(1 << 20));
        }
    }
    let [ours, theirs] = memory.map(|figures| format!("{:.1} MiB", median(figures)));
    let (what, goal) = ("memory at rest".into(), "30 MB");
    figures.row(Row { what, ours, theirs, ratio: None, goal });
    let [ours, theirs] = start.map(|figures| format!("{:.3} s", median(figures)));
    let (what, goal) = ("start to first answer".into(), "0.2 s");
    figures.row(Row { what, ours, theirs, ratio: None, goal });
    Ok(())
}

impl Figures {
    /// The name of the faster one.
    pub(super) fn better(
        &self,
        one: &'static str,
        other: &'static str,
        connections: u32,
    ) -> &'static str {
        let rate = |name| self.median(name, connections).rate;
        if rate(one) >= rate(other) { one } else { other }
    }
}

impl Bench {
    pub(super) fn sub(&self, name: &str) -> Done<PathBuf> {
        let path = self.folder.join(name.replace(' ', "-"));
        std::fs::create_dir_all(&path).map_err(|error| error.to_string())?;
        Ok(path)
    }

    pub(super) fn load(
        &self,
        server: &Server,
        path: &str,
        token: &str,
        connections: u32,
        seconds: f64,
        rate: Option<f64>,
    ) -> Done<Load> {
        let output = Command::new(program("bench-load"))
            .args([&server.address, path, token, BODY])
            .args([connections.to_string(), seconds.to_string()])
            .args(rate.map(|rate| rate.to_string()))
            .output()
            .map_err(|error| format!("bench-load does not start: {error}"))?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let words: Vec<&str> = printed.split_whitespace().collect();
        let ["answered", answered, "seconds", seconds, "p50", p50, "p99", p99, "errors", errors] =
            words.as_slice()
        else {
            return Err(format!(
                "bench-load printed no figures: {}",
                String::from_utf8_lossy(&output.stderr)
            ));
        };
        Ok(Load {
            rate: parse(answered)? / parse(seconds)?,
            p50: parse(p50)? / 1000.0,
            p99: parse(p99)? / 1000.0,
            errors: errors.parse().map_err(|_| format!("`{errors}` is no number"))?,
        })
    }
}

fn side_token(side: Side, folder: &Path) -> Done<String> {
    match side {
        Side::Ours { .. } => token(folder),
        Side::Theirs { .. } => Ok("benchmark".into()),
    }
}

fn parse(word: &str) -> Done<f64> {
    word.parse().map_err(|_| format!("`{word}` is no number"))
}
