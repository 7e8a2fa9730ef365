//! `migrate`: changes the tables to what the program declares.

use super::say;
use crate::app::{App, plan};
use crate::error::Result;
use crate::registry;
use crate::store::{Options, Store};

#[derive(Debug, clap::Args)]
pub(super) struct Migrate {
    /// Only prints what would be done
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(app: &App, migrate: &Migrate) -> Result<()> {
    let registry = registry::global();
    registry.check()?;
    // Alone: a server would go on with the tables it knows.
    let options = Options { lock: !migrate.dry_run, ..Options::default() };
    let store = Store::open(&app.database, options).await?;
    let done = apply(&store, migrate.dry_run).await;
    store.shutdown().await?;
    done
}

async fn apply(store: &Store, dry_run: bool) -> Result<()> {
    let plan = plan(store, registry::global()).await?;
    if !plan.is_empty() {
        say(&plan.to_string());
    };
    match (plan.is_empty(), dry_run) {
        (true, _) => say("the tables are as the program declares them"),
        (false, true) => say("nothing was changed: `migrate` does it"),
        (false, false) => {
            store.apply(&plan).await?;
            say("done");
        }
    }
    Ok(())
}
