//! What the compiler costs a user: a build from nothing, and one after a change of a handler.

use std::process::Command;
use std::time::Instant;

use super::Scratch;
use super::figures::Row;
use crate::process::{Done, root};

/// Builds `expense-claims` in a folder of its own.
pub(super) fn measure() -> Done<Vec<Row>> {
    let target = Scratch::new("builds")?;
    let (cold, _) = build(&target)?;
    let main = root().join("examples/expense-claims/src/main.rs");
    let broken = |error: std::io::Error| format!("{}: {error}", main.display());
    let before = std::fs::read_to_string(&main).map_err(broken)?;
    let after = before.replace("{} claims {}", "{} wants {}");
    if before == after {
        return Err("the handler of expense-claims is not as it was".into());
    }
    std::fs::write(&main, after).map_err(broken)?;
    let again = build(&target);
    std::fs::write(&main, before).map_err(broken)?;
    let (_, warm) = again?;
    let row = |what: &str, ours, goal| Row {
        what: what.into(),
        ours,
        theirs: String::new(),
        ratio: None,
        goal,
    };
    Ok(vec![
        row("cold debug build of `expense-claims`", format!("{cold:.0} processor seconds"), "120"),
        row("rebuild after a change of a handler", format!("{warm:.1} s"), "3 s"),
    ])
}

/// Processor seconds and seconds by the clock.
fn build(target: &Scratch) -> Done<(f64, f64)> {
    let begun = Instant::now();
    let script = "TIMEFORMAT='%U %S'; time cargo build --quiet --package expense-claims";
    let output = Command::new("bash")
        .args(["-c", script])
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target.path())
        .output()
        .map_err(|error| format!("bash does not start: {error}"))?;
    let clock = begun.elapsed().as_secs_f64();
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return Err(format!("expense-claims does not build:\n{printed}"));
    }
    let last = printed.lines().last().unwrap_or_default();
    let processor: f64 = last.split(' ').filter_map(|word| word.parse::<f64>().ok()).sum();
    Ok((processor, clock))
}
