//! Collects a macro's errors: every mistake is reported, each once, at its own token.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// The errors of one macro call; emitted together by [`Errors::into_tokens`].
#[derive(Default)]
pub(crate) struct Errors(Vec<(Span, Span, String)>);

impl Errors {
    /// Adds an error at `tokens`: a headline, then its notes and helps.
    pub(crate) fn at(&mut self, tokens: &impl ToTokens, message: impl Into<String>) {
        let mut spans = tokens.to_token_stream().into_iter().map(|token| token.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        let last = spans.last().unwrap_or(first);
        self.0.push((first, last, message.into()));
    }

    /// Adds an error at one span.
    pub(crate) fn span(&mut self, span: Span, message: impl Into<String>) {
        self.0.push((span, span, message.into()));
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what syn found.
    pub(crate) fn syn(&mut self, error: &syn::Error) {
        for error in error.clone() {
            self.span(error.span(), error.to_string());
        }
    }

    /// The messages alone, a line each.
    #[cfg(test)]
    pub(crate) fn text(&self) -> String {
        self.0.iter().map(|(_, _, message)| format!("{message}\n")).collect()
    }

    /// One `compile_error!` for each error.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0
            .into_iter()
            .map(|(first, last, message)| {
                // rustc joins the spans of the path and of the braces: the caret covers both.
                let head = quote_spanned!(first=> ::core::compile_error!);
                let body = quote_spanned!(last=> { #message });
                quote::quote!(#head #body)
            })
            .collect()
    }
}

/// A message in the house's form: headline, `= note:` facts, `= help:` what to type.
pub(crate) fn message(
    headline: impl Into<String>,
    note: Option<&str>,
    help: Option<&str>,
) -> String {
    let mut text = headline.into();
    if let Some(note) = note {
        text.push_str("\n= note: ");
        text.push_str(note);
    }
    if let Some(help) = help {
        text.push_str("\n= help: ");
        text.push_str(help);
    }
    text
}
