//! Conditions as SQL that is true where they hold, and false or null elsewhere.

use std::fmt::Write;

use sea_query::{Expr, ExprTrait, Func, Query as Sea, SelectStatement};

use super::super::folding;
use super::super::sql::{Condition, Exists, Name, Op, Place};
use super::{Params, Scope, alias_name};
use crate::value::Value;

/// Above this many values, `IN` takes one JSON array instead of as many parameters, so that the
/// number of different texts, and of parameters, stays small.
const LONG_LIST: usize = 16;

/// What a long list is called in a text, by the type of its values.
pub(in super::super) const INTS: Name = "ints";
pub(in super::super) const TEXTS: Name = "texts";
pub(in super::super) const UUIDS: Name = "uuids";
pub(in super::super) const DECIMALS: Name = "decimals";

/// The condition as SQL, or `None` if it always holds.
pub(super) fn filter(condition: &Condition, scope: Scope, params: &mut Params) -> Option<Expr> {
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
///
/// Joined in halves: a chain would be as deep as it is long, and the depth has a limit.
fn join(
    conditions: &[Condition],
    wanted: bool,
    every: bool,
    scope: Scope,
    params: &mut Params,
) -> Expr {
    match conditions {
        [] => constant(every),
        [one] => holds(one, wanted, scope, params),
        _ => {
            let (left, right) = conditions.split_at(conditions.len() / 2);
            let left = join(left, wanted, every, scope, params);
            let right = join(right, wanted, every, scope, params);
            if every { left.and(right) } else { left.or(right) }
        }
    }
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
        Some((alias, list)) => {
            let list = params.bind(Value::Text(list));
            let rows = Sea::select()
                .column("value")
                .from_function(Func::cust("json_each").arg(list), alias)
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

/// The values as a JSON array, if they are of a type that keeps its exact value in one; and the
/// name of the list in the text, which says its type to stores whose lists have one.
fn json_list(values: &[&Value]) -> Option<(Name, String)> {
    let mut list = String::from("[");
    let mut name = "";
    for value in values {
        if list.len() > 1 {
            list.push(',');
        }
        let of = match value {
            Value::Int(number) => {
                write!(list, "{number}").ok()?;
                INTS
            }
            Value::Text(text) => {
                list.push_str(&serde_json::to_string(text).ok()?);
                TEXTS
            }
            Value::Uuid(uuid) => {
                write!(list, "\"{uuid}\"").ok()?;
                UUIDS
            }
            Value::Decimal(number) => {
                write!(list, "\"{}\"", number.normalize()).ok()?;
                DECIMALS
            }
            _ => return None,
        };
        if !name.is_empty() && name != of {
            return None;
        }
        name = of;
    }
    list.push(']');
    Some((name, list))
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
        Place::Mentioned => {
            let wanted = params.bind(Value::Text(folding::folded(text)));
            // Null for none, which no text mentions.
            Func::cust(folding::MENTIONS).args([column, wanted]).eq(Expr::cust("1"))
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
