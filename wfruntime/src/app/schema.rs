//! The tables of an application against those of its database.

use crate::error::{Error, ErrorKind, Result};
use crate::registry::Registry;
use crate::store::Store;
use crate::store::schema::{IndexSpec, Plan, TableSpec};
use crate::{action, auth, execution, switches};

/// All tables: the collections' and the framework's own.
pub(crate) fn tables(registry: &Registry) -> Vec<TableSpec> {
    let collections = registry.collections().iter().map(|definition| {
        let mut table = definition.table_spec();
        // By which is found what is due.
        let dates = registry.dates_of(definition).map(|column| IndexSpec {
            columns: vec![column],
            unique: false,
            only: None,
        });
        table.indexes.extend(dates);
        table
    });
    let mut tables: Vec<_> = collections.collect();
    tables.extend(auth::tables(registry.account().table()));
    tables.extend(execution::tables());
    tables.extend(switches::tables());
    tables.extend(action::once::tables());
    tables
}

/// What has to change in the database.
pub(crate) async fn plan(store: &Store, registry: &Registry) -> Result<Plan> {
    store.plan(&tables(registry)).await
}

/// Adds what is missing; refuses to start where more would have to change.
pub(super) async fn bring_up_to_date(store: &Store, registry: &Registry) -> Result<()> {
    let plan = plan(store, registry).await?;
    if !plan.is_additive() {
        let message = format!(
            "the tables have to change in a way that could lose data:\n\n{plan}\n\
             = help: save the database, then run the command `migrate` (`migrate --dry-run` only prints this)"
        );
        return Err(Error::new(ErrorKind::Startup, "migration_needed", message));
    }
    if !plan.is_empty() {
        store.apply(&plan).await?;
    }
    Ok(())
}
