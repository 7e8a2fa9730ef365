//! What a handler of the program's own writes: planned while it runs, stored when it is done.
//!
//! The program's code decides what its callers may do; nothing here asks for grants.

use std::sync::{Arc, Mutex, PoisonError};

use super::again::Tries;
use super::commit::Commit;
use super::faults::Faults;
use super::found::Found;
use super::plan::{Guard, Plan, new_row};
use super::read::{Shown, no_record};
use super::report::Report;
use super::turns;
use super::update::changed;
use super::{Answer, AnswerData, Once, holders, keyed, rows};
use crate::auth::owner_column;
use crate::collection::{Definition, Row, same_key};
use crate::core::Core;
use crate::engine::signals::{NewSignal, Sending};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::identity::Identity;
use crate::store::Statement;
use crate::store::sql::{Condition, Query};
use crate::trigger::{Act, Event, Matches};
use crate::value::Value;

/// What one handler plans to write; a clone is the same.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Inner>);

struct Inner {
    core: Arc<Core>,
    identity: Identity,
    writes: Mutex<Vec<Write>>,
    signals: Mutex<Vec<Planned>>,
    /// Finds the records that must not be there when those planned are made.
    absent: Mutex<Vec<Statement>>,
}

/// A signal to the executions of a workflow for a record.
#[derive(Debug, Clone)]
struct Planned {
    key: &'static str,
    record: i64,
    signal: NewSignal,
}

