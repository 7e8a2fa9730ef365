//! The members of a small JSON object: each read by its name, all that is wrong gathered.

use serde_json::Value;

use crate::error::{Error, ErrorKind, Fault, Result};
use crate::http::distinct;
use crate::spelling::{instead, quoted};

/// How a request names somebody.
#[derive(Debug)]
pub(super) enum IdOrText {
    Id(i64),
    Text(String),
}

impl Default for IdOrText {
    fn default() -> Self {
        Self::Id(0)
    }
}

/// An object that is being read.
#[derive(Debug)]
pub(super) struct Members {
    given: serde_json::Map<String, Value>,
    /// The names asked for so far.
    known: Vec<&'static str>,
    faults: Vec<Fault>,
}

impl Members {
    /// The object that a body is.
    ///
    /// # Errors
    ///
    /// There is no body, or it is no object, or names a member twice.
    pub(super) fn read(body: &str) -> Result<Self> {
        if body.is_empty() {
            return Err(Error::invalid("body_missing", "expected a JSON object as body"));
        }
        let read = distinct::read(body);
        match read.map_err(|error| Error::invalid("invalid_body", format!("the body: {error}")))? {
            Value::Object(given) => Ok(Self { given, known: Vec::new(), faults: Vec::new() }),
            other => {
                let message = format!("the body must be an object, found {}", kind(&other));
                Err(Error::invalid("invalid_body", message))
            }
        }
    }

    /// A text that has to be there, under the first of the names or one that stands for it.
    pub(super) fn text(&mut self, names: &[&'static str]) -> String {
        let name = names.iter().copied().find(|name| self.given.contains_key(*name));
        let name = name.or_else(|| names.first().copied()).unwrap_or_default();
        self.known.extend(names);
        match self.given.remove(name) {
            Some(Value::String(text)) => text,
            other => self.missing(name, "a string", other.as_ref()),
        }
    }

    /// A text that may be left out or null.
    pub(super) fn optional_text(&mut self, name: &'static str) -> Option<String> {
        self.known.push(name);
        match self.given.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            Some(other) => self.missing(name, "a string", Some(&other)),
        }
    }

    /// An id that has to be there.
    pub(super) fn id(&mut self, name: &'static str) -> i64 {
        self.known.push(name);
        let given = self.given.remove(name);
        match given.as_ref().and_then(Value::as_i64) {
            Some(id) => id,
            None => self.missing(name, "an id", given.as_ref()),
        }
    }

    /// An id or a text, which has to be there.
    pub(super) fn id_or_text(&mut self, name: &'static str) -> IdOrText {
        self.known.push(name);
        match self.given.remove(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => IdOrText::Text(text),
            given => match given.as_ref().and_then(Value::as_i64) {
                Some(id) => IdOrText::Id(id),
                None => self.missing(name, "an id or a name", given.as_ref()),
            },
        }
    }

    /// `true` or `false`, which has to be there.
    pub(super) fn flag(&mut self, name: &'static str) -> bool {
        self.known.push(name);
        match self.given.remove(name) {
            Some(Value::Bool(flag)) => flag,
            other => self.missing(name, "`true` or `false`", other.as_ref()),
        }
    }

    /// One of some words, which has to be there; by its index.
    pub(super) fn word(&mut self, name: &'static str, words: &[&str]) -> usize {
        self.known.push(name);
        let given = self.given.remove(name);
        let text = given.as_ref().and_then(Value::as_str);
        if let Some(index) = words.iter().position(|word| Some(*word) == text) {
            return index;
        }
        let Some(text) = text else {
            let expected = format!("`{}`", words.join("` or `"));
            return self.missing(name, &expected, given.as_ref());
        };
        let instead = instead(text, words.iter().copied());
        let message = format!("unknown {name} {}{instead}", quoted(text));
        self.faults.push(Fault::new("unknown_choice", message).at(name));
        0
    }

    /// One of some words, which may be left out or null; by its index.
    pub(super) fn optional_word(&mut self, name: &'static str, words: &[&str]) -> Option<usize> {
        if matches!(self.given.get(name), None | Some(Value::Null)) {
            self.known.push(name);
            self.given.remove(name);
            return None;
        }
        let before = self.faults.len();
        let index = self.word(name, words);
        (self.faults.len() == before).then_some(index)
    }

