//! What the path and the method of a request ask for.
//!
//! It knows the shapes of addresses; it refuses to know which collections and actions exist.

use axum::http::Method;
use percent_encoding::percent_decode_str;

use crate::error::{Error, ErrorKind, Result};
use crate::spelling::quoted;

/// What a path asks for, in the words of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    /// `/api/categories/1/posts`: the collection and the id it is asked through.
    pub(super) through: Option<(String, String)>,
    /// The collection, the association, or the system resource.
    pub(super) resource: String,
    /// The id of a REST path.
    pub(super) id: Option<String>,
    /// What to do.
    pub(super) action: Asked,
}

/// How the action was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// `posts:create`.
    Named(String),
    /// By the method of a REST path; none if the path has no such method.
    Rest(&'static [(&'static str, &'static str)]),
}

/// What the methods of a REST path for a whole collection mean.
const COLLECTION: &[(&str, &str)] = &[("GET", "list"), ("HEAD", "list"), ("POST", "create")];

/// What the methods of a REST path for one record mean.
const RECORD: &[(&str, &str)] = &[
    ("GET", "get"),
    ("HEAD", "get"),
    ("PUT", "update"),
    ("PATCH", "update"),
    ("DELETE", "destroy"),
];

/// The paths that lead somewhere, for messages.
pub(super) const SHAPES: &str = "`/api/<collection>:<action>`, `/api/<collection>/<id>` or \
     `/api/<collection>/<id>/<association>:<action>`";

impl Route {
    /// Reads the part of the path behind `/api/`, still percent-encoded.
    pub(super) fn parse(path: &str) -> Result<Self> {
        let mut segments = Vec::with_capacity(4);
        for segment in path.split('/') {
            segments.push(decode(segment, path)?);
        }
        let last = segments.pop().unwrap_or_default();
        let (last, action) = match last.split_once(':') {
            Some((name, action)) => (name.to_owned(), Some(action.to_owned())),
            None => (last, None),
        };
        if last.is_empty() || action.as_deref() == Some("") {
            return Err(no_route(path, "a name is missing"));
        }
        if segments.iter().any(|segment| segment.contains(':')) {
            return Err(no_route(path, "an action stands at the end of a path"));
        }
        let mut segments = segments.into_iter();
        let before = (segments.next(), segments.next(), segments.next(), segments.next());
        match (before, action) {
            ((None, ..), action) => Ok(Self {
                through: None,
                resource: last,
                id: None,
                action: action.map_or(Asked::Rest(COLLECTION), Asked::Named),
            }),
            ((Some(resource), None, ..), None) => {
                Ok(Self { through: None, resource, id: Some(last), action: Asked::Rest(RECORD) })
            }
            ((Some(source), Some(id), None, _), action) => Ok(Self {
                through: Some((source, id)),
                resource: last,
                id: None,
                action: action.map_or(Asked::Rest(COLLECTION), Asked::Named),
            }),
            ((Some(source), Some(id), Some(resource), None), None) => Ok(Self {
                through: Some((source, id)),
                resource,
                id: Some(last),
                action: Asked::Rest(RECORD),
            }),
            ((Some(_), None, ..), Some(_)) => {
                Err(no_route(path, "the id of an action stands in `filterByTk`"))
            }
            _ => Err(no_route(path, "it has too many parts")),
        }
    }

    /// Whether the method says what to do.
    pub(super) fn is_rest(&self) -> bool {
        matches!(self.action, Asked::Rest(_))
    }

    /// The name of the action, given the method; of a REST path its methods if it has not this
    /// one.
    pub(super) fn action(&self, method: &Method) -> Result<&str, Vec<&'static str>> {
        match &self.action {
            Asked::Named(action) => Ok(action),
            Asked::Rest(methods) => methods
                .iter()
                .find(|(name, _)| *name == method.as_str())
                .map(|(_, action)| *action)
                .ok_or_else(|| methods.iter().map(|(name, _)| *name).collect()),
        }
    }
}

/// Decodes one segment; what would be another path once decoded is none.
fn decode(segment: &str, path: &str) -> Result<String> {
    if segment.is_empty() {
        return Err(no_route(path, "it has an empty part"));
    }
    if !is_well_encoded(segment) {
        return Err(no_route(path, "a `%` is not followed by two hexadecimal digits"));
    }
    let Ok(text) = percent_decode_str(segment).decode_utf8() else {
        return Err(no_route(path, "it is not UTF-8"));
    };
    if text.contains(['/', '\\']) || text.chars().any(char::is_control) {
        return Err(no_route(path, "a part holds a character that no name has"));
    }
    Ok(text.into_owned())
}

/// Whether each `%` is followed by two hexadecimal digits.
pub(super) fn is_well_encoded(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes();
        digits.len() >= 2 && digits[..2].iter().all(u8::is_ascii_hexdigit)
    })
}

/// The error for a path that leads nowhere.
pub(super) fn no_route(path: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        "unknown_path",
        format!(
            "there is nothing at {}: {why}; expected {SHAPES}",
            quoted(&format!("/api/{path}"))
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(path: &str, method: &str) -> String {
        let route = match Route::parse(path) {
            Ok(route) => route,
            Err(error) => return error.all()[0].code.clone(),
        };
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let action = match route.action(&method) {
            Ok(action) => action.to_owned(),
            Err(allow) => format!("only {}", allow.join(" ")),
        };
        let through = route.through.map(|(source, id)| format!("{source}({id}) "));
        let id = route.id.map(|id| format!(" of {id}"));
        let through = through.unwrap_or_default();
        format!("{through}{} {action}{}", route.resource, id.unwrap_or_default())
    }

    #[test]
    fn paths_name_a_resource_an_action_and_records() {
        for (method, path, expected) in [
            ("GET", "posts", "posts list"),
            ("HEAD", "posts", "posts list"),
            ("POST", "posts", "posts create"),
            ("PUT", "posts", "posts only GET HEAD POST"),
            ("GET", "posts/1", "posts get of 1"),
            ("PUT", "posts/1", "posts update of 1"),
            ("PATCH", "posts/1", "posts update of 1"),
            ("DELETE", "posts/1", "posts destroy of 1"),
            ("POST", "posts/1", "posts only GET HEAD PUT PATCH DELETE of 1"),
            ("POST", "posts:create", "posts create"),
            ("POST", "posts%3Acreate", "posts create"),
            ("POST", "p%C3%B6sts:create", "pösts create"),
            ("POST", "categories/1/posts:create", "categories(1) posts create"),
            ("GET", "categories/1/posts", "categories(1) posts list"),
            ("DELETE", "categories/1/posts/2", "categories(1) posts destroy of 2"),
            ("POST", "posts:a:b", "posts a:b"),
        ] {
            assert_eq!(parsed(path, method), expected, "{method} {path}");
        }
    }

    #[test]
    fn other_paths_lead_nowhere() {
        for path in [
            "",
            "posts/",
            "/posts",
            "posts//1",
            ":create",
            "posts:",
            "posts:create/1",
            "posts/1:update",
            "a/1/b/2/c",
            "a/1/b/2:get",
            "a/1/b:c/2",
            "posts%",
            "posts%zz",
            "posts%2",
            "posts%ff",
            "posts%2f1",
            "posts%00",
        ] {
            assert_eq!(parsed(path, "POST"), "unknown_path", "{path}");
        }
    }
}
