//! The SQL text of the queries, through sea-query.
//!
//! Every value is bound. Inside sea-query a value is only its index among the statement's
//! parameters, so nothing is converted twice and a parameter keeps its type.

use std::fmt::{self, Write};
use std::sync::Arc;

use sea_query::{
    CaseStatement, Expr, ExprTrait, Func, NullOrdering, Order, Query as Sea, QueryBuilder,
    QueryStatementBuilder, SelectStatement, SqlWriter, SqliteQueryBuilder, Value as Slot,
};

use super::sql::{
    Aggregate, Condition, Count, Delete, Exists, Function, Insert, Name, OnConflict, Op, Place,
    Query, Select, Set, Update,
};
use super::{Expect, Statement};
use crate::value::{Type, Value};

/// Above this many values, `IN` takes one JSON array instead of as many parameters, so that the
/// number of different texts, and of parameters, stays small.
const LONG_LIST: usize = 16;

/// How many parameters a statement may have (SQLite's own limit is 32,766).
const PARAMETERS: usize = 32_000;

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

/// The condition as SQL, or `None` if it always holds.
fn filter(condition: &Condition, scope: Scope, params: &mut Params) -> Option<Expr> {
    match condition {
        Condition::All(all) if all.is_empty() => None,
        _ => Some(holds(condition, true, scope, params)),
    }
}

/// SQL that is true if the condition is `wanted`; elsewhere it is false or null.
///
/// `Not` is carried inwards: a comparison with null is false first and then negated, which is
/// what SQL's own `NOT` does not do.
fn holds(condition: &Condition, wanted: bool, scope: Scope, params: &mut Params) -> Expr {
    match condition {
        Condition::All(all) => join(all, wanted, wanted, scope, params),
        Condition::Any(any) => join(any, wanted, !wanted, scope, params),
        Condition::Not(inner) => holds(inner, !wanted, scope, params),
        Condition::Compare(column, op, Value::Null) => match (op, wanted) {
            (Op::Eq, true) | (Op::Ne, false) => scope.column(column).is_null(),
            (Op::Eq, false) | (Op::Ne, true) => scope.column(column).is_not_null(),
            _ => constant(!wanted),
        },
        Condition::Compare(column, op, value) => {
            let value = params.bind(value.clone());
            compare(scope.column(column), *op, wanted, value, || scope.column(column).is_null())
        }
        Condition::Columns(left, op, right) => {
            compare(scope.column(left), *op, wanted, scope.column(right), || {
                scope.column(left).is_null().or(scope.column(right).is_null())
            })
        }
        Condition::In(column, values) => among(column, values, wanted, scope, params),
        Condition::Null(column) if wanted => scope.column(column).is_null(),
        Condition::Null(column) => scope.column(column).is_not_null(),
        Condition::Text(column, place, text) => {
            let found = text_at(scope.column(column), *place, text, params);
            // Not `NOT`: SQLite answers null for an empty text as well as for none.
            if wanted { found } else { found.is_not(constant(true)) }
        }
        Condition::Exists(exists) => {
            let rows = related(exists, scope, params);
            if wanted { Expr::exists(rows) } else { Expr::not_exists(rows) }
        }
    }
}

fn constant(value: bool) -> Expr {
    Expr::cust(if value { "TRUE" } else { "FALSE" })
}

/// All of them if `every`, else any of them.
fn join(
    conditions: &[Condition],
    wanted: bool,
    every: bool,
    scope: Scope,
    params: &mut Params,
) -> Expr {
    let mut joined: Option<Expr> = None;
    for condition in conditions {
        let next = holds(condition, wanted, scope, params);
        joined = Some(match joined {
            None => next,
            Some(so_far) if every => so_far.and(next),
            Some(so_far) => so_far.or(next),
        });
    }
    joined.unwrap_or_else(|| constant(every))
}

