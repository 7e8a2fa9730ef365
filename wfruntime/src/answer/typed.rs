//! Stored values to the struct and back.

use std::fmt::Write;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value as Json};

use super::{Answer, AnswerMeta};
use crate::collection::json::{ValueJson, value_from_json};
use crate::collection::{Decoder, DefaultValue, Encoder, Kind, Shape};
use crate::error::{Error, Result};
use crate::value::{Type, Value};

/// The struct of stored values.
///
/// # Errors
/// They do not fit it: it was changed since they were asked for.
pub(crate) fn from_values<F: Answer>(values: &Map<String, Json>) -> Result<F> {
    let unfit = |name: &str| {
        let rust = F::META.rust;
        Error::internal(format!("the values that were kept do not fit `{rust}`: `{name}`"))
    };
    let mut taken = Vec::with_capacity(F::META.members.len());
    for member in F::META.members {
        let Shape::Column { kind, nullable } = member.shape else { continue };
        let value = match (values.get(member.json), member.options.default) {
            (Some(Json::Null) | None, _) if nullable => Value::Null,
            (None, Some(DefaultValue::Value(default))) => default(),
            (None, _) => return Err(unfit(member.json)),
            (Some(json), _) => value_from_json(kind, json).ok_or_else(|| unfit(member.json))?,
        };
        taken.push(value);
    }
    F::decode(&mut Decoder::of_values(F::META.rust, taken))
}

/// The names and types of the fields: what the values depend on.
pub(crate) fn shape(meta: &AnswerMeta) -> String {
    let mut text = String::new();
    for member in meta.members {
        let Shape::Column { kind, nullable } = member.shape else { continue };
        let optional = if nullable { "?" } else { "" };
        // Writing to a text does not fail.
        let _ = write!(text, " {}{optional}:", member.json);
        let _ = match kind {
            Kind::Choice(choice) => write!(text, "{}", choice.names()),
            Kind::Int { min, max } => write!(text, "{min}..{max}"),
            Kind::Plain(Type::Int) | Kind::Reference => write!(text, "id"),
            Kind::Plain(ty) => write!(text, "{ty:?}"),
        };
    }
    text
}

/// The fields by their names in JSON, for `Serialize` of an answer.
///
/// # Errors
/// The serializer's.
pub fn serialize_answer<F: Answer, S: Serializer>(
    answer: &F,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut to = Encoder::default();
    answer.encode(&mut to);
    let mut map = serializer.serialize_map(Some(to.values.len()))?;
    for (member, value) in F::META.members.iter().zip(&to.values) {
        map.serialize_entry(member.json, &ValueJson(value))?;
    }
    map.end()
}

/// The same way back, for `Deserialize` of an answer.
///
/// # Errors
/// What is read does not fit.
pub fn deserialize_answer<'de, F: Answer, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<F, D::Error> {
    let values = Map::deserialize(deserializer)?;
    from_values(&values).map_err(D::Error::custom)
}
