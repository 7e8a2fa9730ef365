//! Nodes that read records.
//!
//! What was read is written down with the next unit, so that a replay sees the same.

use std::future::IntoFuture;

use crate::collection::{Collection, Definition, FieldRef, Filter, Id, Ordered, Record, Row};
use crate::context::{Earlier, SyncContext};
use crate::engine::run::{Begun, Node};
use crate::error::{Error, ErrorKind, Result};
use crate::execution::{read_row, write_row};
use crate::store::BoxFuture;
use crate::store::sql::{Condition, Count, Name, Query, Select};
use crate::value::{Type, Value};

/// The fewest bytes of a record as it is written down; more records than these are over the limit.
const LEAST: usize = 64;

/// A search for one record; awaiting it gives the first one that fits, or none.
#[must_use = "nothing is read until it is awaited"]
pub struct Find<T> {
    cx: SyncContext,
    filter: Filter<T>,
    order: Vec<(Name, bool)>,
}

/// A search for records; awaiting it gives those that fit.
#[must_use = "nothing is read until it is awaited"]
pub struct List<T> {
    cx: SyncContext,
    filter: Filter<T>,
    order: Vec<(Name, bool)>,
    limit: Option<u64>,
}

impl SyncContext {
    /// The first record that fits, by id unless [`Find::order`] says otherwise.
    ///
    /// Awaiting it fails if a stored value does not fit its field.
    ///
    /// ```
    /// # use wfruntime::{collection::Filter, prelude::*};
    /// # #[collection] pub struct Offer { pub price: Decimal }
    /// # async fn example(cx: &Context) -> Result<()> {
    /// let cheapest = cx.find(Filter::<Offer>::all()).order(Offer::FIELDS.price, false).await?;
    /// # drop(cheapest); Ok(()) }
    /// ```
    pub fn find<T: Collection>(&self, filter: Filter<T>) -> Find<T> {
        Find { cx: self.clone(), filter, order: Vec::new() }
    }

    /// All records that fit, by id unless [`List::order`] says otherwise.
    ///
    /// What was listed is kept with the execution: more than fits into
    /// [`crate::Settings::payload_limit`] is an error, and [`List::limit`] a way out of it.
    ///
    /// ```
    /// # use wfruntime::{collection::Filter, prelude::*};
    /// # #[collection] pub struct Offer { pub price: Decimal }
    /// # async fn example(cx: &Context) -> Result<()> {
    /// let dear = Offer::FIELDS.price.gt(dec!(100));
    /// let dearest = cx.list(dear).order(Offer::FIELDS.price, true).limit(3).await?;
    /// # drop(dearest); Ok(()) }
    /// ```
    pub fn list<T: Collection>(&self, filter: Filter<T>) -> List<T> {
        List { cx: self.clone(), filter, order: Vec::new(), limit: None }
    }

