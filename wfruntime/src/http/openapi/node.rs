//! JSON whose members stay in the order in which they were written.

use std::borrow::Cow;

use serde::ser::{Serialize, Serializer};
use serde_json::Value;

/// Any part of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Object(Object),
    List(Vec<Node>),
    Value(Value),
}

/// An object, its members in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Object(Vec<(Cow<'static, str>, Node)>);

impl Object {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// The same with one member more.
    #[must_use]
    pub(super) fn with(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Node>,
    ) -> Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// The same with one member more if there is a value for it.
    #[must_use]
    pub(super) fn maybe(
        self,
        name: impl Into<Cow<'static, str>>,
        value: Option<impl Into<Node>>,
    ) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a member.
    pub(super) fn add(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Node>) {
        self.0.push((name.into(), value.into()));
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(object) => object.serialize(serializer),
            Self::List(items) => items.serialize(serializer),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl From<Object> for Node {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl<N: Into<Node>> From<Vec<N>> for Node {
    fn from(items: Vec<N>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// What is a value by itself.
macro_rules! from_values {
    ($($ty:ty),*) => {
        $(impl From<$ty> for Node {
            fn from(value: $ty) -> Self {
                Self::Value(value.into())
            }
        })*
    };
}

from_values!(&str, String, bool, i64, u64, f64, Value);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stay_in_order() {
        let inner = Object::new().with("z", 1_i64).maybe("y", None::<i64>).with("a", true);
        let outer = Object::new().with("list", vec![inner]).with("b", Value::Null);
        let text = serde_json::to_string(&outer).expect("JSON");
        assert_eq!(text, r#"{"list":[{"z":1,"a":true}],"b":null}"#);
    }
}
