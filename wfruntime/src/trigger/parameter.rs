//! The text of `triggerWorkflows`: keys, each with the path of the record it is about.
//!
//! It refuses to know which keys there are: that is `matching`'s.

use std::collections::HashSet;

/// One thing named in `triggerWorkflows`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item<'a> {
    /// The text before the first `!`.
    pub(crate) key: &'a str,
    /// The words after it; none if there is no `!`.
    pub(crate) path: Option<Vec<&'a str>>,
}

impl<'a> Item<'a> {
    /// The item as it was written.
    pub(crate) fn text(&self) -> String {
        match &self.path {
            None => self.key.to_owned(),
            Some(path) => format!("{}!{}", self.key, path.join(".")),
        }
    }

    fn parse(text: &'a str) -> Self {
        match text.split_once('!') {
            None => Self { key: text, path: None },
            Some((key, path)) => Self { key, path: Some(path.split('.').collect()) },
        }
    }
}

/// The items in their order; empty ones are ignored, repeated ones kept once.
pub(crate) fn parse(text: &str) -> Vec<Item<'_>> {
    let mut seen = HashSet::new();
    let items = text.split(',').filter(|item| !item.is_empty() && seen.insert(*item));
    items.map(Item::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::type_complexity, reason = "a table")]
    fn the_parameter_is_read_as_it_is_documented() {
        let table: &[(&str, &[(&str, Option<&[&str]>)])] = &[
            ("", &[]),
            (",,", &[]),
            ("a", &[("a", None)]),
            ("a,b", &[("a", None), ("b", None)]),
            (",a,,b,", &[("a", None), ("b", None)]),
            ("a,a,b,a", &[("a", None), ("b", None)]),
            ("a!x", &[("a", Some(&["x"]))]),
            ("a!x.y,a!x.y", &[("a", Some(&["x", "y"]))]),
            ("a!x,a!y", &[("a", Some(&["x"])), ("a", Some(&["y"]))]),
            ("a,a!x", &[("a", None), ("a", Some(&["x"]))]),
            (" a , b", &[(" a ", None), (" b", None)]),
            ("a!", &[("a", Some(&[""]))]),
            ("a!x.", &[("a", Some(&["x", ""]))]),
            ("a!x!y", &[("a", Some(&["x!y"]))]),
            ("!x", &[("", Some(&["x"]))]),
            ("!", &[("", Some(&[""]))]),
        ];
        for (text, expected) in table {
            let expected: Vec<Item<'_>> = expected
                .iter()
                .map(|(key, path)| Item { key, path: path.map(<[&str]>::to_vec) })
                .collect();
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn an_item_prints_as_it_was_written() {
        for text in ["a", "a!x", "a!x.y", "a!", "!x"] {
            assert_eq!(Item::parse(text).text(), text);
        }
    }
}
