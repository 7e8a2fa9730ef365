//! What a form takes, and what it says of what it does not take.

use serde_json::json;

use super::{Form, from_values, shape};
use crate::prelude::*;
use crate::{Answer, Fault};

/// Each kind of field.
#[answer]
struct Every {
    /// In full.
    #[field(length = 2..=5, pattern = "[A-Z]+")]
    name: String,
    #[field(range = dec!(0.5)..=dec!(10))]
    amount: Decimal,
    #[field(default = Colour::Red)]
    colour: Colour,
    count: Option<u8>,
    #[field(default = now)]
    at: Timestamp,
    on: Option<Date>,
    is_new: Option<bool>,
    more: Option<Json>,
    #[field(default = 5, range = ..=9)]
    stars: Option<i64>,
}

#[choice]
enum Colour {
    Red,
    #[choice(name = "blau", title = "Blue")]
    Blue,
}

fn now() -> Timestamp {
    "2026-03-01T08:00:00Z".parse().expect("a moment")
}

/// The form after it was stored and read again.
fn form() -> Form {
    let text = serde_json::to_string(&Form::of(Every::META)).expect("JSON");
    Form::stored(&text).expect("a form")
}

fn read(text: &str) -> Result<serde_json::Value, Vec<Fault>> {
    form().read(text, "values", now()).expect("a form").map(serde_json::Value::Object)
}

#[test]
fn the_fields_are_described() {
    let described = serde_json::to_value(form()).expect("JSON");
    let expected = json!([
        {"name": "name", "title": "In full", "type": "text", "required": true,
         "length": {"min": 2, "max": 5}, "pattern": "[A-Z]+"},
        {"name": "amount", "title": "Amount", "type": "decimal", "required": true,
         "range": {"min": "0.5", "max": "10"}},
        {"name": "colour", "title": "Colour", "type": "choice", "required": false,
         "choices": [{"name": "red", "title": "Red"}, {"name": "blau", "title": "Blue"}],
         "default": "red"},
        {"name": "count", "title": "Count", "type": "integer", "required": false,
         "range": {"min": 0, "max": 255}},
        {"name": "at", "title": "At", "type": "timestamp", "required": false, "default": "now"},
        {"name": "on", "title": "On", "type": "date", "required": false},
        {"name": "isNew", "title": "Is new", "type": "boolean", "required": false},
        {"name": "more", "title": "More", "type": "json", "required": false},
        {"name": "stars", "title": "Stars", "type": "integer", "required": false, "nullable": true,
         "range": {"max": 9}, "default": 5},
    ]);
    assert_eq!(described, expected);
}

#[test]
fn values_are_checked_and_completed() {
    let given = r#"{"name": "ABC", "amount": 1.50, "colour": "blau", "count": 255,
        "at": null, "on": "2026-02-28", "isNew": true, "more": {"a": [1]}, "stars": null}"#;
    let expected = json!({
        "name": "ABC", "amount": "1.5", "colour": "blau", "count": 255,
        "at": "2026-03-01T08:00:00Z", "on": "2026-02-28", "isNew": true, "more": {"a": [1]},
        "stars": null,
    });
    let values = read(given).expect("it fits");
    assert_eq!(values, expected);
    let every: Every = from_values(values.as_object().expect("an object")).expect("an answer");
    assert_eq!((every.colour, every.count, every.stars), (Colour::Blue, Some(255), None));
    assert_eq!(serde_json::to_value(&every).expect("JSON"), expected);
    assert_eq!(serde_json::from_value::<Every>(expected).expect("an answer"), every);

    let least = read(r#"{"name": "AB", "amount": "10"}"#).expect("it fits");
    let every: Every = from_values(least.as_object().expect("an object")).expect("an answer");
    assert_eq!((every.colour, every.at, every.stars), (Colour::Red, now(), Some(5)));
    assert_eq!((every.count, every.on, every.is_new, every.more), (None, None, None, None));
}

#[test]
fn everything_that_is_wrong_is_told_by_name() {
    for (given, expected) in [
        (
            "5",
            vec![
                "values: `values` must be an object, found `5`; send `{\"name\": …, \"amount\": …, \"colour\": …, \"count\": …, \"at\": …, \"on\": …, \"isNew\": …, \"more\": …, \"stars\": …}`",
            ],
        ),
        ("{}", vec!["values.name: `name` is required", "values.amount: `amount` is required"]),
        (r#"{"name": null, "amount": 1}"#, vec!["values.name: `name` is required"]),
        (
            r#"{"name": "abc", "amount": 11, "colour": "blua", "count": 300, "nmae": 1}"#,
            vec![
                "values.name: `name` does not fit the pattern `[A-Z]+`",
                "values.amount: `amount` must be at most \"10\"",
                "values.colour: `colour` must be one of `red`, `blau`, found \"blua\"; did you mean `blau`?",
                "values.count: `count` must be at most 255",
                "values.nmae: unknown field `nmae`; did you mean `name`?",
            ],
        ),
        (
            r#"{"name": "ABCDEF", "amount": {}, "at": "yesterday", "isNew": "yes", "stars": 1.5}"#,
            vec![
                "values.name: `name` must have at most 5 characters, found 6",
                "values.amount: `amount` must be a decimal number such as \"12.50\", found an object",
                "values.at: `at` must be a moment such as \"2026-01-31T12:00:00Z\", found \"yesterday\"",
                "values.isNew: `isNew` must be true or false, found \"yes\"",
                "values.stars: `stars` must be an integer, found 1.5",
            ],
        ),
        (
            r#"{"name": "AB", "name": "CD", "amount": 1}"#,
            vec!["values.name: `name` is given twice"],
        ),
    ] {
        let faults = read(given).expect_err("it does not fit");
        let told: Vec<String> = faults
            .iter()
            .map(|fault| {
                format!("{}: {}", fault.field.as_deref().unwrap_or_default(), fault.message)
            })
            .collect();
        assert_eq!(told, expected, "{given}");
    }
}

#[test]
fn what_was_kept_for_another_struct_does_not_fit() {
    let values = json!({"name": "AB", "amount": true});
    let error = from_values::<Every>(values.as_object().expect("an object"));
    let error = error.expect_err("it does not fit").to_string();
    assert_eq!(error, "the values that were kept do not fit `Every`: `amount`");
    assert!(shape(Every::META).contains(" count?:0..255 at:Timestamp"), "{}", shape(Every::META));
}
