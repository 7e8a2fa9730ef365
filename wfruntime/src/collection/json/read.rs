//! One JSON value to a column's value, strictly: every fault says what was expected.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::fit::{self, Misfit};
use super::slot::Slot;
use crate::collection::{Column, Id, Kind, Scalar};
use crate::error::Fault;
use crate::value::{Type, Value};

/// A JSON value as far as a column can hold it; numbers stay exact.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number without fraction and exponent.
    Int(i64),
    /// A number that was parsed to a float already.
    Float(f64),
    /// Any other number, as it was written.
    Number(Cow<'a, str>),
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    Array,
    /// An object.
    Object,
}

/// How deep a JSON value may be nested: readers take 128 levels, and others stand around it where
/// it is kept.
const DEPTH: usize = 64;

/// The value of a column from JSON text: the exact way, for bodies of requests.
///
/// # Errors
/// It does not fit; the fault says what was expected.
pub(crate) fn value_from_raw(column: &Column, json: &RawValue) -> Result<Value, Fault> {
    column.slot().read(json)
}

impl Slot<'_> {
    /// The value of JSON text: the exact way, for bodies of requests.
    ///
    /// # Errors
    /// It does not fit; the fault says what was expected.
    pub(crate) fn read(&self, json: &RawValue) -> Result<Value, Fault> {
        let (name, text) = (self.name, json.get());
        if let Kind::Plain(Type::Json) = self.kind
            && text != "null"
        {
            if depth(text) > DEPTH {
                let message = format!("`{name}` is nested more than {DEPTH} levels deep");
                return Err(Fault::new("too_deep", message).at(name));
            }
            let json = serde_json::from_str(text).map_err(|error| self.unreadable(&error))?;
            let value = Value::Json(json);
            self.check(&value)?;
            return Ok(value);
        }
        let token = token(text).map_err(|error| self.unreadable(&error))?;
        if token == Token::Null && !self.nullable {
            return Err(Fault::new("null", format!("`{name}` must not be null")).at(name));
        }
        let value = value(self.kind, &token).map_err(|misfit| fit::fault(self, &token, misfit))?;
        self.check(&value)?;
        Ok(value)
    }

    /// Text that is JSON by its form only: half of a surrogate pair, a number beyond all floats.
    fn unreadable(&self, error: &serde_json::Error) -> Fault {
        let name = self.name;
        Fault::new("invalid_json", format!("`{name}` cannot be read: {error}")).at(name)
    }
}

/// The value of JSON that was written from one; `None` if it does not fit.
pub(crate) fn value_from_json(kind: Kind, json: &serde_json::Value) -> Option<Value> {
    if let Kind::Plain(Type::Json) = kind {
        return Some(Value::Json(json.clone()));
    }
    let text = json.to_string();
    value(kind, &token(&text).ok()?).ok()
}

/// How deep arrays and objects are nested.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut is_escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn token(text: &str) -> Result<Token<'_>, serde_json::Error> {
    Ok(match text.as_bytes().first() {
        Some(b'"') => {
            let plain = &text[1..text.len() - 1];
            if plain.contains('\\') {
                Token::Text(serde_json::from_str(text)?)
            } else {
                Token::Text(plain.into())
            }
        }
        Some(b't') => Token::Bool(true),
        Some(b'f') => Token::Bool(false),
        Some(b'{') => Token::Object,
        Some(b'[') => Token::Array,
        Some(b'-' | b'0'..=b'9') => match text.parse() {
            Ok(int) => Token::Int(int),
            Err(_) => Token::Number(text.into()),
        },
        _ => Token::Null,
    })
}

/// The value of a kind, without the field's own limits.
pub(super) fn value(kind: Kind, token: &Token<'_>) -> Result<Value, Misfit> {
    if *token == Token::Null {
        return Ok(Value::Null);
    }
    match kind {
        Kind::Int { min, max } => int(token, min, max),
        Kind::Reference => int(token, 1, Id::<()>::MAX),
        Kind::Choice(_) => match token {
            Token::Text(text) => choice(kind, text),
            _ => Err(Misfit::Type),
        },
        Kind::Plain(ty) => plain(ty, token),
    }
}

