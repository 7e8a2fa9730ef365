//! What an execution is told that has more nodes than it may have.

/// Names the loop that the next node stands in, if it stands in one.
pub(super) fn too_many(limit: usize, next: &str) -> String {
    match pass_of(next) {
        Some((name, pass)) => format!(
            "it has more than {limit} nodes: the loop `{name}` has come to its pass {pass}; do the \
             work of many passes in one node, or in workflows that are called"
        ),
        None => format!("it has more than {limit} nodes: `{next}` would be one more"),
    }
}

/// The innermost loop of a key, and the number of its pass; branches of blocks count for none.
fn pass_of(key: &str) -> Option<(&str, u64)> {
    let mut end = key.len();
    while let Some(slash) = key[..end].rfind('/') {
        let (name, index) = key[..slash].rsplit_once('.').unwrap_or_default();
        let last = name.rsplit('/').next().unwrap_or_default();
        let is_block = last.starts_with("parallel#") || last.starts_with("race#");
        if let (Ok(pass), false) = (index.parse(), is_block || name.is_empty()) {
            return Some((name, pass));
        }
        end = slash;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::pass_of;

    #[test]
    fn a_key_tells_its_loop_and_pass() {
        for (key, found) in [
            ("run step#3", None),
            ("for#1.12/create#1", Some(("for#1", 12))),
            ("for#1.2/names.7/run", Some(("for#1.2/names", 7))),
            ("for#1.2/race#1.1/run", Some(("for#1", 2))),
            ("scope/run", None),
        ] {
            assert_eq!(pass_of(key), found, "{key}");
        }
    }
}
