//! What is left out of the texts and values of own code: hidden fields and secrets.
//!
//! Own code may put anything anywhere; so a hidden value is found by what it is, too.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::collection::Definition;
use crate::core::Core;

/// What stands where something is left out.
const MARK: &str = "•••";
/// A shorter value is found in words that have nothing to do with it.
const SHORTEST: usize = 4;

/// Members whose values are secrets, as their names without `_` and `-`, in small letters, end.
const SECRETS: [&str; 8] = [
    "password",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "privatekey",
    "authorization",
    "cookie",
];

/// What must not be shown of an execution.
pub(super) struct Redaction {
    /// The names of all hidden fields: what own code gave does not say of which collection it is.
    names: HashSet<&'static str>,
    /// What the hidden fields held that the execution saw, the longest first.
    values: Vec<String>,
}

impl Redaction {
    /// `context` is what the execution saw, of a record of this collection.
    pub(super) fn new(core: &Core, collection: Option<&str>, context: Option<&Value>) -> Self {
        let columns = core.registry.collections().iter().flat_map(|found| &found.columns);
        let hidden = columns.filter(|column| column.options.hidden);
        let names: HashSet<_> = hidden.map(|column| column.json).collect();
        let mut values = Vec::new();
        let definition = collection.and_then(|name| core.registry.named(name));
        if let (Some(definition), false) = (definition, names.is_empty()) {
            for name in ["data", "before"] {
                collect(
                    definition,
                    context.map_or(&Value::Null, |context| &context[name]),
                    &mut values,
                );
            }
        }
        values.sort_unstable_by_key(|value| std::cmp::Reverse(value.len()));
        values.dedup();
        Self { names, values }
    }

    /// The text without hidden values.
    pub(super) fn text(&self, text: &str) -> String {
        self.values.iter().fold(text.to_owned(), |text, value| text.replace(value.as_str(), MARK))
    }

    /// The value without hidden fields, however deep, and without secrets.
    pub(super) fn value(&self, value: Value) -> Value {
        match value {
            Value::Object(object) => {
                let kept =
                    object.into_iter().filter(|(name, _)| !self.names.contains(name.as_str()));
                let shown = kept.map(|(name, value)| {
                    let value = if is_secret(&name) && !value.is_null() {
                        MARK.into()
                    } else {
                        self.value(value)
                    };
                    (name, value)
                });
                shown.collect::<Map<_, _>>().into()
            }
            // As headers are kept: a name and a value.
            Value::Array(mut pair) if is_header(&pair) => {
                pair[1] = MARK.into();
                pair.into()
            }
            Value::Array(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::String(text) => self.text(&text).into(),
            other => other,
        }
    }
}

fn is_header(pair: &[Value]) -> bool {
    matches!(pair, [Value::String(name), Value::String(_)] if is_secret(name))
}

fn is_secret(name: &str) -> bool {
    let plain: String = name.chars().filter(|letter| !matches!(letter, '_' | '-')).collect();
    let plain = plain.to_lowercase();
    SECRETS.iter().any(|secret| plain.ends_with(secret))
}

/// What a stored record hides.
fn collect(definition: &Definition, stored: &Value, values: &mut Vec<String>) {
    let members = match stored {
        Value::Object(members) => members,
        Value::Array(records) => {
            return records.iter().for_each(|record| collect(definition, record, values));
        }
        _ => return,
    };
    for (name, value) in members {
        if let Some((_, column)) = definition.column(name) {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            if column.options.hidden && text.chars().count() >= SHORTEST {
                values.push(text);
            }
        } else if let Some((_, association)) = definition.association(name) {
            collect(association.target(), value, values);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hidden_names_hidden_values_and_secrets_are_left_out_however_deep() {
        let redaction = Redaction {
            names: HashSet::from(["pin"]),
            values: vec!["swordfish".to_owned(), "4711".to_owned()],
        };
        let value = json!({
            "a": [{ "pin": 1, "b": { "pin": 2, "c": 3 } }], "pin": 4,
            "said": "the code is 4711, not swordfishes",
            "headers": [["set-cookie", "a=b"], ["content-type", "text/plain"]],
            "apiKey": "k", "access_token": "t", "newPassword": null, "tokens": 7,
        });
        let expected = json!({
            "a": [{ "b": { "c": 3 } }],
            "said": "the code is •••, not •••es",
            "headers": [["set-cookie", "•••"], ["content-type", "text/plain"]],
            "apiKey": "•••", "access_token": "•••", "newPassword": null, "tokens": 7,
        });
        assert_eq!(redaction.value(value), expected);
    }
}
