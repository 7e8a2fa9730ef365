//! Opens the database of an application and puts its core together.

use std::sync::Arc;
use std::time::Duration;

use super::{App, schema};
use crate::auth::Auth;
use crate::core::{Core, Parts, Workflows};
use crate::engine::lease;
use crate::error::Result;
use crate::forms;
use crate::registry::{self, Registry};
use crate::store::{Options, Store};
use crate::watch::{Metrics, Token};
use crate::webhook::Ring;

/// What the database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To serve it, alone.
    Serve,
    /// For a short command beside the process that serves it.
    Beside,
    /// For a command that only makes sense on a database that is there.
    Existing,
}

/// The core of an application, with nothing running in it yet.
pub(crate) async fn open(app: &App, purpose: Purpose) -> Result<Arc<Core>> {
    let registry = registry::global();
    registry.check()?;
    #[cfg(feature = "request")]
    crate::outside::check(&app.settings.requests_to)?;
    let metrics = app.metrics.as_deref().map(Token::new).transpose()?.map(Metrics::new);
    let auth = Auth::new(registry, &app.settings, app.identify.clone())?;
    let webhooks = match purpose {
        Purpose::Serve => Ring::of(registry, &app.secrets, app.settings.idempotency)?,
        // Nobody calls a command.
        Purpose::Beside | Purpose::Existing => Ring::default(),
    };
    let options = Options {
        lock: purpose == Purpose::Serve,
        create: purpose != Purpose::Existing,
        ..Options::default()
    };
    let store = Store::open(&app.database, options).await?;
    match assemble(app, purpose, registry, (auth, metrics, webhooks), &store).await {
        Ok(core) => Ok(core),
        Err(error) => {
            store.shutdown().await?;
            Err(error)
        }
    }
}

async fn assemble(
    app: &App,
    purpose: Purpose,
    registry: &'static Registry,
    (auth, metrics, webhooks): (Auth, Option<Metrics>, Ring),
    store: &Store,
) -> Result<Arc<Core>> {
    schema::bring_up_to_date(store, registry).await?;
    let tables: Vec<_> = registry.collections().iter().map(|found| found.table()).collect();
    let serving = purpose == Purpose::Serve;
    let membership = lease::join(store, &app.clock, app.settings.lease, serving).await?;
    if let Some(metrics) = &metrics {
        let commits = metrics.commits();
        store.on_commit(move |units, took| commits.committed(units, took));
    }
    let core = Core::new(Parts {
        registry,
        store: store.clone(),
        clock: app.clock.clone(),
        settings: app.settings.clone(),
        states: app.states.clone(),
        auth,
        link: app.link.clone(),
        metrics,
        workflows: Workflows::of(registry),
        webhooks,
        largest_id: lease::largest_id(store, &tables).await?,
        membership,
    });
    let workflows: Vec<_> = registry.workflows().iter().map(|workflow| workflow.meta).collect();
    core.switches.sync(store, &workflows, core.clock.now()).await?;
    if serving {
        forms::idle(&core).await?.iter().for_each(|line| tracing::warn!("{line}"));
    }
    Ok(core)
}

/// Gives back what this process holds, and closes the database.
pub(crate) async fn close(core: &Core, grace: Duration) -> Result<()> {
    let engine = core.engine.shutdown(grace).await;
    let store = core.store.shutdown().await;
    engine.and(store)
}
