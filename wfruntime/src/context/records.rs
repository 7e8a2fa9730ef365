//! Nodes that read and write records.
//!
//! The typed methods turn drafts, changes and conditions into rows; the rest works on rows.

use crate::collection::{
    Collection, DefaultValue, Definition, Filter, Id, IntoChanges, IntoDraft, Record, Row,
};
use crate::context::SyncContext;
use crate::engine::run::{Begun, Effect, Node, Verdict};
use crate::error::{Error, ErrorKind, Fault, Result};
use crate::execution::wind_up::to;
use crate::execution::{Status, read_row, write_row};
use crate::store::sql::{Condition, Count, Delete, Insert, OnConflict, Query, Select, Set, Update};
use crate::store::{BoxFuture, Values};
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
            let row = self.update_row(T::definition(), record.id.get(), changes).await?;
            // What was loaded with it stays, unless the reference was changed.
            *record = Record::from_row(with_loaded(row, record.to_row()))?;
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
        let definition = T::definition();
        let Begun::New(node) = self.begin("delete", definition.meta.rust).await? else {
            return Ok(());
        };
        let filter = Condition::eq("id", record.into().get());
        let delete = Delete { table: definition.table(), filter };
        self.run.commit(&node, Effect::Counted(delete.build())).await?;
        Ok(())
    }

    /// The first record that fits, by id.
    ///
    /// # Errors
    ///
    /// A stored value does not fit its field.
    pub async fn find<T: Collection>(&self, filter: Filter<T>) -> Result<Option<Record<T>>> {
        let rows = self.read_rows("find", T::definition(), filter.into_condition(), Some(1));
        rows.await?.pop().map(Record::from_row).transpose()
    }

    /// The record with this id, or nothing if it is gone.
    ///
    /// # Errors
    ///
    /// As [`Self::find`].
    pub async fn get<T: Collection>(&self, id: Id<T>) -> Result<Option<Record<T>>> {
        let rows = self.read_rows("get", T::definition(), Condition::eq("id", id.get()), Some(1));
        rows.await?.pop().map(Record::from_row).transpose()
    }

    /// All records that fit, by id.
    ///
    /// # Errors
    ///
    /// As [`Self::find`]; also if they are too many to be kept.
    pub async fn list<T: Collection>(&self, filter: Filter<T>) -> Result<Vec<Record<T>>> {
        let rows = self.read_rows("list", T::definition(), filter.into_condition(), None);
        rows.await?.into_iter().map(Record::from_row).collect()
    }

    /// How many records fit.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    pub async fn count<T: Collection>(&self, filter: Filter<T>) -> Result<u64> {
        let definition = T::definition();
        let node = match self.begin("count", definition.meta.rust).await? {
            Begun::Done(output) => return Ok(serde_json::from_str(&output)?),
            Begun::New(node) => node,
        };
        let query = Count { table: definition.table(), filter: filter.into_condition() };
        let rows = self.run.read(&node, &query.build().unbounded()).await?;
        let count = rows.first().and_then(|row| row.first()).and_then(Value::as_int).unwrap_or(0);
        self.run.keep(&node, count.to_string()).await?;
        Ok(count.cast_unsigned())
    }

    /// Reads a record again; what was loaded with it stays.
    ///
    /// If the record is gone, the workflow ends as `failed`.
    ///
    /// # Errors
    ///
    /// As [`Self::find`].
    pub async fn refresh<T: Collection>(&self, record: &mut Record<T>) -> Result<()> {
        let filter = Condition::eq("id", record.id.get());
        let found = self.read_rows("refresh", T::definition(), filter, Some(1)).await?.pop();
        let Some(row) = found else { return Err(self.gone()) };
        *record = Record::from_row(with_loaded(row, record.to_row()))?;
        Ok(())
    }

    async fn update_rows(
        &self,
        definition: &'static Definition,
        filter: Condition,
        changes: Vec<(usize, Value)>,
    ) -> Result<u64> {
        let node = match self.begin("update", definition.meta.rust).await? {
            Begun::Done(output) => return Ok(serde_json::from_str(&output)?),
            Begun::New(node) => node,
        };
        if let Err(error) = fits(definition.check_changes(&changes)) {
            return self.run.broke(&node, error).await;
        }
        let set = self.changed(definition, changes);
        let table = definition.table();
        let update = Update { table, set, filter, returning: Vec::new() };
        Ok(self.run.commit(&node, Effect::Counted(update.build())).await?.changed)
    }

    async fn create_row(
        &self,
        definition: &'static Definition,
        given: Vec<Option<Value>>,
    ) -> Result<Row> {
        let node = match self.begin("create", definition.meta.rust).await? {
            Begun::Done(output) => return read_row(&output, definition),
            Begun::New(node) => node,
        };
        let fitting = fits(definition.check_new(&given));
        let values = match fitting.and_then(|()| self.filled(definition, given)) {
            Ok(values) => values,
            Err(error) => return self.run.broke(&node, error).await,
        };
        let row = Row::new(definition, values);
        let insert = Insert {
            table: definition.table(),
            columns: definition.columns.iter().map(|column| column.name).collect(),
            rows: vec![row.values.clone()],
            conflict: OnConflict::Fail,
        };
        let output = write_row(&row)?;
        self.run.commit(&node, Effect::Fixed(vec![insert.build()], output)).await?;
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
        id: i64,
        changes: Vec<(usize, Value)>,
    ) -> Result<Row> {
        let node = match self.begin("update", definition.meta.rust).await? {
            Begun::Done(output) if output == "null" => return Err(self.gone()),
            Begun::Done(output) => return read_row(&output, definition),
            Begun::New(node) => node,
        };
        if let Err(error) = fits(definition.check_changes(&changes)) {
            return self.run.broke(&node, error).await;
        }
        let update = Update {
            table: definition.table(),
            set: self.changed(definition, changes),
            filter: Condition::eq("id", id),
            returning: columns(definition),
        };
        let effect = Effect::Returned(update.build(), definition);
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

    async fn read_rows(
        &self,
        kind: &'static str,
        definition: &'static Definition,
        filter: Condition,
        limit: Option<u64>,
    ) -> Result<Vec<Row>> {
        let node: Node = match self.begin(kind, definition.meta.rust).await? {
            Begun::Done(output) => return read_output(&output, definition),
            Begun::New(node) => node,
        };
        let query = Select {
            table: definition.table(),
            columns: columns(definition),
            filter,
            order: vec![("id", false)],
            limit,
            offset: None,
        };
        let query = query.build();
        let query = if limit.is_none() { query.unbounded() } else { query };
        let rows: Vec<Values> = self.run.read(&node, &query).await?;
        let rows: Vec<Row> = rows.into_iter().map(|values| Row::new(definition, values)).collect();
        let written = rows.iter().map(write_row).collect::<Result<Vec<_>>>()?;
        self.run.keep(&node, format!("[{}]", written.join(","))).await?;
        Ok(rows)
    }

    fn user(&self) -> Option<i64> {
        self.run.snapshot.user.as_ref().map(|user| user.id)
    }

    fn gone(&self) -> Error {
        let text = "the record no longer exists";
        self.run.decide(Verdict::Final(Status::Failed, Some(text.to_owned())));
        Error::new(ErrorKind::Ended, "record_gone", text)
    }
}

fn columns(definition: &Definition) -> Vec<(&'static str, Type)> {
    definition.columns.iter().map(|column| (column.name, column.kind.ty())).collect()
}

/// Nothing, if there are no faults.
fn fits(faults: Vec<Fault>) -> Result<()> {
    if faults.is_empty() { Ok(()) } else { Err(Error::faults(ErrorKind::Invalid, faults)) }
}

fn read_output(output: &str, definition: &'static Definition) -> Result<Vec<Row>> {
    let rows: Vec<&serde_json::value::RawValue> = serde_json::from_str(output)?;
    rows.into_iter().map(|row| read_row(row.get(), definition)).collect()
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

/// The row, with what was loaded with an earlier state of it, as far as it still fits.
fn with_loaded(mut row: Row, mut earlier: Row) -> Row {
    use crate::collection::AssociationKind::BelongsTo;
    for (index, association) in row.definition.associations.iter().enumerate() {
        let Some(loaded) = earlier.loaded.get_mut(index).and_then(Option::take) else { continue };
        let changed = match association.kind {
            BelongsTo { column } => row.values[column] != earlier.values[column],
            _ => false,
        };
        if !changed {
            row.load(index, loaded);
        }
    }
    row
}
