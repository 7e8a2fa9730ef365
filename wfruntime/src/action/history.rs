//! What ran for a record, as those may know who may see the record.

use serde::Serialize;

use super::{Verb, rows};
use crate::action::read::no_record;
use crate::auth::Access;
use crate::collection::Definition;
use crate::core::Core;
use crate::engine::{control, tasks};
use crate::error::Result;
use crate::execution::{Execution, Status};
use crate::identity::Identity;
use crate::store::sql::{Condition, Query as _};

/// One execution, without what it saw and did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ran {
    execution: i64,
    key: String,
    title: String,
    status: &'static str,
    /// What `end failed` said, or the one who said no.
    message: Option<String>,
    /// Who fired it; none if who asks may not know what users are called.
    nickname: Option<String>,
    role_name: String,
    created_at: String,
    finished_at: Option<String>,
}

/// The executions of a record that `identity` may know of, the newest first, and how many there
/// are.
///
/// That are those of the workflows that its role may name, those that it fired itself, and those
/// that ask or have asked it to decide something.
///
/// # Errors
///
/// [`crate::ErrorKind::Forbidden`] if the role sees nothing of the collection,
/// [`crate::ErrorKind::NotFound`] if the record is not there, or not to be seen.
pub(crate) async fn history(
    core: &Core,
    identity: &Identity,
    definition: &'static Definition,
    id: i64,
    (limit, offset): (u64, u64),
) -> Result<(Vec<Ran>, u64)> {
    let access = Access::of(core, identity);
    let scope = access.may(Verb::Get, definition)?.scope(definition, access.user());
    let filter = scope.into_iter().fold(rows::with_ids(definition, &[id]), Condition::and);
    if core.store.read(&rows::select(definition, filter).build()).await?.is_empty() {
        return Err(no_record(definition, id));
    }
    let of_it = Condition::eq("collection", definition.name()).and(Condition::eq("record_id", id));
    let filter = of_it.and(known(core, &access, identity));
    let (found, count) = control::list(&core.store, filter, Vec::new(), limit, offset).await?;
    let names = names(core, &access, &found).await?;
    let ran = found.into_iter().map(|execution| {
        let workflow = core.workflows.get(&execution.key);
        let says_why = matches!(execution.status, Status::Failed | Status::Rejected);
        let nickname = execution.user_id.and_then(|user| {
            names.iter().find(|(id, _)| *id == user).map(|(_, name)| name.clone())
        });
        Ran {
            execution: execution.id,
            title: workflow.map_or(&*execution.key, |(meta, _)| meta.title).to_owned(),
            key: execution.key,
            status: execution.status.as_str(),
            message: execution.error.filter(|_| says_why),
            nickname,
            role_name: execution.role,
            created_at: execution.created_at.to_string(),
            finished_at: execution.finished_at.map(|at| at.to_string()),
        }
    });
    Ok((ran.collect(), count))
}

/// Which executions there are for who asks.
fn known(core: &Core, access: &Access, identity: &Identity) -> Condition {
    if access.is_administrator() {
        return Condition::always();
    }
    let workflows = core.registry.workflows().iter();
    let keys = workflows.filter(|workflow| access.may_workflow(workflow.meta));
    let keys = keys.map(|workflow| workflow.meta.key.into()).collect();
    let mut any = vec![Condition::In("key", keys)];
    any.extend(access.user().map(|user| Condition::eq("user_id", user)));
    if access.may_tasks() {
        any.push(tasks::asked(identity));
    }
    Condition::Any(any)
}

/// What those are called who fired the executions, as far as the role may see it.
async fn names(core: &Core, access: &Access, found: &[Execution]) -> Result<Vec<(i64, String)>> {
    let account = &core.auth.account;
    let sees = account
        .names()
        .next()
        .is_some_and(|nickname| access.may_view_field(account.definition, nickname));
    let own_only = access.grant(Verb::Get, account.definition).is_none_or(|grant| grant.own);
    let is_shown = |user: &i64| Some(*user) == access.user() || (sees && !own_only);
    let mut ids: Vec<i64> =
        found.iter().filter_map(|execution| execution.user_id).filter(is_shown).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(account.nicknames(core, &ids).await?.into_iter().collect())
}
