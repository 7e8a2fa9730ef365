//! Nodes that compute one value from a field of many records.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::collection::{Collection, FieldRef, Filter, Numeric, Ordered};
use crate::context::SyncContext;
use crate::engine::run::Begun;
use crate::error::{Error, ErrorKind, Result};
use crate::store::BoxFuture;
use crate::store::sql::{Aggregate, Function, Query};
use crate::value::Value;

/// A value calculated from records.
// No `async fn`: its future would name the field's type, and a field without numbers would be told
// at the `await` as well.
pub(super) type Total<'a, R> = BoxFuture<'a, Result<Option<R>>>;

impl SyncContext {
    /// The sum of a field over the records that fit; nothing if there are none.
    ///
    /// Sums of integers are `i64`, of floats `f64`, of decimals exact.
    ///
    /// ```
    /// # use wfruntime::{collection::Filter, prelude::*};
    /// # #[collection] pub struct Payment { pub amount: Decimal }
    /// # async fn example(cx: &Context) -> Result<()> {
    /// let paid: Option<Decimal> = cx.sum(Payment::FIELDS.amount, Filter::all()).await?;
    /// # drop(paid); Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The sum is too large for its type.
    pub fn sum<T, F>(&self, field: FieldRef<T, F>, of: Filter<T>) -> Total<'_, F::Sum>
    where
        T: Collection,
        F: Numeric,
    {
        Box::pin(self.total(Function::Sum, field.column(), of, F::sum))
    }

    /// The average of a field over the records that fit; nothing if there are none.
    ///
    /// Averages of decimals are `Decimal`, rounded at its last digit only; others are `f64`.
    ///
    /// # Errors
    ///
    /// The sum behind it is too large for its type.
    pub fn average<T, F>(&self, field: FieldRef<T, F>, of: Filter<T>) -> Total<'_, F::Average>
    where
        T: Collection,
        F: Numeric,
    {
        Box::pin(self.total(Function::Average, field.column(), of, F::average))
    }

    /// The least value of a field among the records that fit; nothing if there is none.
    ///
    /// # Errors
    ///
    /// A stored value does not fit its field.
    pub fn min<T, F>(&self, field: FieldRef<T, F>, of: Filter<T>) -> Total<'_, F::Value>
    where
        T: Collection,
        F: Ordered,
    {
        Box::pin(self.total(Function::Min, field.column(), of, F::value))
    }

    /// The greatest value of a field among the records that fit; nothing if there is none.
    ///
    /// # Errors
    ///
    /// As [`Self::min`].
    pub fn max<T, F>(&self, field: FieldRef<T, F>, of: Filter<T>) -> Total<'_, F::Value>
    where
        T: Collection,
        F: Ordered,
    {
        Box::pin(self.total(Function::Max, field.column(), of, F::value))
    }

    async fn total<T, R>(
        &self,
        function: Function,
        field: &'static str,
        filter: Filter<T>,
        read: fn(Value) -> Result<R, Value>,
    ) -> Result<Option<R>>
    where
        T: Collection,
        R: Serialize + DeserializeOwned,
    {
        let definition = T::definition();
        let found = definition.columns.iter().find(|column| column.name == field);
        let column = found.ok_or_else(|| Error::internal("a field without a column"))?;
        let name = format!("{}.{}", definition.meta.rust, column.rust);
        let node = match self.begin(kind(function), &name).await? {
            Begun::Done(output) => return Ok(serde_json::from_str(&output)?),
            Begun::New(node) => node,
        };
        let query = Aggregate {
            table: definition.table(),
            function,
            column: column.name,
            ty: column.kind.ty(),
            filter: filter.into_condition(),
        };
        let rows = self.run.read(&node, &query.build().unbounded()).await?;
        let value = rows.into_iter().next().and_then(|row| row.into_iter().next());
        let value = match value.unwrap_or_default() {
            Value::Null => None,
            value => match read(value) {
                Ok(value) => Some(value),
                Err(found) => return self.run.broke(&node, unfit(&name, &found)).await,
            },
        };
        let output = serde_json::to_string(&value)?;
        // What a replay will read, to the last digit.
        let value = serde_json::from_str(&output)?;
        self.run.keep(&node, output).await?;
        Ok(value)
    }
}

fn kind(function: Function) -> &'static str {
    match function {
        Function::Min => "min",
        Function::Max => "max",
        Function::Sum => "sum",
        Function::Average => "average",
    }
}

fn unfit(name: &str, found: &Value) -> Error {
    let text = format!("{found:?} of `{name}` is out of the range of its type");
    Error::new(ErrorKind::TooLarge, "overflow", text)
}
