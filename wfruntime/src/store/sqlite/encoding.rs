//! Values as SQLite stores them: texts of fixed width, so that they sort as what they mean.

use std::fmt::Write;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use rusqlite::types::{Null, ValueRef};
use rust_decimal::Decimal;

use super::super::{Statement, Values};
use crate::error::{Error, Result};
use crate::value::{Type, Value};

/// Binds a value; the outer error is about the value, the inner one SQLite's.
pub(super) fn bind(
    prepared: &mut rusqlite::Statement<'_>,
    index: usize,
    value: &Value,
) -> Result<rusqlite::Result<()>> {
    Ok(match value {
        Value::Null => prepared.raw_bind_parameter(index, Null),
        Value::Bool(value) => prepared.raw_bind_parameter(index, value),
        Value::Int(value) => prepared.raw_bind_parameter(index, value),
        Value::Float(value) if value.is_finite() => prepared.raw_bind_parameter(index, value),
        Value::Float(_) => {
            return Err(Error::invalid("not_a_number", "a number must be finite"));
        }
        Value::Text(value) => prepared.raw_bind_parameter(index, value.as_str()),
        Value::Bytes(value) => prepared.raw_bind_parameter(index, value.as_slice()),
        other => prepared.raw_bind_parameter(index, text(other)?),
    })
}

/// The text that stands for a value of a type that SQLite does not have.
pub(super) fn text(value: &Value) -> Result<String> {
    let mut text = String::with_capacity(32);
    match value {
        Value::Decimal(value) => write!(text, "{}", value.normalize())?,
        Value::Timestamp(value) => {
            push_date_time(&mut text, Offset::UTC.to_datetime(*value))?;
            text.push('Z');
        }
        Value::Date(value) => push_date(&mut text, *value)?,
        Value::Time(value) => push_time(&mut text, *value)?,
        Value::DateTime(value) => push_date_time(&mut text, *value)?,
        Value::Uuid(value) => write!(text, "{}", value.hyphenated())?,
        Value::Json(value) => text = serde_json::to_string(value)?,
        _ => return Err(Error::internal("a value has no text")),
    }
    Ok(text)
}

fn push_date_time(text: &mut String, value: DateTime) -> Result<()> {
    push_date(text, value.date())?;
    text.push('T');
    push_time(text, value.time())
}

fn push_date(text: &mut String, value: Date) -> Result<()> {
    let year = value.year();
    if year < 0 {
        return Err(Error::invalid("out_of_range", "a date must not lie before the year 0"));
    }
    write!(text, "{year:04}-{:02}-{:02}", value.month(), value.day())?;
    Ok(())
}

fn push_time(text: &mut String, value: Time) -> Result<()> {
    let micros = value.subsec_nanosecond() / 1000;
    write!(text, "{:02}:{:02}:{:02}.{micros:06}", value.hour(), value.minute(), value.second())?;
    Ok(())
}

/// The values of a row, each of the type that the statement says.
pub(super) fn decode(row: &rusqlite::Row<'_>, statement: &Statement) -> Result<Values> {
    let mut values = Vec::with_capacity(statement.returns.len());
    for (index, ty) in statement.returns.iter().enumerate() {
        let stored = row.get_ref(index)?;
        let Some(value) = value(*ty, stored) else {
            let column = row.as_ref().column_name(index).unwrap_or("?");
            let table = statement.table;
            return Err(Error::internal(format!(
                "a stored value of `{table}.{column}` cannot be read as {ty:?}"
            )));
        };
        values.push(value);
    }
    Ok(values)
}

pub(super) fn value(ty: Type, stored: ValueRef<'_>) -> Option<Value> {
    Some(match (ty, stored) {
        (_, ValueRef::Null) => Value::Null,
        (Type::Bool, ValueRef::Integer(0)) => Value::Bool(false),
        (Type::Bool, ValueRef::Integer(1)) => Value::Bool(true),
        (Type::Int, ValueRef::Integer(value)) => Value::Int(value),
        (Type::Float, ValueRef::Real(value)) => Value::Float(value),
        (Type::Bytes, ValueRef::Blob(value)) => Value::Bytes(value.to_vec()),
        (Type::Text, ValueRef::Text(value)) => Value::Text(String::from_utf8(value.to_vec()).ok()?),
        (Type::Json, ValueRef::Text(value)) => Value::Json(serde_json::from_slice(value).ok()?),
        (Type::Decimal, ValueRef::Text(value)) => {
            Value::Decimal(Decimal::from_str_exact(std::str::from_utf8(value).ok()?).ok()?)
        }
        (Type::Timestamp, ValueRef::Text(value)) => Value::Timestamp(parse(value)?),
        (Type::Date, ValueRef::Text(value)) => Value::Date(parse(value)?),
        (Type::Time, ValueRef::Text(value)) => Value::Time(parse(value)?),
        (Type::DateTime, ValueRef::Text(value)) => Value::DateTime(parse(value)?),
        (Type::Uuid, ValueRef::Text(value)) => Value::Uuid(parse(value)?),
        _ => return None,
    })
}

fn parse<T: FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.parse().ok()
}
