//! One unit with records and executions, and what follows it: synchronous workflows, the answer.
//!
//! From the commit on it is a task of its own, which no closed connection ends.

use std::collections::HashMap;
use std::sync::Arc;

use super::authorise;
use super::once::{Made, Once};
use super::plan::Plan;
use super::read::{Shown, load};
use super::report::Report;
use super::turns::Turns;
use super::{Answer, AnswerData, keyed, rows};
use crate::auth::Names;
use crate::change::{self, Telling, Told, Write};
use crate::collection::Row;
use crate::core::Core;
use crate::engine::signals::Sending;
use crate::error::Result;
use crate::execution::{Birth, NewExecution, NewStatus, bear, refuse_overlaps};
use crate::store::sql::Query;
use crate::store::{Statement, Store};
use crate::trigger::Firing;
use crate::watch;
use crate::workflow::Timing;

/// What a request writes and fires.
pub(super) struct Commit {
    /// The records, in the order they have to run.
    pub(super) statements: Vec<Write>,
    /// Finds the records that must not be there before the write.
    pub(super) absent: Vec<Statement>,
    pub(super) firing: Firing,
    /// What ran before the write.
    pub(super) report: Report,
    /// The records as they are answered.
    pub(super) data: AnswerData,
    /// What of them.
    pub(super) shown: Shown,
    /// Whether users are among what is written.
    pub(super) users: bool,
    /// The names that users are given.
    pub(super) names: Names,
    /// What is sent to executions.
    pub(super) signals: Vec<Sending>,
    /// What has to be found behind the write: a user who still holds the role `root`.
    pub(super) root: Option<Statement>,
    /// What the request is known by, if it has a key.
    pub(super) once: Option<Once>,
}

impl Commit {
    /// What a plan writes, and how it is answered; nothing fires, and nothing else is asked.
    pub(super) fn of(plan: Plan<'_>, data: AnswerData, shown: Shown) -> Self {
        let Plan { statements, users, names, .. } = plan;
        Self {
            statements,
            absent: Vec::new(),
            firing: Firing::default(),
            report: Report::new(Vec::new()),
            data,
            shown,
            users,
            names,
            signals: Vec::new(),
            root: None,
            once: None,
        }
    }

    /// Executions alone: no record is written.
    pub(super) fn alone(firing: Firing) -> Self {
        Self {
            statements: Vec::new(),
            absent: Vec::new(),
            firing,
            report: Report::new(Vec::new()),
            data: AnswerData::Unwritten,
            shown: Shown::NOTHING,
            users: false,
            names: Names::default(),
            signals: Vec::new(),
            root: None,
            once: None,
        }
    }

    /// Writes all of it or nothing, runs what is synchronous, and answers.
    ///
    /// `turns` end at the commit.
    ///
    /// # Errors
    /// The store's: nothing was written then.
    pub(super) async fn run(self, core: &Arc<Core>, turns: Turns) -> Result<Answer> {
        let is_sync = |execution: &NewExecution| execution.workflow.timing == Timing::Sync;
        let telling = change::judged(core, &self.statements).await?;
        if telling.is_none() && !self.firing.executions.iter().any(is_sync) {
            return self.finish(core, turns, None).await;
        }
        let core = Arc::clone(core);
        watch::spawn(async move { self.finish(&core, turns, telling).await }).await?
    }

    async fn finish(
        self,
        core: &Arc<Core>,
        turns: Turns,
        telling: Option<Telling>,
    ) -> Result<Answer> {
        let Self { statements, absent, firing, mut report, mut data, .. } = self;
        let Self { shown, users, names, signals, root, once, .. } = self;
        let Firing { mut executions, idle } = firing;
        let births = executions.iter_mut().map(|execution| execution.birth(core));
        let births = births.collect::<Result<Vec<_>>>()?;
        let once = once.map(|once| (once, Made::of(&data, &executions, &idle)));
        report.idle(idle);
        executions.iter().for_each(|execution| report.fired(execution));
        let is_sync = |execution: &&NewExecution| execution.status == NewStatus::StartedSync;
        let synchronous: Vec<NewExecution> = executions.iter().filter(is_sync).cloned().collect();
        let unit = Unit {
            statements,
            absent,
            telling,
            births,
            executions,
            names,
            signals,
            root,
            users,
            once,
            turns,
        };
        // What hears of the data's changes is done before what follows the action.
        let told = unit.write(core).await?.executions.into_iter();
        let synchronous = told.filter(|it| is_sync(&it)).chain(synchronous).collect();
        report.run(core, synchronous).await;
        if report.changed()
            && let Err(error) = refresh(&core.store, &mut data).await
        {
            tracing::warn!(%error, "written records cannot be read again");
        }
        append(core, &mut data, &shown).await;
        Ok(report.answer(data, shown.selection))
    }
}

