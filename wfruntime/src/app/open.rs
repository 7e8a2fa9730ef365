//! Opens the database of an application and puts its core together.

use std::sync::Arc;

use super::{App, schema};
use crate::auth::Auth;
use crate::core::Core;
use crate::error::Result;
use crate::ids::Ids;
use crate::registry::{self, Registry};
use crate::store::{Options, Store};
use crate::switches::Switches;

/// What the database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To serve it, alone.
    Serve,
    /// For a short command beside the process that serves it.
    Beside,
}

/// The core of an application, with nothing running in it yet.
pub(crate) async fn open(app: &App, purpose: Purpose) -> Result<Arc<Core>> {
    let registry = registry::global();
    registry.check()?;
    let auth = Auth::new(registry, &app.settings, app.identify.clone())?;
    let options = Options { lock: purpose == Purpose::Serve, ..Options::default() };
    let store = Store::open(&app.database, options).await?;
    match assemble(app, registry, auth, &store).await {
        Ok(core) => Ok(core),
        Err(error) => {
            store.shutdown().await?;
            Err(error)
        }
    }
}

async fn assemble(
    app: &App,
    registry: &'static Registry,
    auth: Auth,
    store: &Store,
) -> Result<Arc<Core>> {
    schema::bring_up_to_date(store, registry).await?;
    let switches = Switches::default();
    let workflows: Vec<_> = registry.workflows().iter().map(|workflow| workflow.meta).collect();
    switches.sync(store, &workflows, app.clock.now()).await?;
    Ok(Arc::new(Core {
        registry,
        store: store.clone(),
        clock: app.clock.clone(),
        ids: Ids::new(0, 0),
        settings: app.settings.clone(),
        states: app.states.clone(),
        auth,
        switches,
    }))
}
