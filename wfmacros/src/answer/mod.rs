//! `#[answer]`: a struct to the form that people fill in for an `ask`.
//!
//! A field is written, checked and refused as in `#[collection]`, without what needs a table.

mod emit;
mod lower;
mod model;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::diag::Errors;
use crate::paths::Runtime;

/// The expansion of `#[answer(args)] item`.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let parsed = parse::parse(args, item, &mut errors);
    let model = parsed.source.as_ref().and_then(|source| lower::lower(source, &mut errors));
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

/// The items of a struct that an `ask` declares in place: `receipt: String, paid_on: Option<Date>`.
///
/// They are to stand in a block of their own; the fields may have `#[field(…)]` and documentation.
/// `None` if there is a fault, which is reported.
pub(crate) fn local(
    name: &Ident,
    fields: Vec<syn::Field>,
    runtime: &Runtime,
    errors: &mut Errors,
) -> Option<TokenStream> {
    let source = parse::local(name, fields, errors)?;
    let model = lower::local(&source, runtime, errors)?;
    Some(emit::local(&model))
}
