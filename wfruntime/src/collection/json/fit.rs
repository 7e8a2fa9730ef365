//! The faults of values that do not fit their column, in words.

use super::read::Token;
use super::slot::{Choices, Slot};
use crate::collection::{ChoiceMeta, Kind};
use crate::error::Fault;
use crate::spelling::closest;
use crate::value::Type;

/// Why a value does not fit.
#[derive(Debug, Clone, Copy)]
pub(super) enum Misfit {
    /// It is of another type, or written otherwise.
    Type,
    /// It is an integer outside of these bounds.
    Bounds(i64, i64),
    /// It is too large or too long for the type.
    Range,
    /// It is a number with more digits than a float keeps.
    Inexact,
    /// It is no name of the choice.
    Choice(&'static ChoiceMeta),
}

pub(super) fn fault(slot: &Slot<'_>, token: &Token<'_>, misfit: Misfit) -> Fault {
    let name = slot.name;
    let found = found(token);
    let (code, message) = match misfit {
        Misfit::Type => {
            let expected = expected(slot.kind);
            ("wrong_type", format!("`{name}` must be {expected}, found {found}"))
        }
        Misfit::Bounds(min, max) => {
            ("out_of_range", format!("`{name}` must be from {min} to {max}, found {found}"))
        }
        Misfit::Range => {
            let expected = expected(slot.kind);
            ("out_of_range", format!("`{name}` is out of range for {expected}: {found}"))
        }
        Misfit::Inexact => (
            "inexact",
            format!("`{name}` has more digits than a number keeps: send it as a string"),
        ),
        Misfit::Choice(choice) => {
            let text = if let Token::Text(text) = token { text.as_ref() } else { "" };
            return no_choice(name, text, &Choices::of(choice));
        }
    };
    let fault = Fault::new(code, message).at(name);
    match (misfit, slot.kind.ty()) {
        (Misfit::Type, Type::Int | Type::Float | Type::Decimal) => fault.with("number", ""),
        (Misfit::Type, Type::Date | Type::Time | Type::DateTime | Type::Timestamp) => {
            fault.with("date", "")
        }
        (Misfit::Bounds(min, max), _) => fault.with("min", min).with("max", max),
        _ => fault,
    }
}

/// The fault of a text that is none of the names.
pub(super) fn no_choice(name: &str, text: &str, choices: &Choices<'_>) -> Fault {
    let close = closest(text, choices.0.iter().copied())
        .map(|close| format!("; did you mean `{close}`?"))
        .unwrap_or_default();
    let names: Vec<String> = choices.0.iter().map(|name| format!("`{name}`")).collect();
    let (names, found) = (names.join(", "), shortened(text));
    let message = format!("`{name}` must be one of {names}, found \"{found}\"{close}");
    Fault::new("unknown_choice", message).at(name)
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Int { .. } => "an integer",
        Kind::Reference => "the id of a record",
        Kind::Choice(_) => "a string",
        Kind::Plain(ty) => match ty {
            Type::Bool => "true or false",
            Type::Int => "an integer",
            Type::Float => "a number",
            Type::Text => "a string",
            Type::Bytes => "a string in base64",
            Type::Decimal => "a decimal number such as \"12.50\"",
            Type::Timestamp => "a moment such as \"2026-01-31T12:00:00Z\"",
            Type::Date => "a date such as \"2026-01-31\"",
            Type::Time => "a time of day such as \"12:30:00\"",
            Type::DateTime => "a date and time such as \"2026-01-31T12:30:00\"",
            Type::Uuid => "a UUID",
            Type::Json => "JSON",
        },
    }
}

fn found(token: &Token<'_>) -> String {
    match token {
        Token::Null => "null".to_owned(),
        Token::Bool(value) => value.to_string(),
        Token::Int(value) => value.to_string(),
        Token::Float(value) => format!("{value:?}"),
        Token::Number(text) => shortened(text),
        Token::Text(text) => format!("\"{}\"", shortened(text)),
        Token::Array => "an array".to_owned(),
        Token::Object => "an object".to_owned(),
    }
}

/// At most 40 characters: an answer does not repeat a megabyte.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
