//! The command line of a program: `serve`, and short commands beside a running server.
//!
//! It reads arguments and prints; it refuses to know how anything is done.

mod executions;
mod export;
mod migrate;
mod openapi;
mod serve;
mod transfer;
mod user;
mod workflows;

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::{
    ArgMatches, Args, Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand,
};

use crate::app::{App, Purpose, close, open};
use crate::core::Core;
use crate::error::{Error, Result};

/// Collections over HTTP, and the workflows that run after what people do with them.
#[derive(Debug, Parser)]
struct Cli {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    serve: serve::Serve,
    #[command(subcommand)]
    command: Option<Do>,
}

#[derive(Debug, Args)]
struct Database {
    /// The database, as in sqlite://claims.db
    #[arg(long, value_name = "URL", env = "WF_DATABASE", global = true)]
    database: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Do {
    /// Answers requests and runs workflows (the default)
    Serve(serve::Serve),
    /// Changes the tables of the database to what the program declares
    Migrate(migrate::Migrate),
    /// Makes users
    #[command(subcommand)]
    User(user::User),
    /// Shows the workflows and switches them
    Workflows(workflows::Workflows),
    /// Shows executions and cancels them
    Executions(executions::Executions),
    /// Writes the records of a collection as CSV or JSON
    Export(transfer::Export),
    /// Reads records into a collection; no workflow follows, but collection events do
    Import(transfer::Import),
    /// Shows what each role may do
    Access,
    /// Prints what a role may ask for over HTTP, as OpenAPI
    Openapi(openapi::Openapi),
}

impl App {
    /// Runs the program's command line: `serve` if nothing else is asked for.
    ///
    /// Wrong arguments end the process with a message and exit code 2, as usual for command
    /// lines; `main` returning the error of this function ends it with exit code 1.
    ///
    /// # Errors
    ///
    /// As [`App::start`]; what the command could not do.
    pub async fn run(self) -> Result<()> {
        self.run_with(std::env::args_os()).await
    }

    /// [`App::run`] with these arguments; the first one is the program's name.
    ///
    /// # Errors
    ///
    /// As [`App::run`].
    pub async fn run_with(self, arguments: impl IntoIterator<Item = OsString>) -> Result<()> {
        self.dispatch(&Self::command().get_matches_from(arguments)).await
    }

    /// The command line as [clap](crate::clap) knows it, to add the program's own flags to it.
    ///
    /// ```no_run
    /// use wfruntime::{App, clap};
    ///
    /// # async fn example() -> wfruntime::Result<()> {
    /// let verbose = clap::Arg::new("verbose").long("verbose").action(clap::ArgAction::SetTrue);
    /// let matches = App::command().arg(verbose).get_matches();
    /// if matches.get_flag("verbose") {
    ///     println!("about to start");
    /// }
    /// App::new("sqlite://claims.db").dispatch(&matches).await
    /// # }
    /// ```
    #[must_use]
    pub fn command() -> Command {
        Cli::command()
    }

    /// Does what was asked for on a command line made from [`App::command`].
    ///
    /// # Errors
    ///
    /// As [`App::run`].
    pub async fn dispatch(mut self, matches: &ArgMatches) -> Result<()> {
        let cli = Cli::from_arg_matches(matches).unwrap_or_else(|error| error.exit());
        if let Some(database) = cli.database.database {
            self.database = database;
        }
        match cli.command {
            None => serve::run(self, cli.serve).await,
            Some(Do::Serve(serve)) => serve::run(self, serve.or(cli.serve)).await,
            Some(Do::Migrate(migrate)) => migrate::run(&self, &migrate).await,
            Some(Do::User(user)) => user::run(&self, user).await,
            Some(Do::Workflows(workflows)) => workflows::run(&self, workflows).await,
            Some(Do::Executions(executions)) => executions::run(&self, executions).await,
            Some(Do::Export(export)) => transfer::export(&self, &export).await,
            Some(Do::Import(import)) => transfer::import(&self, &import).await,
            Some(Do::Access) => access(),
            Some(Do::Openapi(openapi)) => openapi::run(&self, &openapi),
        }
    }
}

/// Prints what each role may do.
fn access() -> Result<()> {
    let registry = crate::registry::global();
    registry.check()?;
    say(&crate::auth::access_table(registry));
    Ok(())
}

/// Does something with the application's core beside the process that serves the database.
async fn beside<T>(app: &App, work: impl AsyncFnOnce(&Arc<Core>) -> Result<T>) -> Result<T> {
    with(app, Purpose::Beside, work).await
}

/// [`beside`], but only if there is a database: a mistyped name makes no new one.
async fn existing<T>(app: &App, work: impl AsyncFnOnce(&Arc<Core>) -> Result<T>) -> Result<T> {
    with(app, Purpose::Existing, work).await
}

async fn with<T>(
    app: &App,
    purpose: Purpose,
    work: impl AsyncFnOnce(&Arc<Core>) -> Result<T>,
) -> Result<T> {
    let core = open(app, purpose).await?;
    let done = work(&core).await;
    let closed = close(&core, Duration::ZERO).await;
    let done = done?;
    closed.map(|()| done)
}

/// A new file that only its owner reads.
fn own_file(file: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map_err(|error| {
        let text = format!("`{}` cannot be written: {error}", file.display());
        Error::invalid("output", text)
    })
}

/// Prints a line; that nobody reads it any more, as behind `| head`, is no fault.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end_matches('\n'));
}
