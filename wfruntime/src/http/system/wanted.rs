//! What a filter wants of one field: one of some values, a part of a text, a range of moments.

use jiff::Timestamp;
use serde_json::Value;

use super::listing::Kind;
use super::members::kind;
use crate::error::Fault;
use crate::spelling::{instead, quoted};
use crate::store;
use crate::store::sql::{Condition, Name, Op, Place};

/// What is wanted of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    /// One of these.
    Among(Vec<Value>),
    /// A text with this one in it: as it is written, or whatever its capitals and accents.
    Including(Place, String),
    /// A moment for which all of these hold.
    Between(Vec<(Op, Timestamp)>),
}

const RANGE: [(&str, Op); 4] =
    [("$gt", Op::Gt), ("$gte", Op::Gte), ("$lt", Op::Lt), ("$lte", Op::Lte)];

/// What is wanted of a field of this kind.
pub(super) fn read(kind: Kind, given: &Value) -> Result<Wanted, Fault> {
    match kind {
        Kind::Moment => range(given),
        Kind::Text => match part(given) {
            Some(part) => part,
            None => among(given, &["$eq", "$in", "$includes", "$search"]),
        },
        _ => among(given, &["$eq", "$in"]),
    }
}

/// The only member of an object.
fn only(given: &Value) -> Option<(&str, &Value)> {
    let members = given.as_object().filter(|members| members.len() == 1)?;
    members.iter().next().map(|(name, value)| (name.as_str(), value))
}

fn part(given: &Value) -> Option<Result<Wanted, Fault>> {
    let (name, value) = only(given)?;
    let place = match name {
        "$includes" => Place::Anywhere,
        "$search" => Place::Mentioned,
        _ => return None,
    };
    Some(match value {
        Value::String(text) => Ok(Wanted::Including(place, text.clone())),
        other => Err(wrong(name, "a string", other)),
    })
}

fn among(given: &Value, operators: &[&str]) -> Result<Wanted, Fault> {
    if !given.is_object() {
        return Ok(Wanted::Among(vec![given.clone()]));
    }
    match only(given) {
        Some(("$eq", value)) => Ok(Wanted::Among(vec![value.clone()])),
        Some(("$in", Value::Array(values))) => Ok(Wanted::Among(values.clone())),
        Some(("$in", value)) => Err(wrong("$in", "an array", value)),
        Some((name, _)) => Err(unknown(name, operators)),
        None => Err(Fault::new("invalid_filter", "expected one operator: `$eq` or `$in`")),
    }
}

fn range(given: &Value) -> Result<Wanted, Fault> {
    let members = given.as_object().filter(|members| !members.is_empty());
    let Some(members) = members else {
        let message = "expected an operator: `$gt`, `$gte`, `$lt` or `$lte`";
        return Err(Fault::new("invalid_filter", message));
    };
    let ends = members.iter().map(|(name, value)| {
        let found = RANGE.iter().find(|(operator, _)| operator == name);
        let (operator, op) = found.ok_or_else(|| unknown(name, &RANGE.map(|(name, _)| name)))?;
        let text = value.as_str().ok_or_else(|| wrong(operator, "a string", value))?;
        let moment = text.parse().map_err(|_| {
            let found = quoted(text);
            let message =
                format!("`{operator}` takes a moment as in `2026-03-01T12:00:00Z`, found {found}");
            Fault::new("invalid_filter", message)
        })?;
        Ok((*op, moment))
    });
    ends.collect::<Result<_, _>>().map(Wanted::Between)
}

fn wrong(operator: &str, expected: &str, found: &Value) -> Fault {
    let message = format!("`{operator}` must be {expected}, found {}", kind(found));
    Fault::new("invalid_filter", message)
}

fn unknown(name: &str, operators: &[&str]) -> Fault {
    let instead = instead(name, operators.iter().copied());
    Fault::new("unknown_operator", format!("unknown operator {}{instead}", quoted(name)))
}

impl Wanted {
    /// The values that a field is compared with, which have to be of its kind.
    pub(super) fn values(&self) -> &[Value] {
        match self {
            Self::Among(values) => values,
            Self::Including(..) | Self::Between(_) => &[],
        }
    }

    /// The condition on a column.
    pub(super) fn condition(&self, column: Name) -> Condition {
        match self {
            Self::Among(values) => {
                let values = values.iter().map(|value| match value {
                    Value::Number(number) => number.as_i64().into(),
                    Value::Bool(flag) => (*flag).into(),
                    Value::String(text) => text.as_str().into(),
                    _ => crate::Value::Null,
                });
                Condition::In(column, values.collect())
            }
            Self::Including(place, text) => Condition::Text(column, *place, text.clone()),
            Self::Between(ends) => {
                let ends = ends.iter();
                let ends =
                    ends.map(|(op, moment)| Condition::Compare(column, *op, (*moment).into()));
                Condition::All(ends.collect())
            }
        }
    }

    /// Whether it holds for a value as it is answered.
    pub(super) fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Among(values) => values.contains(value),
            Self::Including(Place::Mentioned, part) => {
                value.as_str().is_some_and(|text| store::mentions(text, part))
            }
            Self::Including(_, part) => value.as_str().is_some_and(|text| text.contains(part)),
            Self::Between(ends) => {
                let moment = value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
                moment.is_some_and(|moment| {
                    ends.iter().all(|(op, end)| match op {
                        Op::Gt => moment > *end,
                        Op::Gte => moment >= *end,
                        Op::Lt => moment < *end,
                        _ => moment <= *end,
                    })
                })
            }
        }
    }
}
