//! Short words for the schemas of a description: JSON Schema, as OpenAPI 3.1 takes it.

use super::super::progress::EVENTS;
use super::node::{Node, Object};

/// The media type of every body.
pub(super) const JSON: &str = "application/json";

/// One type, which may be limited further.
pub(super) fn typed(ty: &'static str) -> Object {
    Object::new().with("type", ty)
}

/// A string.
pub(super) fn text() -> Object {
    typed("string")
}

/// A string of a format, by its name in OpenAPI's registry of formats.
pub(super) fn format(name: &'static str) -> Object {
    text().with("format", name)
}

/// A moment.
pub(super) fn moment() -> Object {
    format("date-time")
}

/// One of a few names.
pub(super) fn one_of<'n>(names: impl IntoIterator<Item = &'n str>) -> Object {
    text().with("enum", names.into_iter().collect::<Vec<_>>())
}

/// A whole number; a bound that is all 64 bits needs no mention.
pub(super) fn int(min: i64, max: i64) -> Object {
    let is_small = i32::try_from(min).is_ok() && i32::try_from(max).is_ok();
    typed("integer")
        .with("format", if is_small { "int32" } else { "int64" })
        .maybe("minimum", Some(min).filter(|min| *min != i64::MIN))
        .maybe("maximum", Some(max).filter(|max| *max != i64::MAX))
}

/// The id of a record.
pub(super) fn id() -> Object {
    int(1, i64::MAX)
}

/// How many.
pub(super) fn count() -> Object {
    int(0, i64::MAX)
}

/// `true` or `false`.
pub(super) fn flag() -> Object {
    typed("boolean")
}

/// Any JSON.
pub(super) fn anything() -> Object {
    Object::new()
}

/// An object of which nothing more is known.
pub(super) fn members() -> Object {
    typed("object")
}

/// A schema that stands in the document under this name.
pub(super) fn named(name: &str) -> Object {
    Object::new().with("$ref", format!("#/components/schemas/{name}"))
}

/// A list.
pub(super) fn list(of: Object) -> Object {
    typed("array").with("items", of)
}

/// One of several shapes; the shape itself if it is the only one.
pub(super) fn any(shapes: impl IntoIterator<Item = Object>) -> Object {
    let mut shapes: Vec<Object> = shapes.into_iter().collect();
    match shapes.pop() {
        Some(only) if shapes.is_empty() => only,
        Some(last) => {
            shapes.push(last);
            Object::new().with("anyOf", shapes)
        }
        None => anything(),
    }
}

/// The same, or null.
pub(super) fn or_null(shape: Object) -> Object {
    any([shape, typed("null")])
}

/// An object with these members; those whose name ends with `?` may be missing.
pub(super) fn object<N: AsRef<str>>(members: impl IntoIterator<Item = (N, Object)>) -> Object {
    let (mut properties, mut required) = (Object::new(), Vec::new());
    for (name, shape) in members {
        let name = name.as_ref();
        let plain = name.strip_suffix('?').unwrap_or(name);
        properties.add(plain.to_owned(), shape);
        if plain == name {
            required.push(name.to_owned());
        }
    }
    let required = Some(required).filter(|required| !required.is_empty());
    typed("object").with("properties", properties).maybe("required", required)
}

/// The same, with no other members.
pub(super) fn exactly<N: AsRef<str>>(members: impl IntoIterator<Item = (N, Object)>) -> Object {
    object(members).with("additionalProperties", false)
}

/// An object without members.
pub(super) fn nothing() -> Object {
    exactly::<&str>([])
}

/// A member, or one that may be missing, for [`object`].
pub(super) fn member(name: &str, is_required: bool, shape: Object) -> (String, Object) {
    (if is_required { name.to_owned() } else { format!("{name}?") }, shape)
}

/// The shape with what is to be said of it.
pub(super) fn about(text: impl Into<Node>, shape: Object) -> Object {
    shape.with("description", text)
}

/// An answer or a request with a body of this shape.
pub(super) fn content(shape: Object) -> Object {
    Object::new().with(JSON, Object::new().with("schema", shape))
}

/// The same where it is a file: as JSON, or as CSV with a line for each record.
pub(super) fn file(shape: Object) -> Object {
    content(shape).with("text/csv", Object::new().with("schema", text()))
}

/// The same where it can be followed: as JSON at its end, or as events.
pub(super) fn events(shape: Object) -> Object {
    content(shape).with(EVENTS, Object::new().with("schema", text()))
}

/// `{"data": …}`.
pub(super) fn data(shape: Object) -> Object {
    object([("data", shape)])
}
