//! What one value has to fit, whether a column or the field of a form asks for it.

use regex_lite::Regex;

use crate::collection::{ChoiceMeta, Column, Kind};
use crate::value::Value;

/// The type and the limits of one value.
#[derive(Debug)]
pub(crate) struct Slot<'s> {
    /// Its name in JSON, for messages.
    pub(crate) name: &'s str,
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
    /// What a text may be, where its kind does not say it.
    pub(crate) choices: Option<Choices<'s>>,
    /// Least and greatest length, both included.
    pub(crate) length: Option<(u32, u32)>,
    pub(crate) min: Option<Value>,
    pub(crate) max: Option<Value>,
    /// What the whole text must match, as it was written and compiled.
    pub(crate) pattern: Option<(&'s str, &'s Regex)>,
}

/// The names that a text may be.
#[derive(Debug)]
pub(crate) struct Choices<'s>(pub(crate) Vec<&'s str>);

impl Choices<'static> {
    pub(crate) fn of(choice: &'static ChoiceMeta) -> Self {
        Self(choice.variants.iter().map(|variant| variant.name).collect())
    }
}

/// A pattern for the whole text.
///
/// # Errors
/// It is no regular expression.
pub(crate) fn whole(pattern: &str) -> Result<Regex, regex_lite::Error> {
    Regex::new(&format!(r"\A(?:{pattern})\z"))
}

impl Column {
    /// What its values have to fit.
    pub(crate) fn slot(&self) -> Slot<'_> {
        let options = &self.options;
        let bound = |bound: Option<fn() -> Value>| bound.map(|bound| bound());
        Slot {
            name: self.json,
            kind: self.kind,
            nullable: self.nullable,
            choices: None,
            length: options.length,
            min: bound(options.range.and_then(|range| range.min)),
            max: bound(options.range.and_then(|range| range.max)),
            pattern: options.pattern.zip(self.pattern.as_ref()),
        }
    }
}
