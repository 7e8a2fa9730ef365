//! Values in PostgreSQL's binary form, each in a type of its own.

use std::error::Error as StdError;
use std::fmt::Write;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time, date};
use jiff::{Timestamp, Unit};
use rust_decimal::Decimal;
use tokio_postgres::Row;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type as Server, to_sql_checked};

use super::super::{Statement, Values};
use crate::error::{Error, ErrorKind, Result};
use crate::value::{Type, Value};

type Said<T> = std::result::Result<T, Box<dyn StdError + Sync + Send>>;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;
/// Microseconds from 1970, where ours begin, to 2000, where the server's do.
const EPOCH: i64 = 10_957 * DAY;
/// Where the server's days begin.
const FIRST: Date = date(2000, 1, 1);

/// A value to send.
#[derive(Debug)]
pub(super) struct Param<'v>(pub(super) &'v Value);

impl Param<'_> {
    /// The type it is sent as; null is of whatever type its place has.
    pub(super) fn ty(&self) -> Server {
        match self.0 {
            Value::Null => Server::UNKNOWN,
            Value::Bool(_) => Server::BOOL,
            Value::Int(_) => Server::INT8,
            Value::Float(_) => Server::FLOAT8,
            Value::Text(_) => Server::TEXT,
            Value::Bytes(_) => Server::BYTEA,
            Value::Decimal(_) => Server::NUMERIC,
            Value::Timestamp(_) => Server::TIMESTAMPTZ,
            Value::Date(_) => Server::DATE,
            Value::Time(_) => Server::TIME,
            Value::DateTime(_) => Server::TIMESTAMP,
            Value::Uuid(_) => Server::UUID,
            Value::Json(_) => Server::JSONB,
        }
    }

    /// Fails for what the server does not keep.
    pub(super) fn check(&self) -> Result<()> {
        let year = match self.0 {
            Value::Float(value) if !value.is_finite() => {
                return Err(Error::invalid("not_a_number", "a number must be finite"));
            }
            Value::Timestamp(value) => jiff::tz::Offset::UTC.to_datetime(*value).year(),
            Value::Date(value) => value.year(),
            Value::DateTime(value) => value.year(),
            _ => return Ok(()),
        };
        if year < 0 {
            return Err(Error::invalid("out_of_range", "a date must not lie before the year 0"));
        }
        Ok(())
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self, _: &Server, out: &mut BytesMut) -> Said<IsNull> {
        match self.0 {
            Value::Null => return Ok(IsNull::Yes),
            Value::Bool(value) => out.extend_from_slice(&[u8::from(*value)]),
            Value::Int(value) => out.extend_from_slice(&value.to_be_bytes()),
            Value::Float(value) => out.extend_from_slice(&value.to_be_bytes()),
            Value::Text(value) => out.extend_from_slice(value.as_bytes()),
            Value::Bytes(value) => out.extend_from_slice(value),
            Value::Decimal(value) => number(*value, out)?,
            Value::Timestamp(value) => {
                let micros = i64::try_from(value.as_nanosecond().div_euclid(1000))? - EPOCH;
                out.extend_from_slice(&micros.to_be_bytes());
            }
            Value::Date(value) => out.extend_from_slice(&days(*value)?.to_be_bytes()),
            Value::Time(value) => out.extend_from_slice(&micros(*value).to_be_bytes()),
            Value::DateTime(value) => {
                let micros = i64::from(days(value.date())?) * DAY + micros(value.time());
                out.extend_from_slice(&micros.to_be_bytes());
            }
            Value::Uuid(value) => out.extend_from_slice(value.as_bytes()),
            Value::Json(value) => {
                // The version of its form.
                out.extend_from_slice(&[1]);
                out.extend_from_slice(&serde_json::to_vec(value)?);
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Server) -> bool {
        true
    }

    to_sql_checked!();
}

fn days(value: Date) -> Said<i32> {
    Ok(value.since((Unit::Day, FIRST))?.get_days())
}

fn micros(value: Time) -> i64 {
    let seconds =
        (i64::from(value.hour()) * 60 + i64::from(value.minute())) * 60 + i64::from(value.second());
    seconds * 1_000_000 + i64::from(value.subsec_nanosecond() / 1000)
}

/// Digits to the base of 10,000, the decimal point between two of them.
fn number(value: Decimal, out: &mut BytesMut) -> Said<()> {
    let value = value.normalize();
    let scale = value.scale();
    let pad = (4 - scale % 4) % 4;
    // 96 bits times a thousand.
    let mut rest = value.mantissa().unsigned_abs() * 10_u128.pow(pad);
    let mut digits = Vec::with_capacity(8);
    while rest > 0 {
        digits.push(u16::try_from(rest % 10_000)?);
        rest /= 10_000;
    }
    let count = i16::try_from(digits.len())?;
    let weight = if count == 0 { 0 } else { count - i16::try_from((scale + pad) / 4)? - 1 };
    let sign: u16 = if value.is_sign_negative() && count > 0 { 0x4000 } else { 0 };
    out.extend_from_slice(&count.to_be_bytes());
    out.extend_from_slice(&weight.to_be_bytes());
    out.extend_from_slice(&sign.to_be_bytes());
    out.extend_from_slice(&u16::try_from(scale)?.to_be_bytes());
    for digit in digits.iter().rev() {
        out.extend_from_slice(&digit.to_be_bytes());
    }
    Ok(())
}

/// A value as it came.
struct Raw<'r> {
    ty: Server,
    bytes: &'r [u8],
}

