//! Choices: an enum of the program whose variants are stored and sent by name.

use std::fmt::{self, Debug};

use serde::de::{Deserializer, Visitor};

use super::field::Scalar;
use super::meta::{ChoiceMeta, Kind};
use crate::spelling::closest;
use crate::value::Value;

/// An enum declared with `#[choice]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a choice",
    label = "expected an enum with `#[choice]`"
)]
pub trait Choice: Copy + Debug + Eq + Send + Sync + 'static {
    /// What was declared.
    const META: &'static ChoiceMeta;

    /// Its variants, in declaration order.
    const ALL: &'static [Self];

    /// What is stored and sent: `in_review`.
    fn name(self) -> &'static str;

    /// For people: `In review`.
    #[must_use]
    fn title(self) -> &'static str {
        let variants = Self::META.variants.iter();
        let own = variants.zip(Self::ALL).find(|(_, variant)| **variant == self);
        own.map_or(self.name(), |(variant, _)| variant.title)
    }

    /// The variant of this name.
    #[must_use]
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|variant| variant.name() == name)
    }

    /// The variant that is stored under this name, or was before it was renamed.
    #[must_use]
    fn from_stored(name: &str) -> Option<Self> {
        let was = |name: &str| {
            let variants = Self::META.variants.iter().zip(Self::ALL);
            let mut old = variants.filter(|(variant, _)| variant.was == Some(name));
            old.next().map(|(_, variant)| *variant)
        };
        Self::from_name(name).or_else(|| was(name))
    }
}

#[diagnostic::do_not_recommend]
impl<C: Choice> Scalar for C {
    const KIND: Kind = Kind::Choice(C::META);

    fn from_value(value: Value) -> Result<Self, Value> {
        value.as_text().and_then(C::from_stored).ok_or(value)
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

    /// The names that were stored before, each with the one of now.
    pub(crate) fn renamed(&self) -> Vec<(&'static str, &'static str)> {
        let variants = self.variants.iter();
        variants.filter_map(|variant| Some((variant.was?, variant.name))).collect()
    }
}

/// A text that names no variant of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    name: String,
    choice: &'static ChoiceMeta,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, choice } = self;
        write!(f, "expected one of {}, found `{name}`", choice.names())?;
        match closest(name, choice.variants.iter().map(|variant| variant.name)) {
            Some(close) => write!(f, "; did you mean `{close}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownName {}

/// The variant of this name, for `FromStr`.
///
/// # Errors
/// There is none.
pub fn choice_from_str<C: Choice>(name: &str) -> Result<C, UnknownName> {
    C::from_name(name).ok_or_else(|| UnknownName { name: name.to_owned(), choice: C::META })
}

/// The variant of the name that is read, for `Deserialize`; the old name of one, too: what a
/// workflow has stored is not rewritten.
///
/// # Errors
/// It is no text, or names no variant.
pub fn deserialize_choice<'de, C: Choice, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<C, D::Error> {
    struct Name<C>(std::marker::PhantomData<C>);

    impl<C: Choice> Visitor<'_> for Name<C> {
        type Value = C;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "one of {}", C::META.names())
        }

        fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<C, E> {
            let stored = C::from_stored(name);
            stored.map_or_else(|| choice_from_str(name).map_err(E::custom), Ok)
        }
    }

    deserializer.deserialize_str(Name(std::marker::PhantomData))
}
