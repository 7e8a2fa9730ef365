//! The path to the runtime crate, which a user may have renamed.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::LitStr;

use crate::diag::Errors;

/// The same tokens with the span of the user's word.
///
/// rustc joins the spans of an expression's tokens, and shows the whole macro call if some are ours.
pub(crate) fn at(tokens: &TokenStream, span: Span) -> TokenStream {
    let moved = tokens.clone().into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    moved.collect()
}

/// The runtime crate as the user's crate names it.
#[derive(Clone)]
pub(crate) struct Runtime(TokenStream);

impl Runtime {
    /// `::wfruntime`, or what `crate = "path"` says.
    pub(crate) fn new(named: Option<&LitStr>, errors: &mut Errors) -> Self {
        let span = Span::mixed_site();
        let default = quote_spanned!(span=> ::wfruntime);
        let Some(named) = named else { return Self(default) };
        match named.parse_with(syn::Path::parse_mod_style) {
            Ok(path) => Self(quote::quote!(#path)),
            Err(_) => {
                errors.at(named, "expected a path to the crate wfruntime, as in `crate = \"wf\"`");
                Self(default)
            }
        }
    }

    /// The module that holds every name generated code uses.
    pub(crate) fn private(&self) -> TokenStream {
        let path = &self.0;
        quote_spanned!(Span::mixed_site()=> #path::private)
    }
}
