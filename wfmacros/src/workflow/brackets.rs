//! What stands between brackets, as a result and not as syn's macros give it.

use syn::parse::{ParseBuffer, ParseStream};

/// `{ … }`.
pub(crate) fn braces<'a>(input: ParseStream<'a>) -> syn::Result<ParseBuffer<'a>> {
    let content;
    syn::braced!(content in input);
    Ok(content)
}

/// `[ … ]`.
pub(crate) fn square<'a>(input: ParseStream<'a>) -> syn::Result<ParseBuffer<'a>> {
    let content;
    syn::bracketed!(content in input);
    Ok(content)
}

/// `( … )`.
pub(crate) fn round<'a>(input: ParseStream<'a>) -> syn::Result<ParseBuffer<'a>> {
    let content;
    syn::parenthesized!(content in input);
    Ok(content)
}
