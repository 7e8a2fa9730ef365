//! `Idempotency-Key`: what a request came to, kept in the unit of what it wrote.
//!
//! It knows records and executions; it refuses to know HTTP: an answer is text to it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::read::{self, Shown};
use super::report::Report;
use super::{Answer, AnswerData, Asked, Fired, FiredStatus, Request, Verb, rows};
use crate::auth::Access;
use crate::collection::Row;
use crate::core::Core;
use crate::engine;
use crate::error::{Error, Result};
use crate::execution::NewExecution;
use crate::store::Statement;
use crate::store::schema::{ColumnSpec, IndexSpec, TableSpec};
use crate::store::sql::{
    Condition, Delete, Insert, Name, OnConflict, Op, Query as _, Select, Set, Update,
};
use crate::value::{Type, Value};
use crate::workflow::Timing;

const ANSWERS: Name = "wf_answers";

/// How long to wait for a request that is carried out now.
pub(crate) const WAIT: Duration = Duration::from_secs(1);

/// How many old answers are removed in one unit.
const BATCH: u64 = 200;

/// The table of what requests with a key came to.
pub(crate) fn tables() -> Vec<TableSpec> {
    vec![TableSpec {
        was: None,
        name: ANSWERS,
        columns: vec![
            ColumnSpec::new("scope", Type::Text),
            ColumnSpec::new("print", Type::Text),
            ColumnSpec::new("made", Type::Text),
            // Null until it was written down, which follows the commit.
            ColumnSpec::new("status", Type::Int).nullable(),
            ColumnSpec::new("answer", Type::Text).nullable(),
            ColumnSpec::new("created_at", Type::Timestamp),
        ],
        key: vec!["scope"],
        indexes: vec![IndexSpec { columns: vec!["created_at"], unique: false, only: None }],
    }]
}

/// A request that is carried out once, however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Once {
    /// Tells it from others: a hash of who asks, of the address and of the key.
    pub(crate) scope: String,
    /// A hash of what it asks, in which role.
    pub(crate) print: String,
}

/// What a request wrote and fired.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Made {
    /// The records that are answered.
    ids: Vec<i64>,
    is_array: bool,
    /// The number that is answered in place of records.
    count: Option<u64>,
    executions: Vec<i64>,
    /// Workflows that were named and did not fire, and whether they are switched off.
    idle: Vec<(String, bool)>,
}

impl Made {
    pub(super) fn of(data: &AnswerData, executions: &[NewExecution], idle: &[Fired]) -> Self {
        let (ids, is_array, count) = match data {
            AnswerData::Nothing | AnswerData::Unwritten => (Vec::new(), false, None),
            AnswerData::One(row) => (vec![row.id()], false, None),
            AnswerData::Many(rows) | AnswerData::Page { rows, .. } => {
                (rows.iter().map(Row::id).collect(), true, None)
            }
            AnswerData::Count(count) => (Vec::new(), false, Some(*count)),
        };
        let executions = executions.iter().map(|execution| execution.id).collect();
        let idle =
            idle.iter().map(|idle| (idle.key.to_owned(), idle.status == FiredStatus::Disabled));
        Self { ids, is_array, count, executions, idle: idle.collect() }
    }

    /// Adds the executions of events that the request waits for.
    pub(super) fn add(&mut self, told: &[NewExecution]) {
        let waited = told.iter().filter(|told| told.workflow.timing == Timing::Sync);
        self.executions.extend(waited.map(|told| told.id));
    }
}

/// What is known of a request that may have been sent before.
#[derive(Debug)]
pub(crate) enum Earlier {
    /// Nothing: it is the first.
    None,
    /// Its key was used for something else.
    Other,
    /// It was answered so.
    Answered(u16, String),
    /// It was carried out, and the process ended before the answer was written down.
    Made(Made),
}

