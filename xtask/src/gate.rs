//! `cargo xtask test`: everything a change has to pass.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::process::{Done, root, run, succeeds};
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
        name: "postgres",
        about: "the tests of whole programs, on PostgreSQL",
        whole: true,
        run: postgres,
    },
    Step {
        name: "browser",
        about: "the web page as people use it, in Chromium",
        whole: true,
        run: browser,
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

/// What is published.
const PACKAGES: &[&str] = &["wfmacros", "wfruntime"];

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

/// Every package but `wf-browser`: alone, it turns nothing on for the others that users have off.
const OURS: [&str; 3] = ["--workspace", "--exclude", "wf-browser"];

fn tests() -> Done {
    let all = [&OURS[..], &["--no-fail-fast"]].concat();
    if has_nextest() {
        run(&[&["cargo", "nextest", "run"][..], &all].concat(), &[])
    } else {
        run(&[&["cargo", "test", "--all-targets"][..], &all].concat(), &[])
    }
}

/// The tests whose programs run on any store.
const ON_ANY_STORE: [&str; 5] = ["actions", "events", "it", "schedules", "webhooks"];

/// Those of them that are about a file: of SQLite, or of a program that is given one; and about
/// rows that are counted, where PostgreSQL estimates them.
const ON_SQLITE: [&str; 5] = [
    "command_line::",
    "full_disk::",
    "nonsense::",
    "killed::every_edge",
    "metrics::rows_of_tables_are_counted",
];

fn postgres() -> Done {
    tools::install()?;
    let server = wf_pg::server().map_err(|error| format!("PostgreSQL does not run: {error}"))?;
    let suites = ON_ANY_STORE.iter().flat_map(|suite| ["--test", suite]);
    let skipped = ON_SQLITE.iter().flat_map(|test| ["--skip", test]);
    let mut line = [&["cargo"][..], runner(), &OURS, &["--no-fail-fast"]].concat();
    line.extend(suites);
    line.push("--");
    line.extend(skipped);
    run(&line, &[("WF_TEST_SERVER", &server)])
}

fn browser() -> Done {
    tools::install()?;
    run(&[&["cargo"][..], runner(), &["--package", "wf-browser", "--no-fail-fast"]].concat(), &[])
}

fn only(target: &str) -> Done {
    run(&[&["cargo"][..], runner(), &["--package", "wf-tests", "--test", target]].concat(), &[])
}

fn runner() -> &'static [&'static str] {
    if has_nextest() { &["nextest", "run"] } else { &["test"] }
}

fn has_nextest() -> bool {
    succeeds(&["cargo", "nextest", "--version"])
}

fn docs() -> Done {
    // Of the same packages as the tests: so what they built serves here, too.
    run(&[&["cargo", "test", "--doc"], &OURS[..]].concat(), &[])?;
    let deny = [("RUSTDOCFLAGS", "-D warnings")];
    let pages = ["cargo", "doc", "--no-deps", "--quiet", "-p", "wfruntime", "-p", "wfmacros"];
    run(&[&pages[..], &["--features", "wfruntime/request"]].concat(), &deny)
}

fn package() -> Done {
    forget_unpacked(PACKAGES)?;
    // A developer may try the gate before committing; on a clean tree the flag does nothing.
    let mut line = vec!["cargo", "package", "--allow-dirty"];
    line.extend(PACKAGES.iter().flat_map(|name| ["-p", name]));
    run(&line, &[])
}

/// Removes what cargo keeps of an earlier run's packages: their sources, and what was built of them.
///
/// To verify the packages, cargo unpacks them as from a registry in the target folder, into a
/// folder below its home that is named after that registry's path. It takes a version for
/// unchangeable: a second run at the same path would build the first one's sources, or nothing.
fn forget_unpacked(packages: &[&str]) -> Done {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let kept = home.ok_or("the home of cargo is unknown: set `CARGO_HOME`")?.join("registry/src");
    let is_ours = |name: &str| packages.iter().any(|it| name.starts_with(&format!("{it}-")));
    // A registry without a host, that is one in a folder, has a name that starts with `-`.
    let mut old = Vec::new();
    for registry in folders(&kept, |name| name.starts_with('-'))? {
        old.extend(folders(&registry, is_ours)?);
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| root().join("target"));
    old.extend(folders(&target.join("debug/.fingerprint"), is_ours)?);
    for folder in old {
        std::fs::remove_dir_all(&folder)
            .map_err(|error| format!("`{}` stays: {error}", folder.display()))?;
    }
    Ok(())
}

/// The folders directly in `within` whose names `wanted` accepts; none if there is no `within`.
fn folders(within: &Path, wanted: impl Fn(&str) -> bool) -> Done<Vec<PathBuf>> {
    if !within.exists() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(within)
        .map_err(|error| format!("`{}` is unreadable: {error}", within.display()))?;
    let named = entries.filter_map(Result::ok);
    Ok(named
        .filter(|entry| entry.file_name().to_str().is_some_and(&wanted))
        .map(|entry| entry.path())
        .collect())
}
