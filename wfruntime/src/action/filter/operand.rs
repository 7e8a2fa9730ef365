//! A value to compare with: of the field's type, but free of the limits on what is stored.
//!
//! `{"age": {"$lt": 300}}` is a fair question about a field that holds at most 255.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::kind as named;
use crate::collection::Kind;
use crate::spelling::{instead, quoted};
use crate::value::{Type, Value};

/// Reads a value to compare a field of this kind with; on failure says what was expected.
pub(super) fn read(kind: Kind, json: &Json) -> Result<Value, String> {
    if let Kind::Choice(choice) = kind {
        let names = choice.variants.iter().map(|variant| variant.name);
        return match json {
            Json::String(text) if names.clone().any(|name| name == text) => Ok(text.clone().into()),
            Json::String(text) => {
                Err(format!("unknown choice {}{}", quoted(text), instead(text, names)))
            }
            other => Err(format!("expected the name of a choice, not {}", named(other))),
        };
    }
    match (kind.ty(), json) {
        (Type::Bool, Json::Bool(value)) => Ok((*value).into()),
        // Lists of choices in clients hold texts, also of numbers.
        (Type::Int, Json::Number(number)) => number.as_i64().map(Value::Int).ok_or_else(whole),
        (Type::Int, Json::String(text)) => text.parse().map(Value::Int).map_err(|_| whole()),
        (Type::Float, Json::Number(number)) => {
            number.as_f64().map(Value::Float).ok_or_else(|| "the number is too large".to_owned())
        }
        (Type::Text, Json::String(text)) if text.contains('\0') => {
            Err("no text has the character U+0000".to_owned())
        }
        (Type::Text, Json::String(text)) => Ok(text.clone().into()),
        (Type::Decimal, Json::Number(number)) => decimal(&number.to_string()),
        (Type::Decimal, Json::String(text)) => decimal(text),
        (Type::Bytes, Json::String(text)) => STANDARD
            .decode(text)
            .map(Value::Bytes)
            .map_err(|_| "expected bytes in base64".to_owned()),
        (Type::Timestamp, Json::String(text)) => {
            parsed(text, Value::Timestamp, "a moment like `2026-01-31T09:30:00Z`")
        }
        (Type::Date, Json::String(text)) => parsed(text, Value::Date, "a date like `2026-01-31`"),
        (Type::Time, Json::String(text)) => parsed(text, Value::Time, "a time like `09:30:00`"),
        (Type::DateTime, Json::String(text)) => {
            parsed(text, Value::DateTime, "a date and time like `2026-01-31T09:30:00`")
        }
        (Type::Uuid, Json::String(text)) => parsed(text, Value::Uuid, "a UUID"),
        (ty, other) => Err(format!("expected {}, not {}", expected(ty), named(other))),
    }
}

fn parsed<T: FromStr>(text: &str, value: fn(T) -> Value, expected: &str) -> Result<Value, String> {
    text.parse().map(value).map_err(|_| format!("expected {expected}, not {}", quoted(text)))
}

fn decimal(text: &str) -> Result<Value, String> {
    Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .map(Value::Decimal)
        .map_err(|_| format!("expected a decimal number, not {}", quoted(text)))
}

fn whole() -> String {
    "expected a whole number of at most 64 bits".to_owned()
}

fn expected(ty: Type) -> &'static str {
    match ty {
        Type::Bool => "true or false",
        Type::Int => "a whole number",
        Type::Float => "a number",
        Type::Text => "a text",
        Type::Bytes => "bytes in base64",
        Type::Decimal => "a decimal number",
        Type::Timestamp => "a moment like `2026-01-31T09:30:00Z`",
        Type::Date => "a date like `2026-01-31`",
        Type::Time => "a time like `09:30:00`",
        Type::DateTime => "a date and time like `2026-01-31T09:30:00`",
        Type::Uuid => "a UUID",
        Type::Json => "a value",
    }
}
