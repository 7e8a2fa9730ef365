//! Choices: an enum of the program whose variants are stored and sent by name.

use std::fmt::Debug;

use super::field::Scalar;
use super::meta::{ChoiceMeta, Kind};
use crate::value::Value;

/// An enum declared with `#[choice]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a choice",
    label = "expected an enum with `#[choice]`"
)]
pub trait Choice: Copy + Debug + Eq + Send + Sync + 'static {
    /// Its variants.
    const META: &'static ChoiceMeta;

    /// The index of the variant in [`ChoiceMeta::variants`].
    fn index(self) -> usize;

    /// The variant of this index.
    fn at(index: usize) -> Option<Self>;

    /// What is stored and sent: `in_review`.
    fn name(self) -> &'static str {
        Self::META.variants[self.index()].name
    }

    /// For people: `In review`.
    fn title(self) -> &'static str {
        Self::META.variants[self.index()].title
    }

    /// The variant of this name.
    fn from_name(name: &str) -> Option<Self> {
        Self::at(Self::META.variants.iter().position(|variant| variant.name == name)?)
    }
}

#[diagnostic::do_not_recommend]
impl<C: Choice> Scalar for C {
    const KIND: Kind = Kind::Choice(C::META);

    fn from_value(value: Value) -> Result<Self, Value> {
        value.as_text().and_then(C::from_name).ok_or(value)
    }

    fn into_value(self) -> Value {
        Value::Text(self.name().to_owned())
    }
}

impl ChoiceMeta {
    /// The names, for messages: `` `draft`, `submitted` ``.
    #[must_use]
    pub fn names(&self) -> String {
        let names: Vec<String> =
            self.variants.iter().map(|variant| format!("`{}`", variant.name)).collect();
        names.join(", ")
    }
}
