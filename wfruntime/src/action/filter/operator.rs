//! The operators at a field, and which values they take.

use serde_json::Value as Json;

use super::{Parser, VALUES, kind, operand};
use crate::collection::{Column, Kind};
use crate::spelling::{instead, quoted};
use crate::store::sql::{Condition, Op, Place};
use crate::value::{Type, Value};

/// The operators that stand at a field, beside `$not`.
pub(super) const NAMES: [&str; 14] = [
    "$eq",
    "$ne",
    "$gt",
    "$gte",
    "$lt",
    "$lte",
    "$in",
    "$notIn",
    "$includes",
    "$search",
    "$startsWith",
    "$endsWith",
    "$empty",
    "$notEmpty",
];

/// What an operator does.
#[derive(Clone, Copy)]
enum Operator {
    Compare(Op),
    In(bool),
    Text(Place),
    Empty(bool),
}

impl Operator {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "$eq" => Self::Compare(Op::Eq),
            "$ne" => Self::Compare(Op::Ne),
            "$gt" => Self::Compare(Op::Gt),
            "$gte" => Self::Compare(Op::Gte),
            "$lt" => Self::Compare(Op::Lt),
            "$lte" => Self::Compare(Op::Lte),
            "$in" => Self::In(true),
            "$notIn" => Self::In(false),
            "$includes" => Self::Text(Place::Anywhere),
            "$search" => Self::Text(Place::Mentioned),
            "$startsWith" => Self::Text(Place::Start),
            "$endsWith" => Self::Text(Place::End),
            "$empty" => Self::Empty(true),
            "$notEmpty" => Self::Empty(false),
            _ => return None,
        })
    }

    /// Whether it means something for values of this kind.
    fn fits(self, kind: Kind) -> bool {
        let ty = kind.ty();
        match self {
            Self::Empty(_) => true,
            Self::Compare(Op::Eq | Op::Ne) | Self::In(_) => ty != Type::Json,
            Self::Compare(_) => {
                !matches!(ty, Type::Bool | Type::Bytes | Type::Json)
                    && !matches!(kind, Kind::Choice(_))
            }
            Self::Text(_) => matches!(kind, Kind::Plain(Type::Text)),
        }
    }
}