fn compare(left: Expr, op: Op, wanted: bool, right: Expr, null: impl Fn() -> Expr) -> Expr {
    match (op, wanted) {
        (Op::Eq, true) | (Op::Ne, false) => left.eq(right),
        (Op::Ne, true) | (Op::Eq, false) => left.ne(right).or(null()),
        (Op::Gt, true) => left.gt(right),
        (Op::Gte, true) => left.gte(right),
        (Op::Lt, true) => left.lt(right),
        (Op::Lte, true) => left.lte(right),
        (Op::Gt, false) => left.lte(right).or(null()),
        (Op::Gte, false) => left.lt(right).or(null()),
        (Op::Lt, false) => left.gte(right).or(null()),
        (Op::Lte, false) => left.gt(right).or(null()),
    }
}

fn among(column: Name, values: &[Value], wanted: bool, scope: Scope, params: &mut Params) -> Expr {
    let with_null = values.iter().any(Value::is_null);
    let rest: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
    if rest.is_empty() {
        return match (with_null, wanted) {
            (true, true) => scope.column(column).is_null(),
            (true, false) => scope.column(column).is_not_null(),
            (false, _) => constant(!wanted),
        };
    }
    let list = (rest.len() > LONG_LIST).then(|| json_list(&rest)).flatten();
    let found = match list {
        Some(list) => {
            let list = params.bind(Value::Text(list));
            let rows = Sea::select()
                .column("value")
                .from_function(Func::cust("json_each").arg(list), "listed")
                .take();
            let column = scope.column(column);
            if wanted { column.in_subquery(rows) } else { column.not_in_subquery(rows) }
        }
        None => {
            let list: Vec<Expr> = rest.into_iter().map(|v| params.bind(v.clone())).collect();
            let column = scope.column(column);
            if wanted { column.is_in(list) } else { column.is_not_in(list) }
        }
    };
    match (with_null, wanted) {
        (true, true) => found.or(scope.column(column).is_null()),
        (false, false) => found.or(scope.column(column).is_null()),
        (true, false) => found.and(scope.column(column).is_not_null()),
        (false, true) => found,
    }
}

/// The values as a JSON array, if they are of a type that keeps its exact value in one.
fn json_list(values: &[&Value]) -> Option<String> {
    let mut list = String::from("[");
    for value in values {
        if list.len() > 1 {
            list.push(',');
        }
        match value {
            Value::Int(number) => write!(list, "{number}").ok()?,
            Value::Text(text) => list.push_str(&serde_json::to_string(text).ok()?),
            Value::Uuid(uuid) => write!(list, "\"{uuid}\"").ok()?,
            Value::Decimal(number) => write!(list, "\"{}\"", number.normalize()).ok()?,
            _ => return None,
        }
    }
    list.push(']');
    Some(list)
}

/// Exact, whatever the letters: bytes of UTF-8 stand for themselves, and no text ends inside a
/// letter of another.
fn text_at(column: Expr, place: Place, text: &str, params: &mut Params) -> Expr {
    let bytes = |column: Expr| column.cast_as("BLOB");
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    let needle = Value::Bytes(text.as_bytes().to_vec());
    if text.is_empty() {
        return column.is_not_null();
    }
    match place {
        Place::Anywhere => {
            let needle = params.bind(needle);
            Func::cust("instr").args([bytes(column), needle]).gt(Expr::cust("0"))
        }
        Place::Start => {
            let length = params.bind(Value::Int(length));
            let needle = params.bind(needle);
            Func::cust("substr").args([bytes(column), Expr::cust("1"), length]).eq(needle)
        }
        Place::End => {
            let length = params.bind(Value::Int(-length));
            let needle = params.bind(needle);
            Func::cust("substr").args([bytes(column), length]).eq(needle)
        }
    }
}

fn related(exists: &Exists, outer: Scope, params: &mut Params) -> SelectStatement {
    let alias = params.aliases;
    params.aliases += 1;
    let scope = Scope::Alias(alias);
    let mut rows = Sea::select();
    rows.expr(Expr::cust("1"))
        .from_as(exists.table, alias_name(alias))
        .and_where(scope.column(exists.inner).eq(outer.column(exists.outer)))
        .and_where_option(filter(&exists.filter, scope, params));
    rows
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