impl Once {
    /// What keeps it, in the unit of the write.
    pub(super) fn keep(&self, core: &Core, made: &Made) -> Result<[Statement; 2]> {
        let old = Condition::eq("scope", self.scope.as_str()).and(is_old(core)?);
        let insert = Insert {
            table: ANSWERS,
            columns: vec!["scope", "print", "made", "created_at"],
            rows: vec![vec![
                self.scope.as_str().into(),
                self.print.as_str().into(),
                serde_json::to_string(made)?.into(),
                core.clock.now().into(),
            ]],
            conflict: OnConflict::Fail,
        };
        Ok([Delete { table: ANSWERS, filter: old }.build(), insert.build()])
    }

    /// Keeps it where there is nothing to write.
    pub(super) async fn keep_alone(&self, core: &Core, answer: &Answer) -> Result<()> {
        let kept = self.keep(core, &Made::of(&answer.data, &[], &answer.workflows))?;
        let write = core.store.write(move |tx| Box::pin(async move { tx.batch(&kept).await }));
        write.await.map(drop)
    }

    /// What is known of it.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn earlier(&self, core: &Core) -> Result<Earlier> {
        let is_it = Condition::eq("scope", self.scope.as_str());
        let select = Select {
            table: ANSWERS,
            columns: vec![
                ("print", Type::Text),
                ("made", Type::Text),
                ("status", Type::Int),
                ("answer", Type::Text),
            ],
            filter: is_it.and(Condition::Not(Box::new(is_old(core)?))),
            order: Vec::new(),
            limit: Some(1),
            offset: None,
        };
        let Some(row) = core.store.read(&select.build()).await?.into_iter().next() else {
            return Ok(Earlier::None);
        };
        Ok(match row.as_slice() {
            [Value::Text(print), ..] if *print != self.print => Earlier::Other,
            [_, _, Value::Int(status), Value::Text(answer)] => {
                Earlier::Answered(u16::try_from(*status)?, answer.clone())
            }
            [_, Value::Text(made), ..] => Earlier::Made(serde_json::from_str(made)?),
            _ => return Err(Error::internal("a kept answer is incomplete")),
        })
    }

    /// What it came to, if it has come before.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn made(&self, core: &Core) -> Result<Option<Made>> {
        let is_it = Condition::eq("scope", self.scope.as_str());
        let select = Select {
            table: ANSWERS,
            columns: vec![("made", Type::Text)],
            filter: is_it.and(Condition::Not(Box::new(is_old(core)?))),
            order: Vec::new(),
            limit: Some(1),
            offset: None,
        };
        let row = core.store.read(&select.build()).await?.into_iter().flatten().next();
        let made = row.as_ref().and_then(Value::as_text).map(serde_json::from_str);
        Ok(made.transpose()?)
    }

    /// Writes down how it was answered.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn answered(&self, core: &Core, status: u16, answer: String) -> Result<()> {
        let set =
            vec![("status", Set::To(i64::from(status).into())), ("answer", Set::To(answer.into()))];
        let filter = Condition::eq("scope", self.scope.as_str());
        let update = Update { table: ANSWERS, set, filter, returning: Vec::new() }.build();
        let write =
            core.store.write_reserved(move |tx| Box::pin(async move { tx.execute(&update).await }));
        write.await.map(drop)
    }
}

/// Holds for what is kept no longer.
fn is_old(core: &Core) -> Result<Condition> {
    let kept = jiff::SignedDuration::try_from(core.settings.idempotency)?;
    let before = core.clock.now().checked_sub(kept).unwrap_or(Timestamp::MIN);
    Ok(Condition::Compare("created_at", Op::Lte, before.into()))
}

/// The answer of a request that was carried out, from its records and executions as they are.
///
/// # Errors
/// The store's.
pub(crate) async fn again(core: &Core, asked: &Asked, made: &Made) -> Result<Answer> {
    let (data, shown) = match asked {
        Asked::Records(request) if request.verb != Verb::Trigger => {
            let access = Access::of(core, &request.identity);
            let shown = read::resolve(request.collection, &request.view, &access)?;
            let data = match made.count {
                Some(count) => AnswerData::Count(count),
                None => records(core, request, made, &shown).await?,
            };
            (data, shown)
        }
        _ => (AnswerData::Unwritten, Shown::NOTHING),
    };
    answered(core, made, data, shown).await
}