    /// Knows a member that somebody else reads.
    pub(super) fn leave(&mut self, name: &'static str) {
        self.known.push(name);
        self.given.remove(name);
    }

    /// Anything that is not null, which has to be there.
    pub(super) fn value(&mut self, name: &'static str) -> Value {
        self.known.push(name);
        match self.given.remove(name) {
            None | Some(Value::Null) => self.missing(name, "a value", None),
            Some(value) => value,
        }
    }

    /// Anything; null if it is left out.
    pub(super) fn optional_value(&mut self, name: &'static str) -> Value {
        self.known.push(name);
        self.given.remove(name).unwrap_or_default()
    }

    /// Notes what is missing or of another type; gives a value that is never used.
    fn missing<T: Default>(&mut self, name: &str, expected: &str, found: Option<&Value>) -> T {
        let fault = match found {
            None => Fault::new("required", format!("`{name}` is required")),
            Some(found) => {
                let message = format!("`{name}` must be {expected}, found {}", kind(found));
                Fault::new("wrong_type", message)
            }
        };
        self.faults.push(fault.at(name));
        T::default()
    }

    /// Fails with all that is wrong, members that nobody asked for among it.
    pub(super) fn check(mut self) -> Result<()> {
        self.refuse_others();
        self.check_known()
    }

    /// All that is wrong, members that nobody asked for among it.
    pub(super) fn into_faults(mut self) -> Vec<Fault> {
        self.refuse_others();
        self.faults.into_iter().take(100).collect()
    }

    fn refuse_others(&mut self) {
        for name in self.given.keys() {
            let instead = instead(name, self.known.iter().copied());
            let message = format!("unknown member {}{instead}", quoted(name));
            let field: String = name.chars().take(100).collect();
            self.faults.push(Fault::new("unknown_field", message).at(field));
        }
    }

    /// Fails with all that is wrong; members that nobody asked for are ignored.
    pub(super) fn check_known(self) -> Result<()> {
        let faults: Vec<Fault> = self.faults.into_iter().take(100).collect();
        if faults.is_empty() { Ok(()) } else { Err(Error::faults(ErrorKind::Invalid, faults)) }
    }
}

/// What a value is, for messages.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(body: &str) -> String {
        let read = || {
            let mut members = Members::read(body)?;
            let word = members.word("decision", &["approved", "rejected"]);
            let comment = members.optional_text("comment");
            let (user, loud) = (members.id("userId"), members.flag("loud"));
            members.check()?;
            Ok::<_, Error>(format!("{word} {comment:?} {user} {loud}"))
        };
        read().unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn everything_that_is_wrong_is_told_by_name() {
        for (body, expected) in [
            ("", "expected a JSON object as body"),
            ("[\"approved\", null, 5, true]", "the body must be an object, found an array"),
            ("5", "the body must be an object, found a number"),
            (
                "{\"decision\":\"approved\",\"decision\":\"rejected\"}",
                "the body: `decision` is given twice at line 1 column 33",
            ),
            (
                "{\"decision\":\"rejected\",\"comment\":null,\"userId\":5,\"loud\":true}",
                "1 None 5 true",
            ),
            (
                "{\"decision\":\"aproved\",\"comment\":5,\"userId\":1.5,\"loud\":\"x\",\"usrId\":1}",
                "unknown decision `aproved`; did you mean `approved`?\n\
                 `comment` must be a string, found a number\n\
                 `userId` must be an id, found a number\n\
                 `loud` must be `true` or `false`, found a string\n\
                 unknown member `usrId`; did you mean `userId`?",
            ),
            (
                "{\"decision\":5}",
                "`decision` must be `approved` or `rejected`, found a number\n\
                 `userId` is required\n`loud` is required",
            ),
        ] {
            assert_eq!(decided(body), expected, "{body}");
        }
    }

    #[test]
    fn a_text_has_several_names() -> Result<()> {
        let mut members = Members::read("{\"email\": \"ada\", \"other\": 1}")?;
        assert_eq!(members.text(&["account", "email"]), "ada");
        members.check_known()?;
        let mut members = Members::read("{}")?;
        members.text(&["account", "email"]);
        let error = members.check().expect_err("it is missing");
        assert_eq!(error.to_string(), "`account` is required");
        Ok(())
    }
}
