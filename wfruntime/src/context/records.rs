//! Nodes that write records.
//!
//! The typed methods turn drafts, changes and conditions into rows; the rest works on rows.

use std::sync::Arc;

use super::reads::columns;
use super::{Earlier, SyncContext};
use crate::change::Write;
use crate::collection::json::value_to_json;
use crate::collection::{
    Collection, DefaultValue, Definition, Filter, Id, IntoChanges, IntoDraft, Record, Row,
};
use crate::engine::run::{Begun, Effect};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::execution::wind_up::to;
use crate::execution::{Status, read_row, write_row};
use crate::store::sql::{Condition, Set, Update};
use crate::store::{BoxFuture, Expect};
use crate::value::{Type, Value};

/// What a node that writes gives, once it is done.
type Written<'a, T> = BoxFuture<'a, Result<T>>;

impl SyncContext {
    /// Creates a record.
    ///
    /// # Errors
    ///
    /// The record does not fit what is stored: a value has to be unique, or refers to no record.
    // No `async fn`: its future would name the draft's type, and an incomplete draft would be
    // told at the call and at the `await` as well.
    pub fn create<T: Collection>(&self, draft: impl IntoDraft<T>) -> Written<'_, Record<T>> {
        let draft = draft.into_draft().into_values();
        Box::pin(async move { Record::from_row(self.create_row(T::definition(), draft).await?) })
    }

    /// Changes the given fields of a record, and refreshes `record` with what is stored then.
    ///
    /// What was loaded with it stays; where a reference changed, what it leads to now is loaded.
    ///
    /// If the record is gone, the workflow ends as `failed`.
    ///
    /// # Errors
    ///
    /// As [`Self::create`].
    pub fn update<'a, T: Collection>(
        &'a self,
        record: &'a mut Record<T>,
        changes: impl IntoChanges<T>,
    ) -> Written<'a, ()> {
        let changes = changes.into_changes().into_values();
        Box::pin(async move {
            let earlier = Arc::new(Earlier::of(&self.run, record.to_row()));
            let row = self.update_row(T::definition(), &earlier, changes).await?;
            *record = Record::from_row(earlier.keep(row))?;
            Ok(())
        })
    }

    /// Changes every record that fits, and says how many did.
    ///
    /// # Errors
    ///
    /// As [`Self::create`].
    pub fn update_where<T: Collection>(
        &self,
        filter: Filter<T>,
        changes: impl IntoChanges<T>,
    ) -> Written<'_, u64> {
        let changes = changes.into_changes().into_values();
        let update = self.update_rows(T::definition(), filter.into_condition(), changes);
        Box::pin(update)
    }

    /// Deletes a record; nothing happens if it is gone.
    ///
    /// # Errors
    ///
    /// Another record refers to it and restricts that.
    pub async fn delete<T: Collection>(&self, record: impl Into<Id<T>>) -> Result<()> {
        let filter = Condition::eq("id", record.into().get());
        self.delete_rows(T::definition(), filter).await.map(drop)
    }

    /// Deletes every record that fits, and says how many that were.
    ///
    /// # Errors
    ///
    /// Another record refers to one of them and restricts that: none is deleted then.
    pub fn delete_where<T: Collection>(&self, filter: Filter<T>) -> BoxFuture<'_, Result<u64>> {
        Box::pin(self.delete_rows(T::definition(), filter.into_condition()))
    }

    async fn delete_rows(&self, definition: &'static Definition, filter: Condition) -> Result<u64> {
        let node = match self.begin("delete", definition.meta.rust).await? {
            Begun::Done(output) => return Ok(serde_json::from_str(&output)?),
            Begun::New(node) => node,
        };
        let write = Write::delete(self.run.core.registry, definition, filter, Expect::Any);
        Ok(self.run.commit(&node, Effect::Counted(write)).await?.changed)
    }

    async fn update_rows(
        &self,
        definition: &'static Definition,
        filter: Condition,
        changes: Vec<(usize, Value)>,
    ) -> Result<u64> {
        let mut node = match self.begin("update", definition.meta.rust).await? {
            Begun::Done(output) => return Ok(serde_json::from_str(&output)?),
            Begun::New(node) => node,
        };
        node.place.given(&named(definition, &changes));
        if let Err(error) = fits(definition.check_changes(&changes)) {
            return self.run.broke(&node, error).await;
        }
        let set = self.changed(definition, changes);
        let table = definition.table();
        let update = Update { table, set, filter, returning: Vec::new() };
        let write = Write::update(self.run.core.registry, definition, update, Expect::Any);
        Ok(self.run.commit(&node, Effect::Counted(write)).await?.changed)
    }

    async fn create_row(
        &self,
        definition: &'static Definition,
        given: Vec<Option<Value>>,
    ) -> Result<Row> {
        let node = match self.begin_on("create", definition).await? {
            Begun::Done(output) => return read_row(&output, definition),
            Begun::New(node) => node,
        };
        let fitting = fits(definition.check_new(&given));
        let values = match fitting.and_then(|()| self.filled(definition, given)) {
            Ok(values) => values,
            Err(error) => return self.run.broke(&node, error).await,
        };
        let row = Row::new(definition, values);
        let output = write_row(&row)?;
        let write = Write::insert(self.run.core.registry, &row);
        self.run.commit(&node, Effect::Fixed(vec![write], output)).await?;
        Ok(row)
    }

    /// All columns of a new record: given, by default, or set by the runtime.
    fn filled(
        &self,
        definition: &'static Definition,
        given: Vec<Option<Value>>,
    ) -> Result<Vec<Value>> {
        let core = &self.run.core;
        let (now, user) = (core.clock.now(), self.user());
        let mut values = Vec::with_capacity(definition.columns.len());
        for (index, (column, given)) in definition.columns.iter().zip(given).enumerate() {
            let value = match index {
                Definition::ID => core.ids.next(&core.clock).into(),
                Definition::CREATED_AT | Definition::UPDATED_AT => now.into(),
                Definition::CREATED_BY | Definition::UPDATED_BY => user.into(),
                _ => given.unwrap_or_else(|| match column.default() {
                    None => Value::Null,
                    Some(DefaultValue::User) => user.into(),
                    Some(DefaultValue::Value(value)) => value(),
                    Some(DefaultValue::Now) => moment(column.kind.ty(), now),
                }),
            };
            if value.is_null() && !column.nullable {
                let (field, name) = (column.json, definition.name());
                return Err(Error::invalid("required", format!("`{name}` needs `{field}`")));
            }
            values.push(value);
        }
        Ok(values)
    }

    async fn update_row(
        &self,
        definition: &'static Definition,
        earlier: &Arc<Earlier>,
        changes: Vec<(usize, Value)>,
    ) -> Result<Row> {
        let mut node = match self.begin_on("update", definition).await? {
            Begun::Done(output) if output == "null" => return Err(self.gone()),
            Begun::Done(output) => return read_row(&output, definition),
            Begun::New(node) => node,
        };
        node.place.given(&named(definition, &changes));
        if let Err(error) = fits(definition.check_changes(&changes)) {
            return self.run.broke(&node, error).await;
        }
        let update = Update {
            table: definition.table(),
            set: self.changed(definition, changes),
            filter: Condition::eq("id", earlier.id()),
            returning: columns(definition),
        };
        let write = Write::update(self.run.core.registry, definition, update, Expect::Any);
        let effect = Effect::Returned(write, definition, Arc::clone(earlier));
        // That there was no row is what the node gave: replay ends in the same way.
        self.run.commit(&node, effect).await?.row.ok_or_else(|| self.gone())
    }

    /// The columns that an update sets: the given ones, when and by whom.
    fn changed(
        &self,
        definition: &'static Definition,
        changes: Vec<(usize, Value)>,
    ) -> Vec<(&'static str, Set)> {
        let name = |index: usize| definition.columns[index].name;
        let mut set: Vec<_> =
            changes.into_iter().map(|(index, value)| (name(index), Set::To(value))).collect();
        set.push((name(Definition::UPDATED_AT), to(self.run.core.clock.now())));
        set.push((name(Definition::UPDATED_BY), to(self.user())));
        set
    }

    fn user(&self) -> Option<i64> {
        self.run.snapshot.user.as_ref().map(|user| user.id)
    }

    pub(super) fn gone(&self) -> Error {
        let text = "the record no longer exists";
        self.run.end(Status::Failed, Some(text.to_owned()), self.scope.within.as_ref());
        Error::new(ErrorKind::Ended, "record_gone", text)
    }
}

/// What an update was given, without what is hidden.
fn named(definition: &Definition, changes: &[(usize, Value)]) -> serde_json::Value {
    let shown = changes.iter().filter(|(index, _)| !definition.columns[*index].options.hidden);
    let named = shown
        .map(|(index, value)| (definition.columns[*index].json.to_owned(), value_to_json(value)));
    serde_json::Value::Object(named.collect())
}

/// Nothing, if there are no faults.
fn fits(faults: Vec<Fault>) -> Result<()> {
    if faults.is_empty() { Ok(()) } else { Err(Error::faults(ErrorKind::Invalid, faults)) }
}

/// The moment as a column of this type holds it, in UTC.
fn moment(ty: Type, now: jiff::Timestamp) -> Value {
    let local = now.to_zoned_datetime(jiff::tz::TimeZone::UTC);
    match ty {
        Type::Date => local.date().into(),
        Type::Time => local.time().into(),
        Type::DateTime => local.datetime().into(),
        _ => now.into(),
    }
}
