//! The builder calls that the options of `approve` become.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::ast::{Approve, By, Quorum, Within};
use super::expression::Scope;

/// `.by_role("supervisor").within(…)`.
pub(crate) fn options(approve: &Approve, scope: &Scope) -> TokenStream {
    let private = &scope.private;
    let by = approve.by.iter().map(|by| match by {
        By::Role(role) => {
            let name = role.unraw().to_string();
            quote!(.by_role(#name))
        }
        By::User(user) => {
            let value = scope.value(user);
            quote_spanned!(user.span()=> .by_users(<_ as #private::Decider>::deciders(&#value)?))
        }
    });
    let quorum = match &approve.quorum {
        Quorum::Any => TokenStream::new(),
        Quorum::All => quote!(.all()),
        Quorum::Count(count) => quote!(.quorum(#count)),
    };
    let within = approve.within.as_ref().map(|within| match within {
        Within::Length(length) => {
            let millis = length.millis;
            quote!(.within(::core::time::Duration::from_millis(#millis)))
        }
        Within::Expr(expr) => {
            let value = scope.value(expr);
            quote_spanned!(expr.span()=> .within(#value))
        }
    });
    let otherwise = approve.otherwise.as_ref().map(|word| {
        let outcome = if word == "approved" { "Approved" } else { "Rejected" };
        let outcome = Ident::new(outcome, word.span());
        quote!(.otherwise(#private::Outcome::#outcome))
    });
    quote!(#(#by)* #quorum #within #otherwise)
}
