//! A process killed while it writes: what it had answered is there, and nothing is there half.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use wfruntime::Result;
use wfruntime::store::sql::Condition;
use wfruntime::store::{Options, Store};

use crate::database::ids;

/// Each of the writer's tasks has at most one write of which it did not hear.
const TASKS: usize = 64;

#[tokio::test]
async fn what_was_answered_survives_a_kill() -> Result<()> {
    for lines in [1, 500, 3000] {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}", folder.path().join("store.db").display());
        let answered = until_killed(&url, lines)?;
        assert!(answered.len() >= lines);
        let store = Store::open(&url, Options::default()).await?;
        let stored: BTreeSet<i64> =
            ids(&store, "first", Condition::always()).await?.into_iter().collect();
        let second = ids(&store, "second", Condition::always()).await?;
        assert!(second.iter().eq(stored.iter()), "each unit is there whole or not at all");
        let lost: Vec<_> = answered.difference(&stored).collect();
        assert!(lost.is_empty(), "answered and lost: {lost:?}");
        let unheard = stored.difference(&answered).count();
        assert!(unheard <= TASKS, "{unheard} writes that nobody asked for");
    }
    Ok(())
}

/// What the process said before it was killed; it is killed after `lines` lines.
fn until_killed(url: &str, lines: usize) -> Result<BTreeSet<i64>> {
    let mut child =
        Command::new(env!("CARGO_BIN_EXE_store-load")).arg(url).stdout(Stdio::piped()).spawn()?;
    let mut answered = BTreeSet::new();
    let out = child.stdout.take().expect("it is piped");
    let mut out = BufReader::new(out);
    let mut line = String::new();
    // A line that the kill cut off has no end.
    while out.read_line(&mut line)? > 0 && line.ends_with('\n') {
        answered.insert(line.trim_end().parse()?);
        line.clear();
        if answered.len() == lines {
            // SIGKILL: nothing of it runs after this.
            child.kill()?;
        }
    }
    child.wait()?;
    Ok(answered)
}
