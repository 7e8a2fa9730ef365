//! `cargo xtask test`: everything a change has to pass.

use std::time::{Duration, Instant};

use crate::process::{Done, run, succeeds};
use crate::tools;

/// One part of the gate.
struct Step {
    name: &'static str,
    about: &'static str,
    /// Whether the whole gate runs it by itself; the others are parts of `tests`.
    whole: bool,
    run: fn() -> Done,
}

const STEPS: &[Step] = &[
    Step { name: "tools", about: "installs what the tests call", whole: true, run: tools::install },
    Step { name: "format", about: "the sources are formatted", whole: true, run: format },
    Step { name: "clippy", about: "no warning in any target", whole: true, run: clippy },
    Step {
        name: "tests",
        about: "unit, integration, compile-fail and tidy tests",
        whole: true,
        run: tests,
    },
    Step {
        name: "docs",
        about: "examples in the documentation run, its links lead somewhere",
        whole: true,
        run: docs,
    },
    Step {
        name: "package",
        about: "both crates build from their packages",
        whole: true,
        run: package,
    },
    Step {
        name: "tidy",
        about: "of `tests`: the rules of the house",
        whole: false,
        run: || only("tidy"),
    },
    Step {
        name: "ui",
        about: "of `tests`: every message of the macros",
        whole: false,
        run: || only("ui"),
    },
    Step {
        name: "crash",
        about: "of `tests`: killed at every edge",
        whole: false,
        run: || only("crash"),
    },
];

/// Runs the steps named in `args`, or the whole gate.
pub(crate) fn test(args: &[String]) -> Done {
    if args.iter().any(|arg| arg == "--list") {
        for step in STEPS {
            println!("{:8} {}", step.name, step.about);
        }
        return Ok(());
    }
    let mut chosen: Vec<&Step> = Vec::new();
    for arg in args {
        let step = STEPS.iter().find(|step| step.name == arg);
        chosen.push(
            step.ok_or_else(|| format!("unknown step `{arg}`: see `cargo xtask test --list`"))?,
        );
    }
    if chosen.is_empty() {
        chosen.extend(STEPS.iter().filter(|step| step.whole));
    }

    let start = Instant::now();
    let mut lines = Vec::new();
    let mut failed = None;
    for step in &chosen {
        println!("\n=== {}: {}", step.name, step.about);
        let begun = Instant::now();
        let done = (step.run)();
        let word = if done.is_ok() { "ok" } else { "FAILED" };
        lines.push(format!("  {:8} {word:6} {:>7}", step.name, seconds(begun.elapsed())));
        if let Err(message) = done {
            failed = Some(format!("{} failed: {message}", step.name));
            break;
        }
    }
    println!("\n=== summary");
    for line in &lines {
        println!("{line}");
    }
    for step in &chosen[lines.len()..] {
        println!("  {:8} not run", step.name);
    }
    println!("  {:8} {:>14}", "in all", seconds(start.elapsed()));
    failed.map_or(Ok(()), Err)
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn format() -> Done {
    run(&["cargo", "fmt", "--all", "--check"], &[])
}

fn clippy() -> Done {
    let all = ["cargo", "clippy", "--workspace", "--all-targets", "--quiet"];
    let deny = ["--", "-D", "warnings"];
    run(&[&all[..], &deny].concat(), &[])?;
    // The tests have every feature on; so here the library stands with its own alone.
    let alone = ["cargo", "clippy", "--package", "wfruntime", "--lib", "--quiet"];
    run(&[&alone[..], &deny].concat(), &[])
}

fn tests() -> Done {
    if has_nextest() {
        run(&["cargo", "nextest", "run", "--workspace", "--no-fail-fast"], &[])
    } else {
        run(&["cargo", "test", "--workspace", "--all-targets", "--no-fail-fast"], &[])
    }
}

fn only(target: &str) -> Done {
    let runner: &[&str] = if has_nextest() { &["nextest", "run"] } else { &["test"] };
    run(&[&["cargo"], runner, &["--package", "wf-tests", "--test", target]].concat(), &[])
}

fn has_nextest() -> bool {
    succeeds(&["cargo", "nextest", "--version"])
}

fn docs() -> Done {
    run(&["cargo", "test", "--workspace", "--doc"], &[])?;
    let deny = [("RUSTDOCFLAGS", "-D warnings")];
    let pages = ["cargo", "doc", "--no-deps", "--quiet", "-p", "wfruntime", "-p", "wfmacros"];
    run(&[&pages[..], &["--features", "wfruntime/request"]].concat(), &deny)
}

fn package() -> Done {
    // A developer may try the gate before committing; on a clean tree the flag does nothing.
    run(&["cargo", "package", "-p", "wfmacros", "-p", "wfruntime", "--allow-dirty"], &[])
}