/// What is written at once, and handed over at the commit whether the caller still waits or not.
struct Unit {
    statements: Vec<Write>,
    absent: Vec<Statement>,
    telling: Option<Telling>,
    births: Vec<Birth>,
    executions: Vec<NewExecution>,
    names: Names,
    signals: Vec<Sending>,
    root: Option<Statement>,
    users: bool,
    once: Option<(Once, Made)>,
    turns: Turns,
}

impl Unit {
    /// Writes it; the executions of collection events that it wrote as well.
    async fn write(self, core: &Arc<Core>) -> Result<Told> {
        let Self {
            statements,
            absent,
            telling,
            births,
            executions,
            names,
            signals,
            root,
            users,
            once,
            turns,
        } = self;
        let checks: Vec<_> = executions.iter().filter_map(NewExecution::overlap_check).collect();
        let (shared, after) = (Arc::clone(core), Arc::clone(core));
        let written = core.store.write_then(
            move |tx| {
                Box::pin(async move {
                    keyed::keep_absent(tx, &absent).await?;
                    refuse_overlaps(tx, &checks).await?;
                    let told = change::write(tx, &statements, telling.as_ref()).await?;
                    let ended = bear(tx, &births).await?;
                    names.check(tx).await?;
                    let mut woken = Vec::new();
                    for sending in &signals {
                        woken.extend(sending.apply(tx).await?);
                    }
                    authorise::keep_a_root(tx, root.as_ref()).await?;
                    if let Some((once, mut made)) = once {
                        made.add(&told.executions);
                        tx.batch(&once.keep(&shared, &made)?).await?;
                    }
                    crate::engine::failpoint("before_commit");
                    Ok((told, ended, woken))
                })
            },
            move |(told, ended, woken)| {
                let ended = told.ended.iter().chain(ended);
                ended.for_each(|ended| after.engine.ended(ended));
                after.engine.all_woken(woken);
                if users {
                    after.auth.users_changed();
                }
                let executions: Vec<_> =
                    told.executions.iter().cloned().chain(executions).collect();
                if !executions.is_empty() {
                    after.engine.committed(executions);
                }
                // Only now: the next change of the record hands over what it fires after this one.
                drop(turns);
            },
        );
        let (told, ..) = written.await.map_err(|error| core.registry.in_json(error))?;
        Ok(told)
    }
}

/// Reads the records again; one that is gone stays as it was.
async fn refresh(store: &Store, data: &mut AnswerData) -> Result<()> {
    let kept = records(data);
    let Some(definition) = kept.first().map(|row| row.definition) else { return Ok(()) };
    let ids: Vec<i64> = kept.iter().map(Row::id).collect();
    let mut fresh = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(rows::CHUNK) {
        let select = rows::select(definition, rows::with_ids(definition, chunk));
        let read = store.read(&select.build()).await?;
        fresh.extend(rows::from_values(definition, read).map(|row| (row.id(), row)));
    }
    for row in kept {
        if let Some(fresh) = fresh.remove(&row.id()) {
            *row = fresh;
        }
    }
    Ok(())
}

/// Loads the associations that the answer shows.
async fn append(core: &Core, data: &mut AnswerData, shown: &Shown) {
    if shown.branches.is_empty() {
        return;
    }
    let (store, limit) = (&core.store, core.settings.rows_limit);
    let rows = records(data);
    if let Err(error) = load(&mut { store }, rows, &shown.branches, limit).await {
        // The records are written: the answer says so, if without what belongs to them.
        tracing::warn!(%error, "the associations of written records cannot be loaded");
    }
}

fn records(data: &mut AnswerData) -> &mut [Row] {
    match data {
        AnswerData::One(row) => std::slice::from_mut(&mut **row),
        AnswerData::Many(rows) | AnswerData::Page { rows, .. } => rows.as_mut_slice(),
        AnswerData::Nothing | AnswerData::Unwritten | AnswerData::Count(_) => &mut [],
    }
}
