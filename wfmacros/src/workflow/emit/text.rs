//! Texts with `{path}` in them: read from a literal, emitted as a `String`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;

use super::Scope;
use crate::diag::{Errors, message};

/// A piece of a text.
#[derive(Debug, PartialEq)]
pub(crate) enum Piece {
    Plain(String),
    /// `review.comment`.
    Path(Vec<String>),
}

/// Reads a literal; faults are reported at it and leave their piece out.
pub(crate) fn parse(literal: &LitStr, errors: &mut Errors) -> Vec<Piece> {
    let text = literal.value();
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        plain.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(doubled) = rest.strip_prefix(brace) {
            plain.push_str(brace);
            rest = doubled;
        } else if brace == "}" {
            errors.at(
                literal,
                message(
                    "unmatched `}` in a text",
                    None,
                    Some("write `}}` for a brace that stands for itself"),
                ),
            );
        } else if let Some(end) = rest.find('}') {
            if let Some(path) = path(&rest[..end], literal, errors) {
                if !plain.is_empty() {
                    pieces.push(Piece::Plain(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Path(path));
            }
            rest = &rest[end + 1..];
        } else {
            errors.at(
                literal,
                message(
                    "unclosed `{` in a text",
                    None,
                    Some("write `{{` for a brace that stands for itself"),
                ),
            );
            rest = "";
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Plain(plain));
    }
    pieces
}

fn path(text: &str, literal: &LitStr, errors: &mut Errors) -> Option<Vec<String>> {
    let names: Vec<String> = text.trim().split('.').map(str::to_owned).collect();
    if names.iter().all(|name| syn::parse_str::<Ident>(name).is_ok()) {
        return Some(names);
    }
    errors.at(
        literal,
        message(
            format!("expected a field path between the braces, found `{text}`"),
            Some("a text takes paths such as `{data.amount}` or `{review.comment}`"),
            Some("calculate other values before, with `let`; write `{{` for a brace"),
        ),
    );
    None
}

/// What a text is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// People read it.
    Reading,
    /// It is a URL: values cannot change what the characters around them mean, but for one at the
    /// beginning, which is the constant part of the URL by another name.
    Url,
}

/// The `String` that the pieces make.
pub(crate) fn emit(pieces: &[Piece], how: Use, span: Span, scope: &Scope) -> TokenStream {
    let private = &scope.private;
    if let [] | [Piece::Plain(_)] = pieces {
        let plain = pieces.first().map_or("", |piece| match piece {
            Piece::Plain(text) => text.as_str(),
            Piece::Path(_) => "",
        });
        return quote!(::std::borrow::ToOwned::to_owned(#plain));
    }
    let text = Ident::new("text", Span::mixed_site());
    let parts = pieces.iter().enumerate().map(|(index, piece)| match piece {
        Piece::Plain(plain) => quote!(#text.push_str(#plain);),
        Piece::Path(names) => {
            let names: Vec<Ident> = names.iter().map(|name| ident(name, span)).collect();
            let show = if how == Use::Url && index > 0 {
                quote_spanned!(span=> #private::show_in_url)
            } else {
                quote_spanned!(span=> #private::Show::show)
            };
            scope.shown(&names, |place| quote_spanned!(span=> #show(&#place, &mut #text);))
        }
    });
    quote!({
        let mut #text = ::std::string::String::new();
        #(#parts)*
        #text
    })
}

fn ident(name: &str, span: Span) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, span),
        None => Ident::new(name, span),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
    fn check(text: &str, expected: Expect) {
        let mut errors = Errors::default();
        let pieces = parse(&LitStr::new(text, Span::call_site()), &mut errors);
        expected.assert_eq(&format!("{pieces:?}\n{}", errors.text()));
    }

    #[test]
    fn texts_and_their_faults() {
        check(
            "plain",
            expect![[r#"
            [Plain("plain")]
        "#]],
        );
        check(
            "{a.b} and { c }, {{not}} {d}",
            expect![[r#"
            [Path(["a", "b"]), Plain(" and "), Path(["c"]), Plain(", {not} "), Path(["d"])]
        "#]],
        );
        check(
            "a { b",
            expect![[r#"
            [Plain("a ")]
            unclosed `{` in a text
            = help: write `{{` for a brace that stands for itself
        "#]],
        );
        check(
            "a } b",
            expect![[r#"
            [Plain("a  b")]
            unmatched `}` in a text
            = help: write `}}` for a brace that stands for itself
        "#]],
        );
        check(
            "{a + 1}{}",
            expect![[r#"
            []
            expected a field path between the braces, found `a + 1`
            = note: a text takes paths such as `{data.amount}` or `{review.comment}`
            = help: calculate other values before, with `let`; write `{{` for a brace
            expected a field path between the braces, found ``
            = note: a text takes paths such as `{data.amount}` or `{review.comment}`
            = help: calculate other values before, with `let`; write `{{` for a brace
        "#]],
        );
    }
}
