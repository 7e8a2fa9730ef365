//! How a text is compared that somebody looks for: whatever its capitals, accents and forms.

use unicode_normalization::UnicodeNormalization as _;

/// The function of SQL that says whether a text mentions a folded one; null for null.
pub(super) const MENTIONS: &str = "wf_mentions";

/// A text as it is compared: without accents, each letter in one form.
///
/// Two texts that Unicode takes for the same, whatever the case, fold to the same one. Accents are
/// those of Latin, Greek and Cyrillic letters: the vowel signs of other scripts are no accents.
pub(super) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let letters = text.nfkd().filter(|letter| !matches!(letter, '\u{300}'..='\u{36f}'));
    // By way of the capitals: `ß` and `ss` have the same.
    let cased = letters.flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    cased.filter(|letter| !matches!(letter, '\u{300}'..='\u{36f}')).collect()
}

/// Whether a text mentions another, whatever the capitals and accents of either.
pub(crate) fn mentions(text: &str, wanted: &str) -> bool {
    mentions_folded(text, &folded(wanted))
}

/// Whether a text as it is stored mentions one that is folded.
pub(super) fn mentions_folded(text: &str, wanted: &str) -> bool {
    if !text.is_ascii() {
        return folded(text).contains(wanted);
    }
    // Most texts by far, and each of a table may be looked at: without a copy.
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    let Some(first) = wanted.first() else { return true };
    text.windows(wanted.len())
        .any(|part| part[0].eq_ignore_ascii_case(first) && part.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_however_it_is_written() {
        for (text, wanted, expected) in [
            ("Rome, by train", "rome", true),
            ("iOS", "IOS", true),
            ("Zürich", "zurich", true),
            ("ZURICH", "Zürich", true),
            ("Straße", "STRASSE", true),
            ("Cafe\u{301}", "café", true),
            ("œuvre", "ŒUVRE", true),
            ("Ὀδυσσεύς", "οδυσσευσ", true),
            ("Жёлтый", "желтый", true),
            ("İstanbul", "istanbul", true),
            ("ﬁnance", "FINANCE", true),
            ("１２", "12", true),
            ("Rome", "é", true),
            ("Rome", "ü", false),
            ("का", "की", false),
            ("100 %", "%", true),
            ("abc", "%", false),
            ("a_c", "abc", false),
            ("", "a", false),
            ("a", "", true),
        ] {
            assert_eq!(mentions(text, wanted), expected, "{wanted} in {text}");
        }
    }
}
