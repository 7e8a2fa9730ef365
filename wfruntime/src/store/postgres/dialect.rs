//! PostgreSQL's words for the texts of [`super::super::render`], translated once a text.
//!
//! The texts are SQLite's, with names in quotes and `?` for each value. What differs is the
//! numbering of the values and a handful of functions; a text that people wrote never comes here.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::folding::MENTIONS;
use super::super::render::{DECIMALS, INTS, TEXTS, UUIDS};

/// How many texts are kept: programs have some hundreds, filters of requests make further ones.
const KEPT: usize = 4096;

/// The translations so far.
#[derive(Debug, Default)]
pub(super) struct Texts {
    known: Mutex<HashMap<Arc<str>, Arc<str>>>,
}

impl Texts {
    pub(super) fn of(&self, text: &Arc<str>) -> Arc<str> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(text) {
            return Arc::clone(known);
        }
        if known.len() >= KEPT {
            known.clear();
        }
        let translated: Arc<str> = translate(text).into();
        known.insert(Arc::clone(text), Arc::clone(&translated));
        translated
    }
}

/// A list as JSON, which SQLite's `json_each` makes rows of.
const LIST: &str = "SELECT \"value\" FROM json_each(?) AS \"";

/// What SQLite takes as a comparison with a value.
const NOT_TRUE: &str = "IS NOT (TRUE)";

fn translate(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    Translation { out: &mut out, values: &mut 0 }.all(text);
    out
}

struct Translation<'a> {
    out: &'a mut String,
    /// How many values were named.
    values: &'a mut usize,
}

impl Translation<'_> {
    fn all(&mut self, mut rest: &str) {
        while let Some(next) = rest.chars().next() {
            rest = match next {
                '"' => self.name(rest),
                '?' => {
                    self.value();
                    &rest[1..]
                }
                _ if rest.starts_with(NOT_TRUE) => {
                    self.out.push_str("IS NOT TRUE");
                    &rest[NOT_TRUE.len()..]
                }
                _ if rest.starts_with(LIST) => self.list(&rest[LIST.len()..]),
                next if next.is_ascii_alphabetic() => self.word(rest),
                next => {
                    self.out.push(next);
                    &rest[next.len_utf8()..]
                }
            };
        }
    }

    fn value(&mut self) {
        *self.values += 1;
        // Writing to a string does not fail.
        let _ = write!(self.out, "${}", self.values);
    }

    /// A quoted name stays as it is; two quotes in a row are one of its letters.
    fn name<'t>(&mut self, text: &'t str) -> &'t str {
        let end = text[1..].find('"').map_or(text.len(), |end| end + 2);
        self.out.push_str(&text[..end]);
        &text[end..]
    }

    fn list<'t>(&mut self, rest: &'t str) -> &'t str {
        let (name, rest) = rest.split_once('"').unwrap_or((rest, ""));
        self.out.push_str("SELECT jsonb_array_elements_text(");
        self.value();
        self.out.push_str("::jsonb)");
        self.out.push_str(match name {
            INTS => "::int8",
            UUIDS => "::uuid",
            DECIMALS => "::numeric",
            TEXTS => "",
            _ => "::text",
        });
        rest
    }

    fn word<'t>(&mut self, text: &'t str) -> &'t str {
        let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let (word, rest) = text.split_at(end.unwrap_or(text.len()));
        let translated =
            matches!(word, "CAST" | "instr" | "substr" | "decimal_sum" | "decimal_avg" | MENTIONS);
        match rest.strip_prefix('(').filter(|_| translated).and_then(arguments) {
            Some((arguments, rest)) => {
                let arguments: Vec<String> =
                    arguments.into_iter().map(|argument| self.apart(argument)).collect();
                self.call(word, &arguments);
                rest
            }
            None => {
                self.out.push_str(word);
                rest
            }
        }
    }

    /// An argument, translated on its own.
    fn apart(&mut self, argument: &str) -> String {
        let mut out = String::with_capacity(argument.len());
        Translation { out: &mut out, values: self.values }.all(argument);
        out
    }

    fn call(&mut self, function: &str, arguments: &[String]) {
        // Writing to a string does not fail.
        let _ = match (function, arguments) {
            ("CAST", [cast]) => {
                let column = cast.strip_suffix(" AS BLOB").unwrap_or(cast);
                write!(self.out, "convert_to({column}::text, 'UTF8')")
            }
            ("instr", [bytes, part]) => write!(self.out, "\"position\"({bytes}, {part})"),
            ("substr", [bytes, from, length]) => {
                write!(self.out, "substr({bytes}, {from}, ({length})::int4)")
            }
            // From the end: SQLite counts backwards, PostgreSQL does not.
            ("substr", [bytes, back]) => write!(
                self.out,
                "substr({bytes}, GREATEST(octet_length({bytes}) + ({back})::int4 + 1, 1))"
            ),
            (MENTIONS, [text, wanted]) => {
                let folded = folded(text);
                write!(self.out, "(\"position\"({folded}, {wanted}) > 0)::int4")
            }
            ("decimal_sum", [column]) => write!(self.out, "SUM({column})"),
            // Divided to as many places as a decimal has.
            ("decimal_avg", [column]) => write!(
                self.out,
                "(SUM({column}) + 0.0000000000000000000000000000) / NULLIF(COUNT({column}), 0)"
            ),
            _ => write!(self.out, "{function}({})", arguments.join(", ")),
        };
    }
}

