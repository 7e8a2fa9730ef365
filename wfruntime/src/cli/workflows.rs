//! `workflows`: shows them, draws them, switches them.

use super::{beside, say};
use crate::app::App;
use crate::core::Core;
use crate::engine::schedules;
use crate::error::{Error, ErrorKind, Result};
use crate::registry::{self, WorkflowDefinition};
use crate::spelling;
use crate::text;
use crate::workflow::{Format, Mode, Timing, Trigger};

#[derive(Debug, clap::Args)]
pub(super) struct Workflows {
    #[command(subcommand)]
    command: Option<Do>,
}

#[derive(Debug, clap::Subcommand)]
enum Do {
    /// Lists the workflows (the default)
    List,
    /// Draws the nodes of a workflow
    Graph {
        /// Its key
        key: String,
        /// The kind of picture
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
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
        Do::List => beside(app, async |core| list(core).await).await,
        Do::Graph { key, format } => draw(&key, format),
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
            Mode::Global if meta.trigger == Trigger::PreAction => {
                format!("before {}", meta.on.join(", "))
            }
            Mode::Global if let Trigger::Schedule(schedule) = meta.trigger => {
                let next = schedules::outlook(core, workflow).await?.and_then(|it| it.next);
                let next = next.map_or_else(String::new, |next| format!(" (next {next})"));
                format!("{}{next}", schedule.text)
            }
            Mode::Global if let Trigger::Webhook(hook) = meta.trigger => hook.text(),
            Mode::Global if meta.is_event() => format!("change: {}", meta.on.join(", ")),
            Mode::Global => meta.on.join(", "),
        };
        let mode = if meta.mode == Mode::Local { "local" } else { "global" };
        let timing = if meta.timing == Timing::Sync { "sync" } else { "async" };
        let now = core.clock.now();
        let enabled = core.switches.is_enabled(&core.store, meta, now).await?;
        rows.push(vec![
            meta.key.to_owned(),
            meta.version.to_string(),
            trigger,
            workflow.collection.map_or("", |it| it.name()).to_owned(),
            mode.to_owned(),
            timing.to_owned(),
            if enabled { "yes" } else { "no" }.to_owned(),
        ]);
    }
    let headings = ["key", "version", "trigger", "collection", "mode", "execution", "enabled"];
    say(&text::table(&headings, &rows));
    Ok(())
}

fn draw(key: &str, format: Format) -> Result<()> {
    registry::global().check()?;
    let meta = find(key)?.meta;
    let Some(graph) = meta.graph else {
        let message = format!(
            "the workflow `{key}` is a function: its nodes are known only when it runs\n\
             = help: written as `workflow!` it has a graph"
        );
        return Err(Error::new(ErrorKind::NotFound, "no_graph", message));
    };
    say(&graph.draw(meta.title, format));
    Ok(())
}

async fn switch(core: &Core, key: &str, enabled: bool) -> Result<()> {
    find(key)?;
    core.switches.set(&core.store, key, enabled, core.clock.now()).await?;
    say(&format!("`{key}` is {}", if enabled { "enabled" } else { "disabled" }));
    Ok(())
}

fn find(key: &str) -> Result<&'static WorkflowDefinition> {
    registry::global().workflow(key).ok_or_else(|| {
        let known = registry::global().workflows().iter().map(|workflow| workflow.meta.key);
        let message = format!("unknown workflow `{key}`{}", spelling::instead(key, known));
        Error::new(ErrorKind::NotFound, "not_found", message)
    })
}
