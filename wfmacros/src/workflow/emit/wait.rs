//! Nodes that wait for time or for something that comes.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned;

use super::super::ast::{Sleep, Within};
use super::{Emitter, Scope};

impl Emitter<'_> {
    pub(super) fn sleep(&self, cx: &TokenStream, span: Span, sleep: &Sleep) -> TokenStream {
        match sleep {
            Sleep::For(time) => {
                let (length, at) = length(time, &self.scope);
                let call = quote_spanned!(at=> sleep(#length));
                quote_spanned!(span=> #cx.#call.await?)
            }
            Sleep::Until(moment) => {
                let value = self.scope.value(moment);
                let call = quote_spanned!(moment.span()=> sleep_until(#value));
                quote_spanned!(span=> #cx.#call.await?)
            }
        }
    }
}

impl Emitter<'_> {
    pub(super) fn signal(
        &self,
        cx: &TokenStream,
        span: Span,
        (name, within): (&LitStr, Option<&Within>),
        is_bound: bool,
    ) -> TokenStream {
        let limit = self.within(within);
        let signal = quote_spanned!(span=> #cx.signal(#name) #limit.await?);
        if is_bound || within.is_none() {
            return signal;
        }
        let (plain, why) = (&self.cx, no_signal(name));
        quote_spanned!(span=> #plain.require(#signal.is_some(), #why)?)
    }

    /// `.within(…)`.
    pub(super) fn within(&self, within: Option<&Within>) -> Option<TokenStream> {
        within.map(|within| {
            let (length, span) = length(within, &self.scope);
            quote_spanned!(span=> .within(#length))
        })
    }
}

/// Why an execution ends to which a signal did not come.
pub(crate) fn no_signal(name: &LitStr) -> String {
    format!("no signal `{}` came in time", name.value())
}

/// A length of time as a value, and where it was written.
pub(super) fn length(time: &Within, scope: &Scope) -> (TokenStream, Span) {
    match time {
        Within::Length(length) => {
            let millis = length.millis;
            (quote!(::core::time::Duration::from_millis(#millis)), Span::mixed_site())
        }
        Within::Expr(expr) => (scope.value(expr), expr.span()),
    }
}
