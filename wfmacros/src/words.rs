//! Names in other cases, their plurals, and the closest of several names.

/// `PostTag` and `postTag` as `post_tag`; a name in snake case stays as it is.
pub(crate) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    for (index, &letter) in letters.iter().enumerate() {
        if letter.is_uppercase() {
            let after_lower = index > 0 && !letters[index - 1].is_uppercase();
            let before_lower = letters.get(index + 1).is_some_and(|next| next.is_lowercase());
            if index > 0 && letters[index - 1] != '_' && (after_lower || before_lower) {
                out.push('_');
            }
            out.extend(letter.to_lowercase());
        } else {
            out.push(letter);
        }
    }
    out
}

/// `post_tag` and `PostTag` as `postTag`.
pub(crate) fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for word in snake(name).split('_').filter(|word| !word.is_empty()) {
        if out.is_empty() {
            out.push_str(word);
        } else {
            let mut letters = word.chars();
            out.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            out.push_str(letters.as_str());
        }
    }
    out
}

/// `PostTag` and `post_tag` as `Post tag`: a title where none was written.
pub(crate) fn title(name: &str) -> String {
    let words = snake(name).replace('_', " ");
    let mut letters = words.trim().chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters.clone()).collect()
}

/// `Save draft…` as `save_draft`: a name for what has a title.
pub(crate) fn name_of(title: &str) -> String {
    let lower = title.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}

/// The English plural of the last word of a snake-case name.
pub(crate) fn plural(name: &str) -> String {
    let (head, word) = match name.rfind('_') {
        Some(at) => name.split_at(at + 1),
        None => ("", name),
    };
    let irregular = match word {
        "person" => Some("people"),
        "child" => Some("children"),
        "man" => Some("men"),
        "woman" => Some("women"),
        "foot" => Some("feet"),
        "tooth" => Some("teeth"),
        "mouse" => Some("mice"),
        "datum" => Some("data"),
        "staff" | "news" | "series" | "species" | "equipment" | "information" => Some(word),
        _ => None,
    };
    if let Some(irregular) = irregular {
        return format!("{head}{irregular}");
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    if let Some(stem) = word.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'i', 'o', 'u'])
        && !stem.is_empty()
    {
        return format!("{head}{stem}ies");
    }
    if let Some(stem) = word.strip_suffix("sis") {
        return format!("{head}{stem}ses");
    }
    if ends(&["s", "x", "z", "ch", "sh"]) {
        return format!("{name}es");
    }
    format!("{name}s")
}

/// The candidate most like `word`, if one is close enough to be what was meant.
pub(crate) fn closest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
    use super::{camel, closest, name_of, plural, snake, title};

    #[test]
    fn cases() {
        for (name, in_snake, in_camel, in_words) in [
            ("PostTag", "post_tag", "postTag", "Post tag"),
            ("HTTPServer", "http_server", "httpServer", "Http server"),
            ("User2", "user2", "user2", "User2"),
            ("created_on", "created_on", "createdOn", "Created on"),
            ("x", "x", "x", "X"),
            ("_hidden", "_hidden", "hidden", "Hidden"),
        ] {
            assert_eq!(snake(name), in_snake);
            assert_eq!(camel(name), in_camel);
            assert_eq!(title(name), in_words);
        }
    }

    #[test]
    fn names() {
        for (title, name) in [
            ("Save draft", "save_draft"),
            (" Submit & close… ", "submit_close"),
            ("Größer als 500", "größer_als_500"),
            ("→", ""),
        ] {
            assert_eq!(name_of(title), name);
        }
    }

    #[test]
    fn plurals() {
        for (one, many) in [
            ("reimbursement", "reimbursements"),
            ("category", "categories"),
            ("day", "days"),
            ("post_tag", "post_tags"),
            ("sales_person", "sales_people"),
            ("address", "addresses"),
            ("box", "boxes"),
            ("branch", "branches"),
            ("analysis", "analyses"),
            ("news", "news"),
        ] {
            assert_eq!(plural(one), many);
        }
    }

    #[test]
    fn suggestions() {
        let keys = ["default", "unique", "on_delete"];
        assert_eq!(closest("defualt", keys), Some("default"));
        assert_eq!(closest("on_deleted", keys), Some("on_delete"));
        assert_eq!(closest("Unique", keys), Some("unique"));
        assert_eq!(closest("zebra", keys), None);
    }
}