impl<'r> FromSql<'r> for Raw<'r> {
    fn from_sql(ty: &Server, bytes: &'r [u8]) -> Said<Self> {
        Ok(Self { ty: ty.clone(), bytes })
    }

    fn accepts(_: &Server) -> bool {
        true
    }
}

/// The values of a row, each of the type that the statement says.
pub(super) fn decode(row: &Row, statement: &Statement) -> Result<Values> {
    let mut values = Vec::with_capacity(statement.returns.len());
    for (index, ty) in statement.returns.iter().enumerate() {
        let unreadable = || {
            let (table, column) = (statement.table, row.columns()[index].name());
            Error::internal(format!(
                "a stored value of `{table}.{column}` cannot be read as {ty:?}"
            ))
        };
        let raw: Option<Raw<'_>> =
            row.try_get(index).map_err(|error| unreadable().with_source(error))?;
        values.push(match raw {
            None => Value::Null,
            Some(raw) => value(*ty, &raw)?.ok_or_else(unreadable)?,
        });
    }
    Ok(values)
}

/// One value that is not null, or nothing if it is not of the type.
pub(super) fn value_at(row: &Row, index: usize, ty: Type) -> Option<Value> {
    let raw: Raw<'_> = row.try_get(index).ok()?;
    value(ty, &raw).ok()?
}

fn value(ty: Type, raw: &Raw<'_>) -> Result<Option<Value>> {
    let bytes = raw.bytes;
    Ok(match (ty, &raw.ty) {
        (Type::Int | Type::Float | Type::Decimal, &Server::NUMERIC) => return numeric(ty, bytes),
        (Type::Bool, &Server::BOOL) => bytes.first().map(|&byte| Value::Bool(byte != 0)),
        (Type::Int, &Server::INT8) => fixed(bytes).map(|it| Value::Int(i64::from_be_bytes(it))),
        (Type::Int, &Server::INT4) => {
            fixed(bytes).map(|it| Value::Int(i64::from(i32::from_be_bytes(it))))
        }
        (Type::Int, &Server::INT2) => {
            fixed(bytes).map(|it| Value::Int(i64::from(i16::from_be_bytes(it))))
        }
        (Type::Float, &Server::FLOAT8) => fixed(bytes).map(f64::from_be_bytes).and_then(finite),
        (Type::Float, &Server::FLOAT4) => {
            fixed(bytes).map(|it| f64::from(f32::from_be_bytes(it))).and_then(finite)
        }
        (Type::Text, &(Server::TEXT | Server::VARCHAR | Server::BPCHAR | Server::NAME)) => {
            String::from_utf8(bytes.to_vec()).ok().map(Value::Text)
        }
        (Type::Bytes, &Server::BYTEA) => Some(Value::Bytes(bytes.to_vec())),
        (Type::Json, &Server::JSONB) => {
            serde_json::from_slice(bytes.get(1..).unwrap_or_default()).ok().map(Value::Json)
        }
        (Type::Json, &Server::JSON) => serde_json::from_slice(bytes).ok().map(Value::Json),
        (Type::Uuid, &Server::UUID) => uuid::Uuid::from_slice(bytes).ok().map(Value::Uuid),
        (Type::Timestamp, &Server::TIMESTAMPTZ) => fixed(bytes)
            .and_then(|it| i64::from_be_bytes(it).checked_add(EPOCH))
            .and_then(|micros| Timestamp::from_microsecond(micros).ok())
            .map(Value::Timestamp),
        (Type::DateTime, &Server::TIMESTAMP) => {
            fixed(bytes).and_then(|it| date_time(i64::from_be_bytes(it))).map(Value::DateTime)
        }
        (Type::Date, &Server::DATE) => {
            fixed(bytes).and_then(|it| day(i64::from(i32::from_be_bytes(it)))).map(Value::Date)
        }
        (Type::Time, &Server::TIME) => {
            fixed(bytes).and_then(|it| time(i64::from_be_bytes(it))).map(Value::Time)
        }
        _ => None,
    })
}

