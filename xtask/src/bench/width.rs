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
    /// `setting` is what its environment has besides.
    fn start(name: &str, folder: &Path, setting: Option<&str>) -> Done<Self> {
        let file = format!("{name}{}.db", setting.unwrap_or_default());
        let mut child = Command::new(program(name))
            .envs(setting.map(|setting| (setting, "1")))
            .arg(folder.join(file))
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

/// A create in a program with 500 workflows on other collections, and in one that counts for
/// Prometheus, beside one in a program without.
pub(super) fn width(bench: &Bench, figures: &mut Figures) -> Done {
    let folder = bench.sub("width")?;
    let mut narrow = Measured::start("bench-narrow", &folder, None)?;
    let mut wide = Measured::start("bench-wide", &folder, None)?;
    let mut watched = Measured::start("bench-narrow", &folder, Some("BENCH_METRICS"))?;
    // What is made once, at the first request, is no cost of a request.
    narrow.measure()?;
    wide.measure()?;
    watched.measure()?;
    let mut pairs = Vec::new();
    for _ in 0..PAIRS {
        pairs.push((wide.measure()?, narrow.measure()?, watched.measure()?));
    }
    narrow.end()?;
    wide.end()?;
    watched.end()?;
    let mut row = |what: String, unit: &str, of: fn(&Cost) -> f64, beside: fn(&Three) -> &Cost| {
        let those = median(pairs.iter().map(|three| of(beside(three))).collect());
        let narrow = median(pairs.iter().map(|three| of(&three.1)).collect());
        let ratios = pairs.iter().map(|three| of(beside(three)) / of(&three.1)).collect();
        figures.row(Row {
            what,
            ours: format!("{those:.1}{unit}"),
            theirs: format!("none: {narrow:.1}{unit}"),
            ratio: Some(median(ratios)),
            goal: "1",
        });
    };
    for (what, unit, of) in COSTS {
        let elsewhere = format!("{what} of a create with {WORKFLOWS} workflows elsewhere, to none");
        row(elsewhere, unit, of, |three| &three.0);
        row(format!("{what} of a create with metrics, to none"), unit, of, |three| &three.2);
    }
    Ok(())
}

/// A create with workflows elsewhere, with nothing, with metrics.
type Three = (Cost, Cost, Cost);

/// How a figure is found.
type Figure = fn(&Cost) -> f64;

/// What is compared, its unit, and how it is found.
const COSTS: [(&str, &str, Figure); 3] = [
    ("statements", "", |cost| cost.statements),
    ("allocations", "", |cost| cost.allocations),
    ("time (20 rounds)", " µs", |cost| cost.nanoseconds / 1000.0),
];
