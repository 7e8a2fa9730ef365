//! Tokens as people write them, for the labels of a graph.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// Tokens as they are usually written.
pub(crate) fn source(tokens: &impl ToTokens) -> String {
    let mut out = String::new();
    write(tokens.to_token_stream(), &mut out);
    out
}

fn write(tokens: TokenStream, out: &mut String) {
    // Whether a space may stand before the next token.
    let mut gap = false;
    let mut operand = false;
    let mut joined = false;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) => {
                let mark = punct.as_char();
                let joint = punct.spacing() == Spacing::Joint;
                let double = joint && matches!(tokens.peek(), Some(TokenTree::Punct(_)));
                let next_group = matches!(tokens.peek(), Some(TokenTree::Group(_)));
                let tight = match mark {
                    '.' | ',' | ';' | '?' => true,
                    '!' => operand && next_group,
                    ':' => true,
                    _ => false,
                };
                if gap && !tight && !out.ends_with(':') {
                    out.push(' ');
                }
                out.push(mark);
                let path = mark == ':' && out.ends_with("::");
                let range = mark == '=' && out.ends_with("..=");
                let prefix = matches!(mark, '&' | '!' | '-' | '*') && !operand && !joined;
                gap = !(mark == '.' || mark == '!' && tight || path || range || prefix || double);
                operand = mark == '?' || mark == '!' && tight;
                joined = double;
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                if gap && (!operand || open == "{ ") {
                    out.push(' ');
                }
                out.push_str(open);
                write(group.stream(), out);
                out.push_str(close);
                (gap, operand) = (true, true);
            }
            other => {
                if gap {
                    out.push(' ');
                }
                out.push_str(&other.to_string());
                (gap, operand) = (true, true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn tokens_read_as_they_are_written() {
        for text in [
            "data.amount > dec!(500)",
            "a && !b || c != -1",
            "Status::Rejected",
            "review.is_rejected()",
            "let Some(x) = &found",
            "format!(\"{}\", a.b()?)",
            "status.one_of([A::B, A::C])",
            "x: 5, y",
            "1..=3",
            "x = -1..=y",
        ] {
            let tokens: proc_macro2::TokenStream = text.parse().expect("tokens");
            assert_eq!(source(&tokens), text);
        }
    }
}