    /// The record with this id, or nothing if it is gone.
    ///
    /// # Errors
    ///
    /// A stored value does not fit its field.
    pub async fn get<T: Collection>(&self, id: Id<T>) -> Result<Option<Record<T>>> {
        let wanted = Wanted::one(Condition::eq("id", id.get()));
        let rows = self.read_rows("get", T::definition(), wanted);
        rows.await?.pop().map(Record::from_row).transpose()
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

    /// Reads a record again.
    ///
    /// What was loaded with it stays; where a reference changed, what it leads to now is loaded.
    ///
    /// If the record is gone, the workflow ends as `failed`.
    ///
    /// # Errors
    ///
    /// A stored value does not fit its field.
    pub async fn refresh<T: Collection>(&self, record: &mut Record<T>) -> Result<()> {
        let definition = T::definition();
        let earlier = Earlier::of(&self.run, record.to_row());
        let mut rows = match self.begin_on("refresh", definition).await? {
            Begun::Done(output) => read_output(&output, definition)?,
            Begun::New(node) => {
                let wanted = Wanted::one(Condition::eq("id", earlier.id()));
                let mut rows = self.rows(&node, definition, wanted).await?;
                if let Some(row) = rows.pop() {
                    rows.push(self.load_changed(&node, &earlier, row).await?);
                }
                self.keep_rows(&node, &rows).await?;
                rows
            }
        };
        let Some(row) = rows.pop() else { return Err(self.gone()) };
        *record = Record::from_row(earlier.keep(row))?;
        Ok(())
    }

    async fn read_rows(
        &self,
        kind: &'static str,
        definition: &'static Definition,
        wanted: Wanted,
    ) -> Result<Vec<Row>> {
        let node = match self.begin_on(kind, definition).await? {
            Begun::Done(output) => return read_output(&output, definition),
            Begun::New(node) => node,
        };
        let rows = self.rows(&node, definition, wanted).await?;
        self.keep_rows(&node, &rows).await?;
        Ok(rows)
    }

    async fn rows(
        &self,
        node: &Node,
        definition: &'static Definition,
        wanted: Wanted,
    ) -> Result<Vec<Row>> {
        // One more than can be kept: all of a large table would fill the memory first.
        let most = self.run.core.settings.payload_limit / LEAST;
        let guard = most as u64 + 1;
        let limit = wanted.limit.map_or(guard, |limit| limit.min(guard));
        let query = wanted.select(definition, limit).build();
        let query = if limit == 1 { query } else { query.unbounded() };
        let rows = self.run.read(node, &query).await?;
        if rows.len() > most {
            return self.run.broke(node, too_many(definition, most)).await;
        }
        Ok(rows.into_iter().map(|values| Row::new(definition, values)).collect())
    }

    async fn load_changed(&self, node: &Node, earlier: &Earlier, row: Row) -> Result<Row> {
        let loaded = self.run.core.patiently(|store| {
            let row = row.clone();
            async move { earlier.load_changed(&mut &store, row).await }
        });
        match loaded.await {
            Ok(row) => Ok(row),
            Err(error) => self.run.broke(node, error).await,
        }
    }

    async fn keep_rows(&self, node: &Node, rows: &[Row]) -> Result<()> {
        let written = rows.iter().map(write_row).collect::<Result<Vec<_>>>()?;
        self.run.keep(node, format!("[{}]", written.join(","))).await
    }
}

impl<T: Collection> Find<T> {
    /// Sorts by this field, ascending or descending; empty ones are the least.
    ///
    /// Of records that are equal in it a further call decides, and then the id.
    pub fn order<F: Ordered>(mut self, field: FieldRef<T, F>, descending: bool) -> Self {
        self.order.push((field.column(), descending));
        self
    }
}

impl<T: Collection> List<T> {
    /// Sorts by this field, ascending or descending; empty ones are the least.
    ///
    /// Of records that are equal in it a further call decides, and then the id.
    pub fn order<F: Ordered>(mut self, field: FieldRef<T, F>, descending: bool) -> Self {
        self.order.push((field.column(), descending));
        self
    }

    /// The most records that it gives.
    pub fn limit(self, most: u64) -> Self {
        Self { limit: Some(most), ..self }
    }
}

impl<T: Collection> IntoFuture for Find<T> {
    type Output = Result<Option<Record<T>>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let filter = self.filter.into_condition();
        let wanted = Wanted { filter, order: self.order, limit: Some(1) };
        Box::pin(async move {
            let mut rows = self.cx.read_rows("find", T::definition(), wanted).await?;
            rows.pop().map(Record::from_row).transpose()
        })
    }
}

impl<T: Collection> IntoFuture for List<T> {
    type Output = Result<Vec<Record<T>>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let filter = self.filter.into_condition();
        let wanted = Wanted { filter, order: self.order, limit: self.limit };
        Box::pin(async move {
            let rows = self.cx.read_rows("list", T::definition(), wanted).await?;
            rows.into_iter().map(Record::from_row).collect()
        })
    }
}

/// Which records are read, and in which order.
struct Wanted {
    filter: Condition,
    order: Vec<(Name, bool)>,
    limit: Option<u64>,
}

impl Wanted {
    fn one(filter: Condition) -> Self {
        Self { filter, order: Vec::new(), limit: Some(1) }
    }

    fn select(self, definition: &Definition, limit: u64) -> Select {
        let mut order = self.order;
        order.push(("id", false));
        Select {
            table: definition.table(),
            columns: columns(definition),
            filter: self.filter,
            order,
            limit: Some(limit),
            offset: None,
        }
    }
}

fn too_many(definition: &Definition, most: usize) -> Error {
    let name = definition.name();
    let text = format!("more than {most} records of `{name}` cannot be kept: give a limit");
    Error::new(ErrorKind::TooLarge, "payload_limit", text)
}

pub(super) fn columns(definition: &Definition) -> Vec<(Name, Type)> {
    definition.columns.iter().map(|column| (column.name, column.kind.ty())).collect()
}

fn read_output(output: &str, definition: &'static Definition) -> Result<Vec<Row>> {
    let rows: Vec<&serde_json::value::RawValue> = serde_json::from_str(output)?;
    rows.into_iter().map(|row| read_row(row.get(), definition)).collect()
}