/// The text as [`folding::folded`](super::super::folding::folded) has it.
fn folded(text: &str) -> String {
    let without_accents =
        |text: String| format!("regexp_replace({text}, '[\\u0300-\\u036f]', '', 'g')");
    let letters = without_accents(format!("normalize({text}, NFKD)"));
    let cased = without_accents(format!("lower(upper({letters} COLLATE \"und-x-icu\"))"));
    // At the end of a word the server has another small sigma.
    format!("translate({cased}, 'ς', 'σ')")
}

/// What stands before the closing bracket, parted at its commas, and what follows.
fn arguments(text: &str) -> Option<(Vec<&str>, &str)> {
    let (mut depth, mut quoted, mut from) = (0_usize, false, 0);
    let mut parts = Vec::new();
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' if depth == 0 => {
                parts.push(text[from..at].trim());
                return Some((parts, &text[at + 1..]));
            }
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::super::sql::*;
    use super::translate;
    use crate::value::{Type, Value};

    fn filtered(filter: Condition) -> String {
        let table = "posts";
        translate(&Count { table, filter }.build().sql)
            .replace("SELECT COUNT(*) FROM \"posts\" WHERE ", "")
    }

    #[test]
    fn values_are_numbered_and_names_stay() {
        let odd = Condition::Any(vec![Condition::eq("a?\"(b", 1_i64), Condition::eq("c", 2_i64)]);
        assert_eq!(filtered(odd), r#""posts"."a?""(b" = $1 OR "posts"."c" = $2"#);
    }

    #[test]
    fn texts_are_found_by_their_bytes() {
        let at = |place| filtered(Condition::Text("a", place, "x".into()));
        let bytes = r#"convert_to("posts"."a"::text, 'UTF8')"#;
        assert_eq!(at(Place::Anywhere), format!(r#""position"({bytes}, $1) > (0)"#));
        assert_eq!(at(Place::Start), format!("substr({bytes}, 1, ($1)::int4) = $2"));
        let end = format!("substr({bytes}, GREATEST(octet_length({bytes}) + ($1)::int4 + 1, 1))");
        assert_eq!(at(Place::End), format!("{end} = $2"));
        let not = Condition::Not(Box::new(Condition::Text("a", Place::Start, "x".into())));
        assert!(filtered(not).ends_with("= $2) IS NOT TRUE"));
    }

    #[test]
    fn long_lists_have_the_type_of_their_values() {
        let list =
            |value: fn(i64) -> Value| filtered(Condition::In("a", (0..20).map(value).collect()));
        let rows = "SELECT jsonb_array_elements_text($1::jsonb)";
        assert_eq!(list(Value::Int), format!(r#""posts"."a" IN ({rows}::int8)"#));
        assert_eq!(
            list(|number| Value::Text(number.to_string())),
            format!(r#""posts"."a" IN ({rows})"#)
        );
    }

    #[test]
    fn decimals_are_summed_by_the_server() {
        let of = |function| {
            let (table, column, ty) = ("posts", "a", Type::Decimal);
            let filter = Condition::always();
            translate(&Aggregate { table, function, column, ty, filter }.build().sql)
        };
        assert_eq!(of(Function::Sum), r#"SELECT SUM("posts"."a") FROM "posts""#);
        assert_eq!(
            of(Function::Average),
            r#"SELECT (SUM("posts"."a") + 0.0000000000000000000000000000) / NULLIF(COUNT("posts"."a"), 0) FROM "posts""#
        );
    }
}
