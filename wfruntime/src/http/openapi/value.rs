//! What stands in the columns of a collection, as JSON carries it.

use super::node::Object;
use super::schema::{any, anything, format, int, one_of, or_null, text, typed};
use crate::collection::json::value_to_json;
use crate::collection::{Column, DefaultValue, Id, Kind};
use crate::value::{Type, Value};

/// Whether a value is answered or sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It is in an answer.
    Out,
    /// It is in a request.
    In,
}

/// The schema of a column.
pub(super) fn column(column: &Column, way: Way) -> Object {
    if let Kind::Plain(Type::Json) = column.kind {
        return anything();
    }
    let mut about = Vec::new();
    about.extend(column.options.title.map(|title| format!("{title}.")));
    let mut shape = described(column, &mut about);
    if way == Way::In {
        if let Kind::Plain(Type::Decimal) = column.kind {
            // An answer never rounds; a request may also send a number.
            shape = any([shape, typed("number")]);
        }
        about.extend(usual(column));
    }
    let shape = if column.nullable { or_null(shape) } else { shape };
    shape.maybe("description", (!about.is_empty()).then(|| about.join(" ")))
}

fn described(column: &Column, about: &mut Vec<String>) -> Object {
    let options = &column.options;
    let range = options.range.as_ref();
    let min = range.and_then(|range| range.min).map(|value| value());
    let max = range.and_then(|range| range.max).map(|value| value());
    match column.kind {
        Kind::Int { min: least, max: most } => {
            let of = |value: Option<Value>, other: i64| {
                value.as_ref().and_then(Value::as_int).unwrap_or(other)
            };
            return int(of(min, least), of(max, most));
        }
        Kind::Reference => return int(1, Id::<()>::MAX),
        Kind::Choice(choice) => return one_of(choice.variants.iter().map(|variant| variant.name)),
        Kind::Plain(Type::Float) => {
            let float = |value: Option<Value>| match value {
                Some(Value::Float(value)) => Some(value),
                _ => None,
            };
            let number = typed("number").with("format", "double");
            return number.maybe("minimum", float(min)).maybe("maximum", float(max));
        }
        Kind::Plain(_) => {}
    }
    // JSON Schema limits numbers only; ours may be dates, or decimals in a string.
    for (word, value) in [("At least", &min), ("At most", &max)] {
        if let Some(value) = value {
            let value = value_to_json(value);
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            about.push(format!("{word} {value}."));
        }
    }
    match column.kind.ty() {
        Type::Bool => typed("boolean"),
        Type::Int => int(i64::MIN, i64::MAX),
        Type::Float => typed("number"),
        Type::Decimal => format("decimal"),
        Type::Bytes => text().with("contentEncoding", "base64"),
        Type::Timestamp => format("date-time"),
        Type::Date => format("date"),
        // Without an offset, which `time` and `date-time` have.
        Type::Time => format("time-local"),
        Type::DateTime => format("date-time-local"),
        Type::Uuid => format("uuid"),
        Type::Text | Type::Json => limited(column),
    }
}

/// A text with the limits of its column.
fn limited(column: &Column) -> Object {
    let (min, max) = column.options.length.unwrap_or((0, u32::MAX));
    text()
        .maybe("minLength", (min > 0).then(|| i64::from(min)))
        .maybe("maxLength", (max < u32::MAX).then(|| i64::from(max)))
        .maybe("pattern", column.options.pattern.map(|pattern| format!("^(?:{pattern})$")))
}

/// What it is if it is not given, in words.
///
/// Generators take what has a `default` for something that is always there, and ask for it.
fn usual(column: &Column) -> Option<String> {
    Some(match column.default()? {
        DefaultValue::Value(value) => {
            format!("`{}` in a new one, if it is not given.", value_to_json(&value()))
        }
        DefaultValue::Now => "The moment of the request, if it is not given.".to_owned(),
        DefaultValue::User => "Who asks, if it is not given.".to_owned(),
    })
}
