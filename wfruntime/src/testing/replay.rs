//! Recorded executions against today's code.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use crate::app::{App, Purpose, close, open};
use crate::engine::rehearse::{Rehearsed, rehearse};
use crate::error::Result;
use crate::execution::{Recorded, Status};

/// Checks that today's code fits recorded executions, and ends those that ended as they did.
///
/// `executions export --output FILE` writes them. Each runs as far as its jobs go: what its nodes
/// did is answered from there, and no node begins, so nothing is written, no `run` runs and nothing
/// is asked of anybody; only what stands between nodes is done. An execution that was under way has
/// to fit; one that was at its end has to come to the same end.
///
/// ```no_run
/// # mod tests {
/// #[test]
/// fn what_is_under_way_goes_on_with_todays_code() {
///     wfruntime::testing::replay("tests/recorded.jsonl");
/// }
/// # }
/// ```
///
/// # Panics
/// If an execution does not fit or comes to another end: the text names it, the node and what was
/// expected. If the file cannot be read, or has none.
#[track_caller]
pub fn replay(file: impl AsRef<Path>) {
    replay_with(file, App::new(""));
}

/// [`replay`] in an application with states of its own, for workflows that use `cx.state`.
///
/// The application's database is not opened.
///
/// ```no_run
/// # struct Rates;
/// let app = wfruntime::App::new("sqlite://claims.db").state(Rates);
/// wfruntime::testing::replay_with("tests/recorded.jsonl", app);
/// ```
///
/// # Panics
/// As [`replay`].
#[track_caller]
pub fn replay_with(file: impl AsRef<Path>, mut app: App) {
    let file = file.as_ref();
    app.database = "sqlite://:memory:".to_owned();
    let recorded = read(file);
    let (name, count) = (file.display(), recorded.len());
    assert!(count > 0, "`{name}` has no executions");
    // A thread of its own: the test may run within a runtime.
    let misfits = std::thread::scope(|scope| {
        let recorded = &recorded;
        let done = scope.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(replay_all(&app, recorded))
        });
        done.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    match misfits {
        Err(error) => panic!("`{name}` cannot be replayed: {error:?}"),
        Ok(misfits) if misfits.is_empty() => {}
        Ok(misfits) => panic!("{}", report(&name.to_string(), count, &misfits)),
    }
}

#[track_caller]
fn read(file: &Path) -> Vec<Recorded> {
    let name = file.display();
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| {
        panic!("`{name}` cannot be read: {error}; it is relative to the folder of Cargo.toml")
    });
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let read = |(index, line)| {
        Recorded::read(line)
            .unwrap_or_else(|error| panic!("{name}:{}: no recorded execution: {error}", index + 1))
    };
    lines.map(read).collect()
}

/// What does not fit, in the order of the file.
async fn replay_all(app: &App, recorded: &[Recorded]) -> Result<Vec<String>> {
    let core = open(app, Purpose::Beside).await?;
    let mut misfits = Vec::new();
    for one in recorded {
        let found = rehearse(&core, one).await;
        let misfit = match found {
            Ok(found) => misfit(one.status, one.error.as_deref(), &found),
            Err(error) => Some(format!("cannot be read by today's code: {error:?}")),
        };
        let (id, key) = (one.id, &one.key);
        misfits.extend(misfit.map(|text| format!("execution {id} of `{key}` {text}")));
    }
    close(&core, Duration::ZERO).await?;
    Ok(misfits)
}

/// How a replay differs from what was recorded.
fn misfit(status: Status, error: Option<&str>, found: &Rehearsed) -> Option<String> {
    let (expected, has_ended) = match status {
        Status::Resolved | Status::Failed | Status::Error | Status::Rejected => {
            (end(status, error), true)
        }
        _ => ("to go on".to_owned(), false),
    };
    let (consequence, found) = match found {
        Rehearsed::Stranded(why) => ("would be stranded", why.clone()),
        _ if !has_ended => return None,
        Rehearsed::Ends(ends, text) if (*ends, text.as_deref()) == (status, error) => return None,
        Rehearsed::Ends(status, text) => {
            ("comes to another end", format!("it ends {}", end(*status, text.as_deref())))
        }
        Rehearsed::GoesOn(nodes) if nodes.is_empty() => {
            ("does not come to its end", "it awaits something that is no node".to_owned())
        }
        Rehearsed::GoesOn(nodes) => {
            ("does not come to its end", format!("it goes on at `{}`", nodes.join("` and `")))
        }
    };
    Some(format!("{consequence}\n  expected: {expected}\n  found:    {found}"))
}

fn end(status: Status, text: Option<&str>) -> String {
    match text {
        Some(text) => format!("as `{status}`: {text}"),
        None => format!("as `{status}`"),
    }
}

fn report(name: &str, count: usize, misfits: &[String]) -> String {
    let mut report = format!(
        "{} of {count} executions in `{name}` do not replay with today's code",
        misfits.len()
    );
    for misfit in misfits {
        // Writing to a text cannot fail.
        let _ = write!(report, "\n\n{misfit}");
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_was_expected_and_what_was_found() {
        let ends = Rehearsed::Ends(Status::Resolved, None);
        let on = Rehearsed::GoesOn(vec!["run a#1".to_owned()]);
        let stranded = Rehearsed::Stranded("its journal has `run` at `a`".to_owned());
        for (status, found, text) in [
            (Status::Started, &ends, None),
            (Status::Aborted, &on, None),
            (Status::Resolved, &ends, None),
            (
                Status::Started,
                &stranded,
                Some(
                    "would be stranded\n  expected: to go on\n  found:    its journal has `run` at `a`",
                ),
            ),
            (
                Status::Resolved,
                &on,
                Some(
                    "does not come to its end\n  expected: as `resolved`\n  found:    it goes on at `run a#1`",
                ),
            ),
            (
                Status::Failed,
                &ends,
                Some(
                    "comes to another end\n  expected: as `failed`\n  found:    it ends as `resolved`",
                ),
            ),
        ] {
            assert_eq!(misfit(status, None, found).as_deref(), text);
        }
    }
}