fn int(token: &Token<'_>, min: i64, max: i64) -> Result<Value, Misfit> {
    match token {
        Token::Int(value) if (min..=max).contains(value) => Ok(Value::Int(*value)),
        Token::Int(_) => Err(Misfit::Bounds(min, max)),
        Token::Number(text) if !text.contains(['.', 'e', 'E']) => Err(Misfit::Bounds(min, max)),
        // What was an integer of more than 64 bits before it was parsed.
        Token::Float(value) if value.abs() >= 2_f64.powi(63) => Err(Misfit::Bounds(min, max)),
        _ => Err(Misfit::Type),
    }
}

fn choice(kind: Kind, name: &str) -> Result<Value, Misfit> {
    let Kind::Choice(choice) = kind else { return Err(Misfit::Type) };
    match choice.variants.iter().any(|variant| variant.name == name) {
        true => Ok(Value::Text(name.to_owned())),
        false => Err(Misfit::Choice(choice)),
    }
}

fn plain(ty: Type, token: &Token<'_>) -> Result<Value, Misfit> {
    match (ty, token) {
        (Type::Bool, Token::Bool(value)) => Ok(Value::Bool(*value)),
        (Type::Int, token) => int(token, i64::MIN, i64::MAX),
        (Type::Float, token) => float(token).map(Value::Float),
        (Type::Decimal, token) => decimal(token).map(Value::Decimal),
        (ty, Token::Text(text)) => from_text(ty, text),
        _ => Err(Misfit::Type),
    }
}

fn float(token: &Token<'_>) -> Result<f64, Misfit> {
    let value = match token {
        #[expect(clippy::cast_precision_loss, reason = "the field is a float")]
        Token::Int(value) => *value as f64,
        Token::Float(value) => *value,
        Token::Number(text) => text.parse().map_err(|_| Misfit::Type)?,
        _ => return Err(Misfit::Type),
    };
    if value.is_finite() { Ok(value) } else { Err(Misfit::Range) }
}

/// Without trailing zeros, as the store keeps it: an answer shows what a later one will.
fn decimal(token: &Token<'_>) -> Result<Decimal, Misfit> {
    let value = match token {
        Token::Int(value) => Ok(Decimal::from(*value)),
        Token::Number(text) | Token::Text(text) => decimal_text(text),
        Token::Float(value) => {
            let text = value.to_string();
            // A float keeps 15 digits of any decimal; with more, another number may be meant.
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            if digits > 15 { Err(Misfit::Inexact) } else { decimal_text(&text) }
        }
        _ => Err(Misfit::Type),
    };
    value.map(|value| value.normalize())
}

fn decimal_text(text: &str) -> Result<Decimal, Misfit> {
    // `Decimal` takes `1_000` as Rust does.
    if text.contains('_') {
        return Err(Misfit::Type);
    }
    let parsed = match text.contains(['e', 'E']) {
        true => Decimal::from_scientific(text),
        false => Decimal::from_str_exact(text),
    };
    // Not `inf`, which Rust reads too.
    let is_number = || text.contains(|c: char| c.is_ascii_digit()) && text.parse::<f64>().is_ok();
    parsed.map_err(|_| if is_number() { Misfit::Range } else { Misfit::Type })
}

/// What only a string can say.
fn from_text(ty: Type, text: &str) -> Result<Value, Misfit> {
    fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, Misfit> {
        text.parse().map_err(|_| Misfit::Type)
    }
    Ok(match ty {
        Type::Text => Value::Text(text.to_owned()),
        Type::Bytes => Value::Bytes(STANDARD.decode(text).map_err(|_| Misfit::Type)?),
        Type::Timestamp => parsed::<Timestamp>(text)?.into_value(),
        Type::Date => parsed::<Date>(text)?.into_value(),
        Type::Time => parsed::<Time>(text)?.into_value(),
        Type::DateTime => parsed::<DateTime>(text)?.into_value(),
        Type::Uuid => Value::Uuid(parsed::<Uuid>(text)?),
        _ => return Err(Misfit::Type),
    })
}
