//! `#[collection]`: a struct to its metadata, its place in the registry, and its builders.

mod account;
pub(crate) mod emit;
pub(crate) mod lower;
pub(crate) mod model;
mod options;
pub(crate) mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;

pub(crate) use model::Place;

use crate::diag::Errors;

/// The expansion of `#[collection(args)] item`.
pub(crate) fn expand(args: TokenStream, item: TokenStream, place: Place) -> TokenStream {
    let mut errors = Errors::default();
    let parsed = parse::parse(args, item, &parse::COLLECTION, &mut errors);
    let model = parsed.source.as_ref().and_then(|source| lower::lower(source, place, &mut errors));
    let emitted = match &model {
        Some(model) => emit::emit(model),
        None => {
            let item = &parsed.item;
            quote!(#item)
        }
    };
    let errors = errors.into_tokens();
    quote!(#emitted #errors)
}