impl Parser<'_> {
    /// What is asked of one column: a value, several, or operators with theirs.
    pub(super) fn column(
        &mut self,
        column: &Column,
        value: &Json,
        at: &str,
        depth: usize,
    ) -> Condition {
        match value {
            Json::Object(operators) if operators.is_empty() => {
                let message = format!("expected an operator; expected one of {}", legal(column));
                self.fault("missing_operator", at, message)
            }
            Json::Object(operators) => {
                let mut all = Vec::with_capacity(operators.len());
                for (name, value) in operators {
                    let at = format!("{at}.{}", super::shortened(name));
                    if let Some(full) = self.enter(&at) {
                        all.push(full);
                        break;
                    }
                    all.push(self.operator(column, name, value, &at, depth));
                }
                Condition::All(all)
            }
            Json::Array(_) => self.operator(column, "$in", value, at, depth),
            _ => self.operator(column, "$eq", value, at, depth),
        }
    }

    fn operator(
        &mut self,
        column: &Column,
        name: &str,
        value: &Json,
        at: &str,
        depth: usize,
    ) -> Condition {
        if name == "$not" {
            let Some(depth) = depth.checked_sub(1) else {
                return self.fault("filter_too_deep", at, "a filter is nested too deeply");
            };
            return Condition::Not(Box::new(self.column(column, value, at, depth)));
        }
        let Some(operator) = Operator::of(name) else {
            let message = format!("unknown operator {}{}", quoted(name), instead(name, NAMES));
            return self.fault("unknown_operator", at, message);
        };
        // Whether there is a value can be asked of any field.
        let asks_for_null = value.is_null() && matches!(name, "$eq" | "$ne");
        if !(asks_for_null || operator.fits(column.kind)) {
            let message = format!(
                "`{name}` does not fit field `{}`; expected one of {}",
                column.json,
                legal(column)
            );
            return self.fault("unfit_operator", at, message);
        }
        match operator {
            Operator::Compare(op) => self.compare(column, op, value, at),
            Operator::In(inside) => {
                let among = self.among(column, value, at);
                if inside { among } else { Condition::Not(Box::new(among)) }
            }
            Operator::Text(place) => self.text(column, place, value, at),
            Operator::Empty(empty) => {
                let wanted = self.flag(value, at) == empty;
                let empty = is_empty(column);
                if wanted { empty } else { Condition::Not(Box::new(empty)) }
            }
        }
    }

    fn compare(&mut self, column: &Column, op: Op, value: &Json, at: &str) -> Condition {
        if value.is_null() {
            let null = Condition::Null(column.name);
            return match op {
                Op::Eq => null,
                Op::Ne => Condition::Not(Box::new(null)),
                _ => self.fault("invalid_operand", at, "null is neither less nor greater"),
            };
        }
        match self.operand(column, value, at) {
            Some(value) => Condition::Compare(column.name, op, value),
            None => Condition::always(),
        }
    }

    fn among(&mut self, column: &Column, value: &Json, at: &str) -> Condition {
        let Json::Array(items) = value else {
            let message = format!("expected an array of values, not {}", kind(value));
            return self.fault("invalid_operand", at, message);
        };
        let Some(left) = self.room.values.checked_sub(items.len()) else {
            let message = format!("a filter has at most {VALUES} values");
            return self.fault("filter_too_large", at, message);
        };
        self.room.values = left;
        let mut values = Vec::with_capacity(items.len());
        let mut null = false;
        for (index, item) in items.iter().enumerate() {
            if item.is_null() {
                null = true;
            } else {
                values.extend(self.operand(column, item, &format!("{at}.{index}")));
            }
        }
        let among = if values.is_empty() {
            Condition::Any(Vec::new())
        } else {
            Condition::In(column.name, values)
        };
        if null { Condition::Any(vec![among, Condition::Null(column.name)]) } else { among }
    }

    /// `$includes` and its like; with several texts, any of them.
    fn text(&mut self, column: &Column, place: Place, value: &Json, at: &str) -> Condition {
        match value {
            Json::String(text) => Condition::Text(column.name, place, text.clone()),
            Json::Array(items) if items.iter().all(Json::is_string) => {
                let Some(left) = self.room.conditions.checked_sub(items.len()) else {
                    self.room.conditions = 0;
                    return self.enter(at).unwrap_or_else(Condition::always);
                };
                self.room.conditions = left;
                let texts = items.iter().filter_map(Json::as_str);
                Condition::Any(
                    texts
                        .map(|text| Condition::Text(column.name, place, text.to_owned()))
                        .collect(),
                )
            }
            other => {
                self.fault("invalid_operand", at, format!("expected a text, not {}", kind(other)))
            }
        }
    }

    /// A value of the column's kind; what is none is a fault.
    fn operand(&mut self, column: &Column, value: &Json, at: &str) -> Option<Value> {
        match operand::read(column.kind, value) {
            Ok(value) => Some(value),
            Err(message) => {
                self.fault("invalid_operand", at, message);
                None
            }
        }
    }
}

/// The operators that fit a column, for messages.
fn legal(column: &Column) -> String {
    let fitting = NAMES
        .into_iter()
        .filter(|name| Operator::of(name).is_some_and(|operator| operator.fits(column.kind)));
    fitting.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// No value, or a text without letters.
fn is_empty(column: &Column) -> Condition {
    let null = Condition::Null(column.name);
    match column.kind {
        Kind::Plain(Type::Text) => {
            let blank = Condition::Compare(column.name, Op::Eq, Value::Text(String::new()));
            Condition::Any(vec![null, blank])
        }
        _ => null,
    }
}
