//! Hashes of tokens that depend on nothing but the tokens: not on spans, spacing or compiler.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// FNV-1a over what is written to it.
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    /// The hash of nothing.
    pub(crate) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds a text, and where it ends.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        for byte in text.bytes().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self
    }

    /// Adds tokens.
    pub(crate) fn tokens(&mut self, tokens: TokenStream) -> &mut Self {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => self.text(&ident.to_string()),
                TokenTree::Punct(punct) => self.text(&punct.as_char().to_string()),
                TokenTree::Literal(literal) => self.text(&literal.to_string()),
                TokenTree::Group(group) => {
                    // What `$x:expr` of a macro_rules wraps in invisible brackets reads the same.
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    if open.is_empty() {
                        self.tokens(group.stream())
                    } else {
                        self.text(open).tokens(group.stream()).text(close)
                    }
                }
            };
        }
        self
    }

    /// The hash; fits a signed integer of 64 bits, as the store keeps it.
    pub(crate) fn finish(&self) -> u64 {
        self.0 & (u64::MAX >> 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;

    fn hash(text: &str) -> u64 {
        let tokens = text.parse().unwrap_or_default();
        Fingerprint::new().tokens(tokens).finish()
    }

    #[test]
    fn only_the_tokens_count() {
        assert_eq!(hash("a . b ( c )"), hash("a.b(\n  c) // why"));
        assert_ne!(hash("a.b(c)"), hash("a.b(d)"));
        assert_ne!(hash("a(b)c"), hash("a(b c)"));
        assert_eq!(hash("a"), 620_310_408_636_712_809, "stored ones must stay valid");
    }
}
