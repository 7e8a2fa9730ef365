//! `destroy`: by id, by several, or by filter; it answers how many records are gone.
//!
//! No post-action fires: they follow what makes or changes records. Collection events hear of it.

use std::sync::Arc;

use super::before::{Asked, Stage};
use super::checks::Checks;
use super::once::Made;
use super::read::{no_record, within};
use super::report::Report;
use super::{Answer, AnswerData, Once, Request, authorise, filter, holders, rows};
use crate::change::{self, Telling, Told, Write};
use crate::collection::json::Selection;
use crate::collection::{Definition, Row};
use crate::core::Core;
use crate::error::{Error, Fault, Result};
use crate::execution::{NewExecution, NewStatus};
use crate::store::sql::{Condition, Query};
use crate::store::{Expect, Statement, Tx};
use crate::trigger::{self, Named};
use crate::watch;

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
    let named = Named::In(request.triggers.as_deref());
    let mut matches =
        trigger::matches(core, &checks.access, definition, "destroy", named, &mut checks.faults)
            .await?;
    let listening = trigger::before(core, &checks.access, definition, &["destroy"]).await?;
    matches.before.extend(listening);
    checks.check()?;
    checks.parent(request).await?;
    let asked = Asked { ids: ids.clone().unwrap_or_default(), columns: Vec::new() };
    let stage = checks.before(request, "destroy").run(&matches.before, vec![asked]).await?;
    let mut report = match stage {
        Stage::Refused(answer) => return Ok(*answer),
        Stage::Goes(report, _) => report,
    };
    report.idle(matches.passed_over());
    all.extend(checks.grant.scope(definition, checks.access.user()));
    all.extend(request.through.map(within));
    all.extend(ids.as_ref().map(|ids| rows::with_ids(definition, ids)));
    let condition = Condition::All(all);
    let root = match definition.meta.account {
        true => users(core, &checks, definition, &condition).await?,
        false => None,
    };
    let filter = condition.clone();
    let write = Write::delete(core.registry, definition, condition, Expect::Any);
    let telling = change::judged(core, std::slice::from_ref(&write)).await?;
    let once = request.once.clone();
    let unit = Unit { write, telling, definition, ids, root, once };
    match unit.commit(core, report).await {
        Err(error) => Err(holders::named(core, definition, &filter, error).await),
        done => done,
    }
}

/// What is destroyed at once, with what follows it.
struct Unit {
    write: Write,
    telling: Option<Telling>,
    definition: &'static Definition,
    /// The records that are named, if they are.
    ids: Option<Vec<i64>>,
    /// What has to be found behind it.
    root: Option<Statement>,
    /// What the request is known by, if it has a key.
    once: Option<Once>,
}

impl Unit {
    /// Destroys it, runs what hears of it synchronously, and answers how many records are gone.
    async fn commit(self, core: &Arc<Core>, report: Report) -> Result<Answer> {
        if self.telling.is_none() {
            return self.finish(core, report).await;
        }
        // From the commit on no closed connection ends it.
        let core = Arc::clone(core);
        watch::spawn(async move { self.finish(&core, report).await }).await?
    }

    async fn finish(self, core: &Arc<Core>, mut report: Report) -> Result<Answer> {
        let is_account = self.definition.meta.account;
        let (shared, after) = (Arc::clone(core), Arc::clone(core));
        let written = core.store.write_then(
            move |tx| Box::pin(async move { self.apply(tx, &shared).await }),
            move |(_, told): &(u64, Told)| {
                told.ended.iter().for_each(|ended| after.engine.ended(ended));
                if is_account {
                    after.auth.users_changed();
                }
                if !told.executions.is_empty() {
                    after.engine.committed(told.executions.clone());
                }
            },
        );
        let (count, told) = written.await?;
        let is_sync = |it: &NewExecution| it.status == NewStatus::StartedSync;
        report.run(core, told.executions.into_iter().filter(is_sync).collect()).await;
        Ok(report.answer(AnswerData::Count(count), Selection::ALL))
    }

    async fn apply(self, tx: &mut Tx, core: &Core) -> Result<(u64, Told)> {
        let Self { write, telling, definition, ids, root, once } = self;
        let mut changes = telling.as_ref().map(Telling::changes).unwrap_or_default();
        let count = write.execute(tx, &mut changes).await?;
        authorise::keep_a_root(tx, root.as_ref()).await?;
        if let Some(ids) = ids
            && u64::try_from(ids.len()).is_ok_and(|named| count < named)
        {
            return Err(gone(definition, &ids));
        }
        let told = change::tell(tx, telling.as_ref(), &changes).await?;
        if let Some(once) = once {
            let mut made = Made::of(&AnswerData::Count(count), &[], &[]);
            made.add(&told.executions);
            tx.batch(&once.keep(core, &made)?).await?;
        }
        crate::engine::failpoint("before_commit");
        Ok((count, told))
    }
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
