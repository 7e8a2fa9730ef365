//! Answers: the forms that people fill in for an `ask`, and what they filled in.
//!
//! A form is stored with its task as text, so that whoever serves the answer checks it as it was
//! asked. It knows fields and values; it refuses to know tasks, people and requests.

mod form;
mod read;
#[cfg(test)]
mod tests;
mod typed;

use std::fmt::Debug;

use crate::collection::{Decoder, Encoder, Location, MemberMeta, Shape};
use crate::error::Result;

pub(crate) use form::{Field, Form};
pub(crate) use typed::{from_values, shape};

/// What only generated code uses.
pub(crate) mod generated {
    pub use super::typed::{deserialize_answer, serialize_answer};
}

/// A struct declared with `#[answer]`: what people fill in for an `ask`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an answer",
    label = "expected a struct with `#[answer]`"
)]
pub trait Answer: Sized + Clone + Debug + PartialEq + Send + Sync + 'static {
    /// What was declared.
    const META: &'static AnswerMeta;

    /// Takes the fields out of their values.
    ///
    /// # Errors
    /// A stored value does not fit its field.
    fn decode(from: &mut Decoder) -> Result<Self>;

    /// Adds the values of the fields.
    fn encode(&self, to: &mut Encoder);
}

/// An answer as `#[answer]` declares it.
#[derive(Debug, Clone, Copy)]
pub struct AnswerMeta {
    /// The Rust type's name: `Receipt`.
    pub rust: &'static str,
    /// For people: the first line of the doc comment, or the Rust name in words.
    pub title: &'static str,
    /// The struct's fields in declaration order.
    pub members: &'static [MemberMeta],
    /// Where it is declared.
    pub location: Location,
}

/// An answer as `inventory` collects it; nothing but the registry reads it.
#[derive(Clone, Copy)]
pub struct RegisteredAnswer(pub &'static AnswerMeta);

inventory::collect!(RegisteredAnswer);

/// Stops the compiler at an association that hides behind another name.
///
/// # Panics
/// While the program is compiled.
pub const fn assert_value(shape: Shape) {
    assert!(
        matches!(shape, Shape::Column { .. }),
        "an association cannot be the type of a field of an answer"
    );
}