/// What a request without records that was carried out came to.
///
/// # Errors
/// The store's.
pub(super) async fn told(core: &Core, made: &Made) -> Result<Answer> {
    answered(core, made, AnswerData::Unwritten, Shown::NOTHING).await
}

async fn answered(core: &Core, made: &Made, data: AnswerData, shown: Shown) -> Result<Answer> {
    let idle = made.idle.iter().filter_map(|(key, is_disabled)| {
        let status = if *is_disabled { FiredStatus::Disabled } else { FiredStatus::Skipped };
        let key = core.registry.workflow(key)?.meta.key;
        Some(Fired { key, execution: None, status })
    });
    let mut report = Report::new(idle.collect());
    for ids in made.executions.chunks(rows::CHUNK) {
        let ids = ids.iter().map(|id| (*id).into()).collect();
        let order = vec![("id", false)];
        let limit = rows::CHUNK as u64;
        let (found, _) =
            engine::control::list(&core.store, Condition::In("id", ids), order, limit, 0).await?;
        for execution in found {
            if let Some(workflow) = core.registry.workflow(&execution.key) {
                report.stored(workflow.meta, execution);
            }
        }
    }
    Ok(report.answer(data, shown.selection))
}

async fn records(core: &Core, request: &Request, made: &Made, shown: &Shown) -> Result<AnswerData> {
    let definition = request.collection;
    let mut found = HashMap::with_capacity(made.ids.len());
    for ids in made.ids.chunks(rows::CHUNK) {
        let select = rows::select(definition, rows::with_ids(definition, ids)).build();
        let read = core.store.read(&select).await?;
        found.extend(rows::from_values(definition, read).map(|row| (row.id(), row)));
    }
    let mut rows: Vec<Row> = made.ids.iter().filter_map(|id| found.remove(id)).collect();
    let (mut source, limit) = (&core.store, core.settings.rows_limit);
    read::load(&mut source, &mut rows, &shown.branches, limit).await?;
    Ok(match (made.is_array, rows.pop()) {
        (true, last) => {
            rows.extend(last);
            AnswerData::Many(rows)
        }
        (false, Some(row)) => AnswerData::One(Box::new(row)),
        // It is gone.
        (false, None) => AnswerData::Nothing,
    })
}

/// Removes what is kept no longer, in small units.
///
/// # Errors
/// The store's.
pub(crate) async fn sweep(core: &Core) -> Result<()> {
    while !core.engine.is_closing() {
        let select = Select {
            table: ANSWERS,
            columns: vec![("scope", Type::Text)],
            filter: is_old(core)?,
            order: vec![("created_at", false)],
            limit: Some(BATCH),
            offset: None,
        };
        let old: Vec<Value> =
            core.store.read(&select.build()).await?.into_iter().flatten().collect();
        if old.is_empty() {
            break;
        }
        let filter = Condition::In("scope", old).and(is_old(core)?);
        let delete = Delete { table: ANSWERS, filter }.build();
        let write = core.store.write(move |tx| Box::pin(async move { tx.execute(&delete).await }));
        if write.await? == 0 {
            break;
        }
    }
    Ok(())
}

/// The requests with a key that are carried out now: what each asks, by its scope.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnderWay(Arc<Mutex<HashMap<String, String>>>);

/// Held while a request is carried out.
#[derive(Debug)]
pub(crate) struct Place {
    under_way: UnderWay,
    scope: String,
}

impl UnderWay {
    /// Takes the place of a request; if it is taken, what is asked by whoever has it.
    pub(crate) fn enter(&self, once: &Once) -> Result<Place, String> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(print) = places.get(&once.scope) {
            return Err(print.clone());
        }
        places.insert(once.scope.clone(), once.print.clone());
        Ok(Place { under_way: self.clone(), scope: once.scope.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.under_way.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.remove(&self.scope);
    }
}
