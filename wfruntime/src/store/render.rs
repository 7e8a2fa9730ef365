//! The SQL text of the queries, through sea-query.
//!
//! Every value is bound. Inside sea-query a value is only its index among the statement's
//! parameters, so nothing is converted twice and a parameter keeps its type.

mod condition;

#[cfg(feature = "postgres")]
pub(super) use condition::{DECIMALS, INTS, TEXTS, UUIDS};

use std::fmt::{self, Write};
use std::sync::Arc;

use sea_query::{
    CaseStatement, Expr, ExprTrait, Func, NullOrdering, Order, Query as Sea, QueryBuilder,
    QueryStatementBuilder, SqlWriter, SqliteQueryBuilder, Value as Slot,
};

use condition::filter;

use super::sql::{
    Aggregate, Count, CountBy, Delete, Function, Insert, Name, OnConflict, Query, Select, Set,
    Update,
};
use super::{Expect, Statement};
use crate::value::{Type, Value};

/// How many parameters a statement may have (SQLite's own limit is 32,766).
pub(super) const PARAMETERS: usize = 32_000;

/// The parameters of a statement while its text is made.
#[derive(Default)]
struct Params {
    values: Vec<Value>,
    /// How many aliases were given.
    aliases: usize,
}

impl Params {
    fn bind(&mut self, value: Value) -> Expr {
        let slot = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.values.push(value);
        Expr::Value(Slot::Unsigned(Some(slot)))
    }
}

/// Collects text, and the order in which the parameters came to stand in it.
struct Writer {
    text: String,
    order: Vec<Slot>,
}

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text.push_str(text);
        Ok(())
    }
}

