//! `cargo xtask bench`: one run, one table, ratios first.
//!
//! Ours and the hand-written program take turns, several rounds, and the medians are compared: a
//! machine that gets busier slows both.

mod builds;
mod executions;
mod figures;
mod http;
mod machine;
mod page;
mod server;
mod width;
mod workloads;

use std::path::{Path, PathBuf};

use crate::process::{Done, output, root, run};
use figures::{Figures, Row};
use workloads::Bench;

/// The parts of the run, in its order.
const PARTS: [&str; 6] = ["load", "decisions", "store", "rest", "page", "width"];

const FLAGS: &str = "\
  load decisions store rest page width   only these parts; without any, all of them
  --quick                                one short round
  --builds                               also builds `expense-claims` from nothing, in a folder of its own
";

/// Measures, and prints a Markdown table.
pub(crate) fn bench(args: &[String]) -> Done {
    let (parts, flags): (Vec<&str>, Vec<&str>) =
        args.iter().map(String::as_str).partition(|arg| PARTS.contains(arg));
    if let Some(other) = flags.iter().find(|flag| !["--quick", "--builds"].contains(flag)) {
        return Err(format!("unknown argument `{other}` of bench; there are\n{FLAGS}"));
    }
    let quick = flags.contains(&"--quick");
    let wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    build(&wanted)?;
    let folder = Scratch::new("bench")?;
    let bench = Bench {
        folder: folder.0.clone(),
        rounds: if quick { 1 } else { 3 },
        seconds: if quick { 2 } else { 6 },
    };
    let mut figures = Figures::default();
    if wanted("load") {
        workloads::creates(&bench, &mut figures)?;
        executions::drain(&bench, &mut figures)?;
        executions::first_node(&bench, &mut figures)?;
    }
    if wanted("decisions") {
        executions::decisions(&bench, &mut figures)?;
    }
    if wanted("store") {
        workloads::store(&bench, &mut figures)?;
    }
    if wanted("rest") {
        workloads::idle(&bench, &mut figures)?;
    }
    if wanted("page") {
        page::pages(&bench, &mut figures)?;
    }
    if wanted("width") {
        width::width(&bench, &mut figures)?;
    }
    let mut rows = figures.rows();
    if flags.contains(&"--builds") {
        rows.extend(builds::measure()?);
    }
    print(&rows, &bench);
    Ok(())
}

/// Builds what the wanted parts run, for speed.
fn build(wanted: &dyn Fn(&str) -> bool) -> Done {
    let release =
        |rest: &[&str]| run(&[&["cargo", "build", "--release", "--quiet"], rest].concat(), &[]);
    if PARTS.iter().any(|part| *part != "width" && wanted(part)) {
        release(&["-p", "bench-load", "-p", "bench-ours"])?;
    }
    if PARTS.iter().any(|part| !["width", "page"].contains(part) && wanted(part)) {
        release(&["-p", "bench-store"])?;
        release(&["--locked", "--manifest-path", "bench/handwritten/Cargo.toml"])?;
    }
    if wanted("width") {
        width::build()?;
    }
    Ok(())
}

fn print(rows: &[Row], bench: &Bench) {
    println!("\n{}", machine::describe());
    println!(
        "Medians of {} rounds of {} s, taking turns; SQLite, WAL, `synchronous = FULL` on both sides.\n",
        bench.rounds, bench.seconds
    );
    println!("| what | ours | hand-written | ratio | goal |");
    println!("|---|---|---|---|---|");
    let (ratios, beside): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.ratio.is_some());
    for row in ratios.into_iter().chain(beside) {
        println!("{row}");
    }
}

/// Where the workspace's release builds are.
fn program(name: &str) -> PathBuf {
    let target = output(&["cargo", "metadata", "--no-deps", "--format-version", "1"])
        .and_then(|json| http::text(&json, "target_directory"))
        .map_or_else(|| root().join("target"), PathBuf::from);
    target.join("release").join(name)
}

/// A folder that is gone afterwards.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Done<Self> {
        let path = std::env::temp_dir().join(format!("wf-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path)
            .map_err(|error| format!("cannot make {}: {error}", path.display()))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left in the temporary folder harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
