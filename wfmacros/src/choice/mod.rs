//! `#[choice]`: an enum of names, stored and sent as text.

mod emit;
mod lower;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;

use crate::diag::Errors;

/// The expansion of `#[choice(args)] item`.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let parsed = parse::parse(args, item, &mut errors);
    let item = &parsed.item;
    let model = parsed.source.as_ref().map(|source| lower::lower(source, &mut errors));
    let derive = model.as_ref().map(emit::derive);
    let emitted = model.as_ref().map(emit::emit);
    let errors = errors.into_tokens();
    quote!(#derive #item #emitted #errors)
}