impl fmt::Display for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl SqlWriter for Writer {
    fn push_param<T: QueryBuilder>(&mut self, value: Slot, _: &T) {
        self.text.push('?');
        self.order.push(value);
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

fn finish(
    query: &impl QueryStatementBuilder,
    params: Params,
    table: Name,
    returns: Arc<[Type]>,
) -> Statement {
    let mut values = params.values;
    let mut writer =
        Writer { text: String::with_capacity(256), order: Vec::with_capacity(values.len() + 2) };
    query.build_collect_any_into(&SqliteQueryBuilder, &mut writer);
    let params = writer
        .order
        .into_iter()
        .map(|slot| match slot {
            Slot::Unsigned(Some(index)) => {
                values.get_mut(index as usize).map(std::mem::take).unwrap_or_default()
            }
            // sea-query binds limit and offset itself.
            Slot::BigUnsigned(Some(number)) => {
                Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
            }
            _ => Value::Null,
        })
        .collect();
    Statement {
        sql: writer.text.into(),
        params,
        returns,
        expect: Expect::Any,
        table,
        unbounded: false,
    }
}

/// A table in whose scope columns are named.
#[derive(Clone, Copy)]
enum Scope {
    Table(Name),
    Alias(usize),
}

impl Scope {
    fn column(self, name: Name) -> Expr {
        match self {
            Self::Table(table) => Expr::col((table, name)),
            Self::Alias(index) => Expr::col((alias_name(index), name)),
        }
    }
}

fn alias_name(index: usize) -> String {
    format!("x{index}")
}

fn types(columns: &[(Name, Type)]) -> Arc<[Type]> {
    columns.iter().map(|(_, ty)| *ty).collect()
}

impl Query for Select {
    fn build(&self) -> Statement {
        let mut params = Params::default();
        let scope = Scope::Table(self.table);
        let mut query = Sea::select();
        query
            .columns(self.columns.iter().map(|(name, _)| *name))
            .from(self.table)
            .and_where_option(filter(&self.filter, scope, &mut params));
        for (column, descending) in &self.order {
            let (order, nulls) = if *descending {
                (Order::Desc, NullOrdering::Last)
            } else {
                (Order::Asc, NullOrdering::First)
            };
            query.order_by_with_nulls(*column, order, nulls);
        }
        let unlimited = self.offset.map(|_| i64::MAX.unsigned_abs());
        if let Some(limit) = self.limit.or(unlimited) {
            query.limit(limit);
        }
        if let Some(offset) = self.offset {
            query.offset(offset);
        }
        finish(&query, params, self.table, types(&self.columns))
    }
}

impl Query for Count {
    fn build(&self) -> Statement {
        let mut params = Params::default();
        let mut query = Sea::select();
        query.expr(Expr::cust("COUNT(*)")).from(self.table).and_where_option(filter(
            &self.filter,
            Scope::Table(self.table),
            &mut params,
        ));
        finish(&query, params, self.table, Arc::new([Type::Int]))
    }
}

impl Query for CountBy {
    fn build(&self) -> Statement {
        let mut params = Params::default();
        let names = || self.columns.iter().map(|(name, _)| *name);
        let mut query = Sea::select();
        query
            .columns(names())
            .expr(Expr::cust("COUNT(*)"))
            .from(self.table)
            .and_where_option(filter(&self.filter, Scope::Table(self.table), &mut params))
            .group_by_columns(names());
        let returns = self.columns.iter().map(|(_, ty)| *ty).chain([Type::Int]).collect();
        finish(&query, params, self.table, returns)
    }
}

impl Query for Aggregate {
    fn build(&self) -> Statement {
        let mut params = Params::default();
        let scope = Scope::Table(self.table);
        let column = scope.column(self.column);
        let (function, returns) = match (self.function, self.ty) {
            (Function::Min, ty) => ("MIN", ty),
            (Function::Max, ty) => ("MAX", ty),
            (Function::Sum, Type::Decimal) => ("decimal_sum", Type::Decimal),
            (Function::Sum, ty) => ("SUM", ty),
            (Function::Average, Type::Decimal) => ("decimal_avg", Type::Decimal),
            (Function::Average, _) => ("AVG", Type::Float),
        };
        let mut query = Sea::select();
        query.expr(Func::cust(function).arg(column)).from(self.table).and_where_option(filter(
            &self.filter,
            scope,
            &mut params,
        ));
        finish(&query, params, self.table, Arc::new([returns]))
    }
}

impl Query for Insert {
    fn build(&self) -> Statement {
        self.rows_as_statement(&self.rows)
    }
}

impl Insert {
    /// One statement for as many rows as one may hold, for any number of rows.
    #[must_use]
    pub fn build_all(&self) -> Vec<Statement> {
        let rows = PARAMETERS / self.columns.len().max(1);
        self.rows.chunks(rows.max(1)).map(|rows| self.rows_as_statement(rows)).collect()
    }

    fn rows_as_statement(&self, rows: &[Vec<Value>]) -> Statement {
        let mut params =
            Params { values: Vec::with_capacity(rows.len() * self.columns.len()), aliases: 0 };
        let mut query = Sea::insert();
        query.into_table(self.table).columns(self.columns.iter().copied());
        for row in rows {
            let values: Vec<Expr> = row.iter().map(|value| params.bind(value.clone())).collect();
            query.values_panic(values);
        }
        match &self.conflict {
            OnConflict::Fail => {}
            OnConflict::Ignore(key) => {
                let key = key.iter().copied();
                query.on_conflict(sea_query::OnConflict::columns(key).do_nothing().to_owned());
            }
            OnConflict::Replace(key) => {
                let rest = self.columns.iter().copied().filter(|column| !key.contains(column));
                let key = key.iter().copied();
                query.on_conflict(
                    sea_query::OnConflict::columns(key).update_columns(rest).to_owned(),
                );
            }
        }
        finish(&query, params, self.table, Arc::new([]))
    }
}

impl Query for Update {
    fn build(&self) -> Statement {
        let mut params = Params::default();
        let scope = Scope::Table(self.table);
        let mut query = Sea::update();
        query.table(self.table);
        for (column, set) in &self.set {
            let value = match set {
                Set::To(value) => params.bind(value.clone()),
                Set::Plus(number) => {
                    let number = params.bind(Value::Int(*number));
                    scope.column(column).add(number)
                }
                Set::AtLeast(value) => {
                    let least = params.bind(value.clone());
                    let otherwise = params.bind(value.clone());
                    let current = scope.column(column);
                    let enough = scope.column(column).gte(least);
                    CaseStatement::new().case(enough, current).finally(otherwise).into()
                }
            };
            query.value(*column, value);
        }
        query.and_where_option(filter(&self.filter, scope, &mut params));
        if !self.returning.is_empty() {
            let columns = self.returning.iter().map(|(name, _)| *name);
            query.returning(Sea::returning().columns(columns));
        }
        finish(&query, params, self.table, types(&self.returning))
    }
}

impl Query for Delete {
    fn build(&self) -> Statement {
        let mut params = Params::default();
        let mut query = Sea::delete();
        query.from_table(self.table).and_where_option(filter(
            &self.filter,
            Scope::Table(self.table),
            &mut params,
        ));
        finish(&query, params, self.table, Arc::new([]))
    }
}

#[cfg(test)]
mod tests;
