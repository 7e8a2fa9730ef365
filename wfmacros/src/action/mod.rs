//! `#[action(Collection)]` on an `async fn`: an action of the program's own.

mod emit;
mod lower;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;

use crate::diag::Errors;

/// The item again, the action's registration, and all errors.
#[expect(clippy::needless_pass_by_value, reason = "the shape of an attribute macro")]
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let ast = parse::parse(args, &item, &mut errors);
    let registration =
        ast.and_then(|ast| lower::lower(ast, &mut errors)).map(|model| emit::registration(&model));
    let errors = errors.into_tokens();
    quote!(#item #registration #errors)
}

#[cfg(test)]
mod tests;
