//! `executions`: shows what ran and runs, cancels it, runs it again.

use serde_json::Value;

use super::export::{self, Export};
use super::{existing, say};
use crate::app::App;
use crate::core::Core;
use crate::engine::{control, restart};
use crate::error::{Error, ErrorKind, Result};
use crate::execution::{Execution, Job, Status};
use crate::spelling;
use crate::store::sql::Condition;
use crate::text;

#[derive(Debug, clap::Args)]
pub(super) struct Executions {
    #[command(subcommand)]
    command: Option<Do>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, clap::Subcommand)]
enum Do {
    /// Lists executions, the newest first (the default)
    List(List),
    /// Shows an execution with its jobs
    Show {
        /// Its id
        #[arg(value_parser = id)]
        id: i64,
    },
    /// Runs an execution again that broke, failed, was cancelled or is stranded
    #[command(visible_alias = "rerun")]
    Restart {
        /// Its id
        #[arg(value_parser = id)]
        id: i64,
        /// The node from which on it runs again, as `show` lists them; the one that broke, if left out
        #[arg(long, value_name = "NODE")]
        from: Option<String>,
    },
    /// Writes executions with their jobs, a line of JSON each, to replay them in tests
    Export(Export),
    /// Ends an execution that has not ended
    Cancel {
        /// Its id
        #[arg(value_parser = id)]
        id: i64,
    },
}

/// Which executions.
#[derive(Debug, clap::Args)]
pub(super) struct Filter {
    /// Only those with this status
    #[arg(long)]
    status: Option<String>,
    /// Only those of the workflow with this key
    #[arg(long)]
    key: Option<String>,
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    filter: Filter,
    /// At most so many
    #[arg(long, default_value_t = 50)]
    limit: u64,
}

pub(super) fn id(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| "an id is a whole number, as `executions list` shows it".to_owned())
}

pub(super) async fn run(app: &App, executions: Executions) -> Result<()> {
    match executions.command {
        None => existing(app, async |core| list(core, executions.list).await).await,
        Some(Do::List(given)) => existing(app, async |core| list(core, given).await).await,
        Some(Do::Show { id }) => existing(app, async |core| show(core, id).await).await,
        Some(Do::Restart { id, from }) => {
            existing(app, async |core| {
                let node = from.as_ref().map_or_else(String::new, |node| format!(" from `{node}`"));
                // The process that serves finds by itself what this ended and woke.
                let _ = restart::restart(core, id, from).await?;
                say(&format!("the execution {id} runs again{node}"));
                Ok(())
            })
            .await
        }
        Some(Do::Export(given)) => existing(app, async |core| export::run(core, given).await).await,
        Some(Do::Cancel { id }) => {
            existing(app, async |core| {
                // The process that serves finds by itself what this ended and woke.
                let _ = control::cancel(&core.store, id, core.clock.now()).await?;
                say(&format!("the execution {id} is cancelled"));
                Ok(())
            })
            .await
        }
    }
}

impl Filter {
    /// # Errors
    ///
    /// There is no such status.
    pub(super) fn condition(&self) -> Result<Condition> {
        let mut filter = Condition::always();
        if let Some(status) = &self.status {
            if Status::parse(status).is_none() {
                let instead = spelling::instead(status, Status::WORDS);
                let message = format!("unknown status {}{instead}", spelling::quoted(status));
                return Err(Error::new(ErrorKind::Invalid, "unknown_status", message));
            }
            filter = filter.and(Condition::eq("status", status.as_str()));
        }
        if let Some(key) = &self.key {
            filter = filter.and(Condition::eq("key", key.as_str()));
        }
        Ok(filter)
    }
}

async fn list(core: &Core, list: List) -> Result<()> {
    let filter = list.filter.condition()?;
    let (found, count) = control::list(&core.store, filter, Vec::new(), list.limit, 0).await?;
    let rows: Vec<_> = found.iter().map(row).collect();
    let headings = ["id", "key", "record", "status", "created", "finished", "error"];
    say(&text::table(&headings, &rows));
    if count > found.len() as u64 {
        say(&format!("{} of {count}", found.len()));
    }
    Ok(())
}