/// One planned write.
#[derive(Debug, Clone)]
enum Write {
    /// A new record, and the columns that were given.
    Create(Row, Vec<usize>),
    Update(&'static Definition, i64, Vec<(usize, Value)>),
    Delete(&'static Definition, i64),
}

impl Write {
    fn target(&self) -> (&'static Definition, i64) {
        match self {
            Self::Create(row, _) => (row.definition, row.id()),
            Self::Update(definition, id, _) | Self::Delete(definition, id) => (definition, *id),
        }
    }
}

impl Desk {
    pub(crate) fn new(core: &Arc<Core>, identity: Identity) -> Self {
        let (core, writes) = (Arc::clone(core), Mutex::default());
        let (signals, absent) = (Mutex::default(), Mutex::default());
        Self(Arc::new(Inner { core, identity, writes, signals, absent }))
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.0.core
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.0.identity
    }

    /// Plans a new record.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] with every value that is missing or over a limit.
    pub(crate) fn create(
        &self,
        definition: &'static Definition,
        values: Vec<Option<Value>>,
    ) -> Result<Row> {
        let mut faults = definition.check_new(&values);
        let given = given(values);
        let columns = given.iter().map(|(index, _)| *index).collect();
        let (core, user) = (self.core(), self.identity().user_id());
        let row = new_row(core, user, core.clock.now(), definition, given);
        for (column, value) in definition.columns.iter().zip(&row.values) {
            let is_told = faults.iter().any(|fault| fault.field.as_deref() == Some(column.json));
            if value.is_null() && !column.nullable && !is_told {
                let message = format!("`{}` is required", column.json);
                faults.push(Fault::new("required", message).at(column.json));
            }
        }
        if !faults.is_empty() {
            return Err(Error::faults(ErrorKind::Invalid, faults));
        }
        self.plan(Write::Create(row.clone(), columns));
        Ok(row)
    }

    /// Plans the change of a record, and gives it as it will be.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if it is not there, [`ErrorKind::Invalid`] with every value that is
    /// over a limit.
    pub(crate) async fn update(
        &self,
        definition: &'static Definition,
        id: i64,
        columns: Vec<(usize, Value)>,
    ) -> Result<Row> {
        let mut faults = Faults::default();
        for (index, value) in &columns {
            faults.invalid.extend(definition.columns[*index].check(value).err());
        }
        faults.check()?;
        let mut row = self.get(definition, id).await?;
        for (index, value) in &columns {
            row.values[*index] = value.clone();
        }
        self.plan(Write::Update(definition, id, columns));
        Ok(row)
    }

    /// The record whose `keys` have these values, or a new one that is planned; if it `updates`,
    /// the change of the one that is there is planned, too.
    ///
    /// # Errors
    /// As [`Self::create`] and [`Self::update`].
    pub(crate) async fn keyed(
        &self,
        definition: &'static Definition,
        keys: &[&str],
        values: Vec<Option<Value>>,
        updates: bool,
    ) -> Result<Row> {
        let only = same_key(definition, keys, &values)?;
        let found = match self.planned(definition, keys, &values) {
            Some(id) => Some(self.get(definition, id).await?),
            None => keyed::stored(self.core(), definition, only.clone()).await?,
        };
        match found {
            None => self.create_only(definition, values, &only),
            Some(row) if updates => self.update(definition, row.id(), given(values)).await,
            Some(row) => Ok(row),
        }
    }

    /// Plans a new record; the commit fails if by then there is one that fits `only`.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub(crate) fn create_only(
        &self,
        definition: &'static Definition,
        values: Vec<Option<Value>>,
        only: &Condition,
    ) -> Result<Row> {
        let row = self.create(definition, values)?;
        let mut absent = self.0.absent.lock().unwrap_or_else(PoisonError::into_inner);
        absent.push(keyed::any(definition, only));
        Ok(row)
    }

    /// The new record among those planned whose `keys` have these values.
    fn planned(
        &self,
        definition: &'static Definition,
        keys: &[&str],
        values: &[Option<Value>],
    ) -> Option<i64> {
        let has_key = |row: &Row| {
            let mut columns = definition.columns.iter().zip(values).zip(&row.values);
            row.definition == definition
                && columns.all(|((column, value), planned)| {
                    !keys.contains(&column.name) || value.as_ref() == Some(planned)
                })
        };
        self.writes(|writes| {
            writes.iter().find_map(|write| match write {
                Write::Create(row, _) if has_key(row) => Some(row.id()),
                _ => None,
            })
        })
    }

    /// Plans a signal to every open execution of a workflow for a record.
    ///
    /// # Errors
    /// As [`NewSignal::new`].
    pub(crate) fn signal(
        &self,
        key: &'static str,
        record: i64,
        name: &str,
        payload: &serde_json::Value,
    ) -> Result<()> {
        let signal = NewSignal::new(self.core(), self.identity(), name, payload)?;
        let mut signals = self.0.signals.lock().unwrap_or_else(PoisonError::into_inner);
        signals.push(Planned { key, record, signal });
        Ok(())
    }

    async fn sendings(&self) -> Result<Vec<Sending>> {
        let planned = self.0.signals.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut sendings = Vec::with_capacity(planned.len());
        for Planned { key, record, signal } in &planned {
            sendings.push(signal.to_record(self.core(), key, *record).await?);
        }
        Ok(sendings)
    }

    /// Plans that a record is destroyed.
    pub(crate) fn delete(&self, definition: &'static Definition, id: i64) {
        self.plan(Write::Delete(definition, id));
    }

    /// A record as it will be after what was planned so far.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is none.
    pub(crate) async fn get(&self, definition: &'static Definition, id: i64) -> Result<Row> {
        let writes: Vec<Write> = self.writes(|writes| {
            writes.iter().filter(|it| it.target() == (definition, id)).cloned().collect()
        });
        let mut row = match writes.first() {
            Some(Write::Create(row, _)) => Some(row.clone()),
            _ => stored(self.core(), definition, &[id]).await?.pop(),
        };
        for write in &writes {
            match write {
                Write::Create(..) => {}
                Write::Delete(..) => row = None,
                Write::Update(_, _, columns) => {
                    for (index, value) in columns {
                        if let Some(row) = &mut row {
                            row.values[*index] = value.clone();
                        }
                    }
                }
            }
        }
        row.ok_or_else(|| no_record(definition, id))
    }

    /// Stores what was planned, with the executions of `matches` for `record`, and answers it.
    ///
    /// # Errors
    /// A record is not there any more, or the store's; nothing was written then.
    pub(crate) async fn commit(&self, done: &Done<'_>) -> Result<Answer> {
        let mut tries = Tries::first();
        loop {
            match self.attempt(done).await {
                Err(error) if error.is_overtaken() && tries.another() => {}
                answer => return self.named(answer).await,
            }
        }
    }

    /// The same answer; if others hold what was to be destroyed, an error that names whose.
    async fn named(&self, answer: Result<Answer>) -> Result<Answer> {
        let Err(mut error) = answer else { return answer };
        let deleted = self.writes(|writes| {
            let deletes = writes.iter().filter(|it| matches!(it, Write::Delete(..)));
            deletes.map(Write::target).collect::<Vec<_>>()
        });
        for (definition, id) in deleted {
            let filter = rows::with_ids(definition, &[id]);
            error = holders::named(self.core(), definition, &filter, error).await;
        }
        Err(error)
    }

    async fn attempt(&self, done: &Done<'_>) -> Result<Answer> {
        let core = self.core();
        let writes: Vec<Write> = self.writes(|writes| writes.clone());
        let turns = turns::take(writes.iter().map(|write| write.target().1)).await;
        let found = self.found(&writes, done).await?;
        let user = self.identity().user_id();
        let mut plan = Plan::new(core, &found, user, true);
        for write in writes {
            match write {
                Write::Create(row, given) => plan.insert(&row, &given),
                Write::Update(definition, id, columns) => {
                    let before = plan.current(definition, id)?;
                    plan.change(&before, columns, Guard::Unchanged);
                }
                Write::Delete(definition, id) => plan.delete(definition, id),
            }
        }
        let (definition, id) = (done.record.definition, done.record.id());
        let written = plan.written.get(definition, id);
        let row = written.map_or_else(|| done.record.clone(), |entry| entry.row.clone());
        let before = written.and_then(|_| found.row(definition, id)).cloned();
        let changed = match (&before, written) {
            (Some(before), _) => changed(before, &row),
            (None, Some(entry)) => entry.given.clone(),
            (None, None) => Vec::new(),
        };
        let event = Event { row: row.clone(), before, changed };
        let act = Act { core, identity: self.identity(), action: done.action, input: None };
        let firing = act.fire(done.matches, &[event], &plan.written).await?;
        let (data, shown) = (AnswerData::One(Box::new(row)), done.shown.clone());
        let (signals, once) = (self.sendings().await?, done.once.clone());
        let report = done.report.clone();
        // Which roles the program itself gives its users is its own decision: no root is kept.
        let absent = self.0.absent.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let of_plan = Commit::of(plan, data, shown);
        let commit = Commit { absent, firing, report, signals, once, ..of_plan };
        commit.run(core, turns).await
    }

    /// The stored records that are changed.
    async fn found(&self, writes: &[Write], done: &Done<'_>) -> Result<Found> {
        let mut found = Found::default();
        let is_new = |target| {
            writes.iter().any(|it| matches!(it, Write::Create(..)) && it.target() == target)
        };
        let is_reached = |row: &Row| {
            let owner = row.values[owner_column(row.definition)].as_int();
            let is_guarded = done.is_own && row.definition == done.record.definition;
            !is_guarded || (owner.is_some() && owner == self.identity().user_id())
        };
        let (definition, id) = (done.record.definition, done.record.id());
        if !is_new((definition, id)) && !is_reached(&done.record) {
            return Err(no_record(definition, id));
        }
        for write in writes.iter().filter(|write| !matches!(write, Write::Create(..))) {
            let (definition, id) = write.target();
            if is_new((definition, id)) || found.row(definition, id).is_some() {
                continue;
            }
            let row = stored(self.core(), definition, &[id]).await?.pop();
            match row.filter(is_reached) {
                Some(row) => found.put(row),
                None => return Err(no_record(definition, id)),
            }
        }
        Ok(found)
    }

    fn plan(&self, write: Write) {
        self.0.writes.lock().unwrap_or_else(PoisonError::into_inner).push(write);
    }

    fn writes<T>(&self, look: impl FnOnce(&Vec<Write>) -> T) -> T {
        look(&self.0.writes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a handler came to.
pub(crate) struct Done<'a> {
    /// The record that it is about.
    pub(crate) record: Row,
    /// The action that global workflows listen to.
    pub(crate) action: &'a str,
    pub(crate) matches: &'a Matches,
    /// What ran before the write.
    pub(super) report: Report,
    pub(crate) shown: Shown,
    /// Whether only records of the user may be changed in the record's collection.
    pub(crate) is_own: bool,
    /// What the request is known by, if it has a key.
    pub(crate) once: Option<Once>,
}

/// The columns that have a value, by their index.
pub(super) fn given(values: Vec<Option<Value>>) -> Vec<(usize, Value)> {
    let values = values.into_iter().enumerate();
    values.filter_map(|(index, value)| Some((index, value?))).collect()
}

async fn stored(core: &Core, definition: &'static Definition, ids: &[i64]) -> Result<Vec<Row>> {
    let select = rows::select(definition, rows::with_ids(definition, ids));
    Ok(rows::from_values(definition, core.store.read(&select.build()).await?).collect())
}
