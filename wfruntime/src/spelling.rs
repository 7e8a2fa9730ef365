//! The name that was probably meant: for messages about unknown ones.

/// The most names that a message lists.
const LISTED: usize = 12;

/// The candidate most like `word`, if one is close enough to be what was meant.
pub(crate) fn closest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let letters = word.chars().count();
    // A name of a hundred letters is no misspelt one, and comparing takes the square of its length.
    if letters > 100 {
        return None;
    }
    let limit = (letters / 3).max(1);
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// What follows "unknown field `x`": a suggestion if there is one, else the legal names.
pub(crate) fn instead<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    if let Some(name) = closest(word, names.iter().copied()) {
        return format!("; did you mean `{name}`?");
    }
    match names.as_slice() {
        [] => String::new(),
        [only] => format!("; expected `{only}`"),
        many => {
            let shown: Vec<String> =
                many.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
            let more = if many.len() > LISTED { ", …" } else { "" };
            format!("; expected one of {}{more}", shown.join(", "))
        }
    }
}

/// A word of the caller's as a message quotes it: short, on one line, in backticks.
pub(crate) fn quoted(word: &str) -> String {
    let mut text: String = word.chars().take(60).flat_map(char::escape_debug).collect();
    // Quotes need no escape between backticks.
    text = text.replace("\\\"", "\"").replace("\\'", "'");
    if word.chars().nth(60).is_some() {
        text.push('…');
    }
    format!("`{text}`")
}

/// How many letters to insert, remove, replace or swap with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::{closest, instead, quoted};

    #[test]
    fn finds_what_was_meant() {
        let names = ["project", "amount", "applicantId"];
        assert_eq!(closest("amuont", names), Some("amount"));
        assert_eq!(closest("applicantid", names), Some("applicantId"));
        assert_eq!(closest("colour", names), None);
        assert_eq!(closest(&"a".repeat(1 << 20), names), None);
    }
    #[test]
    fn says_what_to_write_instead() {
        let names = ["title", "content"];
        assert_eq!(instead("contnet", names), "; did you mean `content`?");
        assert_eq!(instead("x", names), "; expected one of `title`, `content`");
        assert_eq!(instead("x", ["y_z"]), "; expected `y_z`");
        assert_eq!(instead("x", []), "");
    }

    #[test]
    fn a_quoted_word_stays_short_and_on_one_line() {
        assert_eq!(quoted("a\nb"), "`a\\nb`");
        assert_eq!(quoted("it's \"x\""), "`it's \"x\"`");
        assert_eq!(quoted(&"é".repeat(100)), format!("`{}…`", "é".repeat(60)));
    }
}