fn fixed<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

fn finite(value: f64) -> Option<Value> {
    value.is_finite().then_some(Value::Float(value))
}

fn day(days: i64) -> Option<Date> {
    // The server's own mark for "never" is no day.
    let span = jiff::Span::new().try_days(days).ok()?;
    FIRST.checked_add(span).ok()
}

fn time(micros: i64) -> Option<Time> {
    let seconds = u32::try_from(micros / 1_000_000).ok()?;
    let part = |value: u32| i8::try_from(value).ok();
    let nanos = i32::try_from(micros % 1_000_000).ok()? * 1000;
    Time::new(part(seconds / 3600)?, part(seconds / 60 % 60)?, part(seconds % 60)?, nanos).ok()
}

fn date_time(micros: i64) -> Option<DateTime> {
    let date = day(micros.div_euclid(DAY))?;
    Some(DateTime::from_parts(date, time(micros.rem_euclid(DAY))?))
}

/// A number of any size; one that its type cannot hold is told as such.
fn numeric(ty: Type, bytes: &[u8]) -> Result<Option<Value>> {
    let Some(text) = digits(bytes) else { return Ok(None) };
    let overflow =
        || Error::new(ErrorKind::TooLarge, "overflow", "a sum is too large for its type");
    match ty {
        Type::Decimal => match Decimal::from_str(&text) {
            Ok(value) => Ok(Some(Value::Decimal(value.normalize()))),
            Err(_) => Err(overflow()),
        },
        Type::Int => match text.split_once('.').map_or(text.as_str(), |(whole, _)| whole).parse() {
            Ok(value) => Ok(Some(Value::Int(value))),
            Err(_) => Err(overflow()),
        },
        _ => Ok(text.parse().ok().and_then(finite)),
    }
}

/// A number's text; `None` for what is no number.
fn digits(bytes: &[u8]) -> Option<String> {
    let words: Vec<u16> =
        bytes.chunks_exact(2).map(|word| u16::from_be_bytes([word[0], word[1]])).collect();
    let [_, weight, sign, scale, digits @ ..] = words.as_slice() else { return None };
    let weight = weight.cast_signed();
    let mut text = String::with_capacity(64);
    match sign {
        0 => {}
        0x4000 => text.push('-'),
        _ => return None,
    }
    let digit = |place: i32| {
        let index = usize::try_from(i32::from(weight) - place).ok();
        index.and_then(|index| digits.get(index)).copied().unwrap_or_default()
    };
    for place in (0..=i32::from(weight.max(0))).rev() {
        let _ = write!(text, "{:04}", digit(place));
    }
    if *scale > 0 {
        text.push('.');
        let groups = i32::from(scale.div_ceil(4));
        let from = text.len();
        for place in 1..=groups {
            let _ = write!(text, "{:04}", digit(-place));
        }
        text.truncate(from + usize::from(*scale));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_and_come_back() {
        for text in [
            "0",
            "1",
            "-1",
            "10000",
            "0.5",
            "-0.00012",
            "12345678901234.56789",
            "0.0000000000000000000000000001",
            "79228162514264337593543950335",
            "-7.9228162514264337593543950335",
        ] {
            let value = Decimal::from_str_exact(text).expect("a number");
            let mut bytes = BytesMut::new();
            number(value, &mut bytes).expect("it is written");
            let back = numeric(Type::Decimal, &bytes).expect("it is read");
            assert_eq!(back, Some(Value::Decimal(value)), "{text}");
        }
    }

    #[test]
    fn what_a_type_cannot_hold_is_told() {
        let mut bytes = BytesMut::new();
        number(Decimal::MAX, &mut bytes).expect("it is written");
        let error = numeric(Type::Int, &bytes).expect_err("too large");
        assert_eq!(error.all()[0].code, "overflow");
    }
}
