//! A form as it is stored with its task and shown: fields, their types and limits.

use regex_lite::Regex;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::AnswerMeta;
use crate::collection::json::{Choices, Slot, value_from_json, value_to_json, whole};
use crate::collection::{AssociationShape, DefaultValue, Kind, MemberMeta, Shape};
use crate::error::{Error, Result};
use crate::text::in_words;
use crate::value::{Type, Value};

/// The fields that people are asked for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Form {
    pub(super) fields: Vec<Field>,
}

/// One field of a form.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Field {
    /// The name under which its value is sent.
    pub(super) name: String,
    /// For people.
    title: String,
    /// What to know about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    /// What its values are, in a word.
    #[serde(rename = "type")]
    kind: String,
    /// Whether it must be given.
    pub(super) required: bool,
    /// Whether it may be null though it has a default.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    nullable: bool,
    /// What it may be, for a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    choices: Vec<Choice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    length: Option<Length>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
    /// What the whole text must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
    /// What it is if it is not given; `now` for a moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default: Option<Json>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Choice {
    name: String,
    title: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Length {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max: Option<u32>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Range {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max: Option<Json>,
}

/// The words of the types, each with what is stored.
const TYPES: [(&str, Type); 12] = [
    ("boolean", Type::Bool),
    ("integer", Type::Int),
    ("number", Type::Float),
    ("decimal", Type::Decimal),
    ("text", Type::Text),
    ("bytes", Type::Bytes),
    ("timestamp", Type::Timestamp),
    ("date", Type::Date),
    ("time", Type::Time),
    ("dateTime", Type::DateTime),
    ("uuid", Type::Uuid),
    ("json", Type::Json),
];

/// The word of a text that is one of a few names.
const CHOICE: &str = "choice";

/// The word of an id of another collection's record.
const REFERENCE: &str = "reference";

/// The word of the ids of any number of another collection's records.
const REFERENCES: &str = "references";

/// The default that is the moment of the answer.
const NOW: &str = "now";

/// The default that is who acts.
const USER: &str = "user";

impl Form {
    /// The form of a declared answer.
    pub(crate) fn of(meta: &AnswerMeta) -> Self {
        Self { fields: meta.members.iter().filter_map(Field::of).collect() }
    }

    /// The form that was stored with a task.
    pub(crate) fn stored(text: &str) -> Result<Self> {
        serde_json::from_str(text)
            .map_err(|error| Error::internal(format!("a stored form cannot be read: {error}")))
    }

    /// An example of what to send, for messages: `{"reference": …, "paidOn": …}`.
    pub(crate) fn example(&self) -> String {
        let fields: Vec<String> =
            self.fields.iter().map(|field| format!("\"{}\": …", field.name)).collect();
        format!("{{{}}}", fields.join(", "))
    }
}

impl Field {
    /// `None` for an association, which no answer has.
    fn of(member: &MemberMeta) -> Option<Self> {
        let Shape::Column { kind, nullable } = member.shape else { return None };
        Some(Self::described(member, member.json, kind, nullable))
    }

    /// The field of a collection in a form for a new record, or for one that is there; `None` if
    /// it has no column.
    pub(crate) fn of_column(member: &MemberMeta, is_new: bool) -> Option<Self> {
        let (kind, nullable) = match member.shape {
            Shape::Column { kind, nullable } => (kind, nullable),
            Shape::Association(AssociationShape::BelongsTo { nullable, .. }) => {
                (Kind::Reference, nullable)
            }
            Shape::Association(_) => return None,
        };
        let field = Self::described(member, member.column_json, kind, nullable);
        Some(match is_new {
            true => field,
            // What is left out stays as it is.
            false => Self { required: !nullable, nullable: false, default: None, ..field },
        })
    }

    /// The links of a collection to many records; `None` for anything else.
    pub(crate) fn of_links(member: &MemberMeta) -> Option<Self> {
        let Shape::Association(
            AssociationShape::HasMany { .. } | AssociationShape::BelongsToMany { .. },
        ) = member.shape
        else {
            return None;
        };
        let field = Self::described(member, member.json, Kind::Reference, true);
        Some(Self { kind: REFERENCES.to_owned(), ..field })
    }

    fn described(member: &MemberMeta, name: &str, kind: Kind, nullable: bool) -> Self {
        let options = &member.options;
        let title = options.title.map_or_else(|| in_words(member.rust), str::to_owned);
        let required = !nullable && options.default.is_none();
        let declared = options.range.as_ref();
        let end = |bound: Option<Option<fn() -> Value>>| bound.flatten().map(|bound| bound());
        let (mut min, mut max) =
            (end(declared.map(|range| range.min)), end(declared.map(|range| range.max)));
        if let Kind::Int { min: least, max: most } = kind {
            // Those of the Rust type; all 64 bits need no mention.
            let of_type = |bound: i64, all: i64| (bound != all).then_some(Value::Int(bound));
            min = min.or_else(|| of_type(least, i64::MIN));
            max = max.or_else(|| of_type(most, i64::MAX));
        }
        let json = |value: Option<Value>| value.map(|value| value_to_json(&value));
        let length = options.length.map(|(min, max)| Length {
            min: Some(min).filter(|min| *min > 0),
            max: Some(max).filter(|max| *max < u32::MAX),
        });
        Self {
            name: name.to_owned(),
            title,
            help: member.help.map(str::to_owned),
            kind: word(kind).to_owned(),
            required,
            nullable: nullable && options.default.is_some(),
            choices: choices(kind),
            length,
            range: (min.is_some() || max.is_some())
                .then(|| Range { min: json(min), max: json(max) }),
            pattern: options.pattern.map(str::to_owned),
            default: options.default.map(|default| match default {
                DefaultValue::Value(value) => value_to_json(&value()),
                DefaultValue::Now => NOW.into(),
                DefaultValue::User => USER.into(),
            }),
        }
    }

    /// What its values are.
    fn kind(&self) -> Result<Kind> {
        if self.kind == CHOICE {
            return Ok(Kind::Plain(Type::Text));
        }
        let found = TYPES.iter().find(|(word, _)| *word == self.kind);
        let unknown = || Error::internal(format!("a stored form has the type `{}`", self.kind));
        found.map(|(_, ty)| Kind::Plain(*ty)).ok_or_else(unknown)
    }

    /// What was given has to fit it.
    pub(super) fn with_slot<T>(&self, read: impl FnOnce(&Slot<'_>) -> T) -> Result<T> {
        let kind = self.kind()?;
        let pattern = self.pattern.as_deref().map(whole).transpose()?;
        let pattern: Option<(&str, &Regex)> = self.pattern.as_deref().zip(pattern.as_ref());
        let bound = |end: fn(&Range) -> &Option<Json>| {
            self.range.as_ref().and_then(|range| end(range).as_ref()).and_then(|json| {
                // What was written from a value reads as one.
                value_from_json(kind, json)
            })
        };
        let length = self.length.as_ref();
        Ok(read(&Slot {
            name: &self.name,
            kind,
            nullable: true,
            choices: (self.kind == CHOICE)
                .then(|| Choices(self.choices.iter().map(|choice| choice.name.as_str()).collect())),
            length: length.map(|length| (length.min.unwrap_or(0), length.max.unwrap_or(u32::MAX))),
            min: bound(|range| &range.min),
            max: bound(|range| &range.max),
            pattern,
        }))
    }

    /// Whether null stands for a value, and not for what is left out.
    pub(super) fn takes_null(&self) -> bool {
        !self.required && (self.default.is_none() || self.nullable)
    }

    /// What it is if it is not given.
    pub(super) fn default(&self, now: jiff::Timestamp) -> Option<Json> {
        let default = self.default.as_ref()?;
        if default == NOW && self.kind == "timestamp" {
            return Some(value_to_json(&crate::collection::Scalar::into_value(now)));
        }
        Some(default.clone())
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Choice(_) => return CHOICE,
        Kind::Reference => return REFERENCE,
        _ => {}
    }
    TYPES.iter().find(|(_, ty)| *ty == kind.ty()).map_or("text", |(word, _)| word)
}

fn choices(kind: Kind) -> Vec<Choice> {
    let Kind::Choice(choice) = kind else { return Vec::new() };
    let named = |variant: &crate::collection::Variant| Choice {
        name: variant.name.to_owned(),
        title: variant.title.to_owned(),
    };
    choice.variants.iter().map(named).collect()
}