fn row(execution: &Execution) -> Vec<String> {
    vec![
        execution.id.to_string(),
        execution.key.clone(),
        execution.about(),
        execution.status.to_string(),
        execution.created_at.to_string(),
        execution.finished_at.map_or_else(|| "-".to_owned(), |at| at.to_string()),
        first_line(execution.error.as_deref()),
    ]
}

async fn show(core: &Core, id: i64) -> Result<()> {
    let control::Found { execution, jobs, past } = control::get(&core.store, id).await?;
    let user = execution.user_id.map_or_else(|| "-".to_owned(), |user| user.to_string());
    let moment = |at: Option<jiff::Timestamp>| at.map_or_else(|| "-".into(), |at| at.to_string());
    let facts = [
        ("id", execution.id.to_string()),
        ("workflow", execution.key.clone()),
        ("version", execution.version.to_string()),
        ("revision", execution.revision.clone()),
        ("status", execution.status.to_string()),
        ("record", execution.about()),
        ("user", format!("{user} as {}", execution.role)),
        ("caused by", execution.chain.join(" > ")),
        ("created", execution.created_at.to_string()),
        ("started", moment(execution.started_at)),
        ("finished", moment(execution.finished_at)),
        ("error", execution.error.clone().unwrap_or_else(|| "-".to_owned())),
    ];
    for (name, fact) in facts {
        say(&format!("{name:<10} {fact}"));
    }
    for message in &execution.messages {
        say(&format!("{:<10} {message}", "said"));
    }
    if !jobs.is_empty() {
        let rows: Vec<_> = jobs.iter().map(job).collect();
        let headings = ["job", "kind", "status", "attempts", "finished", "output", "error"];
        say(&format!("\n{}", text::table(&headings, &rows)));
    }
    if !past.is_empty() {
        let rows: Vec<_> = past
            .iter()
            .map(|(restarted, past)| [vec![restarted.to_string()], job(past)].concat())
            .collect();
        let headings =
            ["run again", "job", "kind", "status", "attempts", "finished", "output", "error"];
        say(&format!("\n{}", text::table(&headings, &rows)));
    }
    Ok(())
}

fn job(job: &Job) -> Vec<String> {
    vec![
        job.key.clone(),
        job.kind.clone(),
        job.status.as_str().to_owned(),
        job.attempts.to_string(),
        job.finished_at.map_or_else(|| "-".to_owned(), |at| at.to_string()),
        first_line(job.output.as_deref().map(shape).as_deref()),
        first_line(job.error.as_deref()),
    ]
}

/// What a job gave, without the values of records: a terminal is no place for hidden fields.
fn shape(output: &str) -> String {
    match serde_json::from_str(output) {
        Ok(Value::Object(object)) => match object.get("id") {
            Some(id) => format!("{{id: {id}, …}}"),
            None => format!("{{{}}}", object.keys().cloned().collect::<Vec<_>>().join(", ")),
        },
        Ok(Value::Array(items)) => format!("[{} items]", items.len()),
        _ => output.to_owned(),
    }
}

/// The first line, cut to what stands in a row.
fn first_line(text: Option<&str>) -> String {
    const MOST: usize = 60;
    let line = text.and_then(|text| text.lines().next()).unwrap_or("-");
    if line.chars().count() <= MOST {
        return line.to_owned();
    }
    let cut: String = line.chars().take(MOST - 1).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_shown_by_their_shape() {
        for (output, shown) in [
            (r#"{"id":7,"secret":"x"}"#, "{id: 7, …}"),
            (r#"{"outcome":"approved","by":null}"#, "{by, outcome}"),
            ("[1,2]", "[2 items]"),
            ("true", "true"),
        ] {
            assert_eq!(shape(output), shown);
        }
        assert_eq!(first_line(Some("one\ntwo")), "one");
        assert_eq!(first_line(Some(&"x".repeat(99))).chars().count(), 60);
    }
}
