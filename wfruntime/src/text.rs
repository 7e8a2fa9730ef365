//! Tables as text, and names as words.

/// Rows in columns of equal width, under their headings.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let cells = |row: &[String], widths: &[usize]| {
        let cells: Vec<_> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| {
                let room = width.saturating_sub(cell.chars().count());
                format!("{cell}{}", " ".repeat(room))
            })
            .collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    let headings: Vec<_> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    let widths: Vec<_> = (0..headings.len())
        .map(|column| {
            let of = |row: &Vec<String>| row.get(column).map_or(0, |cell| cell.chars().count());
            rows.iter().map(of).chain([of(&headings)]).max().unwrap_or(0)
        })
        .collect();
    let mut text = cells(&headings, &widths);
    text.extend(rows.iter().map(|row| cells(row, &widths)));
    text
}

/// `decided_on` as `Decided on`: a title where none was written.
pub(crate) fn in_words(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.trim().chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_words_begins_with_a_capital() {
        assert_eq!(in_words("decided_on"), "Decided on");
        assert_eq!(in_words("émile"), "Émile");
        assert_eq!(in_words("_"), "");
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [vec!["a".to_owned(), "ü".to_owned()], vec!["longer".to_owned(), String::new()]];
        let text = table(&["key", "on"], &rows);
        assert_eq!(text, "key     on\na       ü\nlonger\n");
    }
}
