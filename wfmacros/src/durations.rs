//! Lengths of time as words: `3 days`, `1 hour 30 minutes`.

use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitInt};

/// A length of time as it was written.
pub(crate) struct Length {
    /// In milliseconds.
    pub(crate) millis: u64,
    /// As it was written: `1 hour 30 minutes`.
    pub(crate) words: String,
}

const UNITS: &[(&str, u64)] = &[
    ("millisecond", 1),
    ("second", 1_000),
    ("minute", 60_000),
    ("hour", 3_600_000),
    ("day", 86_400_000),
    ("week", 604_800_000),
];

impl Length {
    /// Whether the next token can begin one.
    pub(crate) fn peek(input: ParseStream) -> bool {
        input.peek(LitInt)
    }
}

impl Parse for Length {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut millis = 0u64;
        let mut words = Vec::new();
        loop {
            let number: LitInt = input.parse()?;
            let count: u64 = number.base10_parse()?;
            if !number.suffix().is_empty() {
                return Err(syn::Error::new(number.span(), no_unit(&number)));
            }
            let unit: Ident =
                input.parse().map_err(|_| syn::Error::new(number.span(), no_unit(&number)))?;
            let word = unit.to_string();
            let singular = word.strip_suffix('s').unwrap_or(&word);
            let Some((_, factor)) = UNITS.iter().find(|(name, _)| *name == singular) else {
                return Err(syn::Error::new(unit.span(), unknown(&word)));
            };
            let length = count.checked_mul(*factor).and_then(|length| millis.checked_add(length));
            millis = length
                .filter(|millis| *millis <= MOST)
                .ok_or_else(|| syn::Error::new(number.span(), "must be at most 100 years"))?;
            words.push(format!("{count} {word}"));
            if !Self::peek(input) {
                return Ok(Self { millis, words: words.join(" ") });
            }
        }
    }
}

const MOST: u64 = 100 * 366 * 86_400_000;

fn no_unit(number: &LitInt) -> String {
    let unit = match number.suffix() {
        "ms" => "milliseconds",
        "s" | "sec" | "secs" => "seconds",
        "h" | "hour" | "hours" => "hours",
        "d" | "day" | "days" => "days",
        "w" | "week" | "weeks" => "weeks",
        _ => "minutes",
    };
    let help = format!("write it in words, as in `{} {unit}`", number.base10_digits());
    crate::diag::message("expected a number and a unit", None, Some(&help))
}

fn unknown(word: &str) -> String {
    let headline = format!("unknown unit of time `{word}`");
    let help = "known are `milliseconds`, `seconds`, `minutes`, `hours`, `days` and `weeks`";
    crate::diag::message(headline, None, Some(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        let read = |text: &str| match syn::parse_str::<Length>(text) {
            Ok(length) => length.millis.to_string(),
            Err(error) => error.to_string().lines().next().unwrap_or_default().to_owned(),
        };
        for (text, expected) in [
            ("3 days", "259200000"),
            ("1 hour 30 minutes", "5400000"),
            ("1 second", "1000"),
            ("30s", "expected a number and a unit"),
            ("2 moons", "unknown unit of time `moons`"),
            ("99999999999999999 weeks", "must be at most 100 years"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        let length = syn::parse_str::<Length>("1 hour  30 minutes");
        assert_eq!(length.expect("a length").words, "1 hour 30 minutes");
    }
}
