//! `forms!`: the forms and buttons of collections, with the workflows that each button fires.

mod clauses;
mod emit;
mod lower;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;

use crate::diag::Errors;
use crate::paths::Runtime;

/// The registrations of the forms of one call, and all errors.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let (renamed, blocks) = parse::blocks(tokens, &mut errors);
    let private = Runtime::new(renamed.as_ref(), &mut errors).private();
    let models = lower::lower(blocks, &mut errors);
    let registrations: TokenStream =
        models.iter().map(|model| emit::registration(model, &private, &mut errors)).collect();
    let errors = errors.into_tokens();
    quote!(#registrations #errors)
}

#[cfg(test)]
mod tests;
