//! `destroy`: by id, by several, or by filter; it answers how many records are gone.
//!
//! No workflow fires: post-actions follow what makes or changes records.

use std::sync::Arc;

use super::checks::Checks;
use super::read::{no_record, within};
use super::{Answer, AnswerData, Request, authorise, filter, rows};
use crate::collection::{Definition, Row};
use crate::core::Core;
use crate::error::{Error, Fault, Result};
use crate::store::Statement;
use crate::store::sql::{Condition, Delete, Query};

/// Destroys what the request names.
///
/// # Errors
/// All faults of the request at once; [`crate::ErrorKind::NotFound`] if one of its ids is not
/// there, [`crate::ErrorKind::Conflict`] if a record is still referred to; nothing was destroyed
/// then.
pub(super) async fn destroy(core: &Arc<Core>, request: &Request) -> Result<Answer> {
    let mut checks = Checks::enter(core, request)?;
    let (definition, target) = (request.collection, &request.target);
    let mut all = Vec::new();
    if let Some(filter) = &target.filter {
        let parsed = filter::parse(definition, filter, &checks.access);
        all.extend(checks.faults.keep(parsed)?);
    }
    if target.filter.is_none() && target.ids.is_none() {
        let message = "which records? `filterByTk` or `filter` says it";
        checks.faults.invalid.push(Fault::new("no_target", message));
    }
    let ids = target.ids.clone().map(|mut ids| {
        ids.sort_unstable();
        ids.dedup();
        ids
    });
    checks.check()?;
    checks.parent(request).await?;
    all.extend(checks.grant.scope(definition, checks.access.user()));
    all.extend(request.through.map(within));
    all.extend(ids.as_ref().map(|ids| rows::with_ids(definition, ids)));
    let condition = Condition::All(all);
    let root = match definition.meta.account {
        true => users(core, &checks, definition, &condition).await?,
        false => None,
    };
    let delete = Delete { table: definition.table(), filter: condition }.build();
    let count = delete_all(core, definition, delete, ids, root).await?;
    if definition.meta.account {
        core.auth.users_changed();
    }
    Ok(Answer::of(AnswerData::Count(count)))
}

async fn delete_all(
    core: &Core,
    definition: &'static Definition,
    delete: Statement,
    ids: Option<Vec<i64>>,
    root: Option<Statement>,
) -> Result<u64> {
    core.store
        .write(move |tx| {
            Box::pin(async move {
                let count = tx.execute(&delete).await?;
                authorise::keep_a_root(tx, root.as_ref()).await?;
                match ids {
                    Some(ids) if u64::try_from(ids.len()).is_ok_and(|named| count < named) => {
                        Err(gone(definition, &ids))
                    }
                    _ => Ok(count),
                }
            })
        })
        .await
}

/// What to say if not all of the named records are there.
fn gone(definition: &Definition, ids: &[i64]) -> Error {
    match ids {
        [id] => no_record(definition, *id),
        _ => {
            let message = format!("not all of these records are in `{}`", definition.name());
            Error::new(crate::ErrorKind::NotFound, "not_found", message)
        }
    }
}

/// Judges the users that would be gone; what has to be found then, if one is of role `root`.
async fn users(
    core: &Core,
    checks: &Checks<'_>,
    definition: &'static Definition,
    condition: &Condition,
) -> Result<Option<Statement>> {
    let select = rows::select(definition, condition.clone()).build().unbounded();
    let read = core.store.read(&select).await?;
    let stored: Vec<Row> = rows::from_values(definition, read).collect();
    for row in &stored {
        authorise::user(core, &checks.access, definition, None, Some(row))?;
    }
    let takes_root = stored.iter().any(|row| authorise::takes_root(core, None, row));
    Ok(takes_root.then(|| core.auth.account.a_root()))
}
