//! What workflows on other collections cost a request that fires none.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::figures::{Figures, Row, median};
use super::program;
use super::workloads::Bench;
use crate::process::{Done, root};

/// How many workflows the wide program has.
const WORKFLOWS: &str = "500";
const PAIRS: usize = 20;

/// Builds the two programs.
pub(super) fn build() -> Done {
    let status = Command::new("cargo")
        .args(["build", "--release", "--quiet", "-p", "bench-width"])
        .current_dir(root())
        .env("WF_WORKFLOWS", WORKFLOWS)
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("bench-width does not build".into()),
        Err(error) => Err(format!("cargo does not start: {error}")),
    }
}

/// A program that measures itself when it is told to.
struct Measured {
    child: Child,
    asked: ChildStdin,
    told: BufReader<ChildStdout>,
}

/// Of one request.
struct Cost {
    statements: f64,
    allocations: f64,
    nanoseconds: f64,
}

impl Measured {
    fn start(name: &str, folder: &Path) -> Done<Self> {
        let mut child = Command::new(program(name))
            .arg(folder.join(format!("{name}.db")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{name} does not start: {error}"))?;
        let (Some(asked), Some(told)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(format!("{name} cannot be talked to"));
        };
        Ok(Self { child, asked, told: BufReader::new(told) })
    }

    fn measure(&mut self) -> Done<Cost> {
        let broken = |error: std::io::Error| format!("bench-width: {error}");
        writeln!(self.asked).map_err(broken)?;
        let mut line = String::new();
        self.told.read_line(&mut line).map_err(broken)?;
        let numbers: Vec<f64> = line.split_whitespace().flat_map(str::parse).collect();
        match numbers[..] {
            [statements, allocations, nanoseconds] => {
                Ok(Cost { statements, allocations, nanoseconds })
            }
            _ => Err(format!("bench-width printed `{line}`")),
        }
    }

    /// It ends when nobody can ask it any more.
    fn end(self) -> Done {
        let Self { mut child, asked, .. } = self;
        drop(asked);
        let status = child.wait().map_err(|error| format!("bench-width: {error}"))?;
        if status.success() { Ok(()) } else { Err(format!("bench-width ended with {status}")) }
    }
}

/// A create in a program with 500 workflows on other collections, beside one in a program without.
pub(super) fn width(bench: &Bench, figures: &mut Figures) -> Done {
    let folder = bench.sub("width")?;
    let mut narrow = Measured::start("bench-narrow", &folder)?;
    let mut wide = Measured::start("bench-wide", &folder)?;
    // What is made once, at the first request, is no cost of a request.
    narrow.measure()?;
    wide.measure()?;
    let mut pairs = Vec::new();
    for _ in 0..PAIRS {
        pairs.push((wide.measure()?, narrow.measure()?));
    }
    narrow.end()?;
    wide.end()?;
    let mut row = |what: &str, unit: &str, goal, of: fn(&Cost) -> f64| {
        let wide = median(pairs.iter().map(|(wide, _)| of(wide)).collect());
        let narrow = median(pairs.iter().map(|(_, narrow)| of(narrow)).collect());
        let ratio = median(pairs.iter().map(|(wide, narrow)| of(wide) / of(narrow)).collect());
        figures.row(Row {
            what: format!("{what} of a create with {WORKFLOWS} workflows elsewhere, to none"),
            ours: format!("{wide:.1}{unit}"),
            theirs: format!("none: {narrow:.1}{unit}"),
            ratio: Some(ratio),
            goal,
        });
    };
    row("statements", "", "1", |cost| cost.statements);
    row("allocations", "", "1", |cost| cost.allocations);
    row("time (20 pairs)", " µs", "1", |cost| cost.nanoseconds / 1000.0);
    Ok(())
}
