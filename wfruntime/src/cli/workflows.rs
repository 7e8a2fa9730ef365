//! `workflows`: shows them, draws them, switches them.

use super::beside;
use crate::app::App;
use crate::core::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::registry::{self, WorkflowDefinition};
use crate::spelling;
use crate::text;
use crate::workflow::{Mode, Timing};

#[derive(Debug, clap::Args)]
pub(super) struct Workflows {
    #[command(subcommand)]
    command: Option<Do>,
}

#[derive(Debug, clap::Subcommand)]
enum Do {
    /// Lists the workflows (the default)
    List,
    /// Lets a workflow fire
    Enable {
        /// Its key
        key: String,
    },
    /// Keeps a workflow from firing
    Disable {
        /// Its key
        key: String,
    },
}

pub(super) async fn run(app: &App, workflows: Workflows) -> Result<()> {
    match workflows.command.unwrap_or(Do::List) {
        Do::List => beside(app, list).await,
        Do::Enable { key } => beside(app, async |core| switch(core, &key, true).await).await,
        Do::Disable { key } => beside(app, async |core| switch(core, &key, false).await).await,
    }
}

async fn list(core: &Core) -> Result<()> {
    let mut rows = Vec::new();
    for workflow in registry::global().workflows() {
        let meta = workflow.meta;
        let trigger = match meta.mode {
            Mode::Local => "named".to_owned(),
            Mode::Global => meta.on.join(", "),
        };
        let mode = if meta.mode == Mode::Local { "local" } else { "global" };
        let timing = if meta.timing == Timing::Sync { "sync" } else { "async" };
        let now = core.clock.now();
        let enabled = core.switches.is_enabled(&core.store, meta, now).await?;
        rows.push(vec![
            meta.key.to_owned(),
            trigger,
            workflow.collection.name().to_owned(),
            mode.to_owned(),
            timing.to_owned(),
            if enabled { "yes" } else { "no" }.to_owned(),
        ]);
    }
    let headings = ["key", "trigger", "collection", "mode", "execution", "enabled"];
    print!("{}", text::table(&headings, &rows));
    Ok(())
}

async fn switch(core: &Core, key: &str, enabled: bool) -> Result<()> {
    find(key)?;
    core.switches.set(&core.store, key, enabled, core.clock.now()).await?;
    println!("`{key}` is {}", if enabled { "enabled" } else { "disabled" });
    Ok(())
}

fn find(key: &str) -> Result<&'static WorkflowDefinition> {
    registry::global().workflow(key).ok_or_else(|| {
        let known = registry::global().workflows().iter().map(|workflow| workflow.meta.key);
        let message = format!("unknown workflow `{key}`{}", spelling::instead(key, known));
        Error::new(ErrorKind::NotFound, "not_found", message)
    })
}
