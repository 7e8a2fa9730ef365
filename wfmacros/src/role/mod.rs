//! `role!`: what each role may do, named as the compiler knows it.

mod emit;
mod lower;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;

use crate::diag::Errors;
use crate::paths::Runtime;

/// The registrations of the roles of one call, and all errors.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let (renamed, roles) = parse::roles(tokens, &mut errors);
    let private = Runtime::new(renamed.as_ref(), &mut errors).private();
    let roles = lower::lower(roles, &mut errors);
    let registrations = roles.iter().map(|role| emit::registration(role, &private));
    let registrations = quote!(#(#registrations)*);
    let errors = errors.into_tokens();
    quote!(#registrations #errors)
}

#[cfg(test)]
mod tests;
