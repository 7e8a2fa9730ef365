//! Nodes that leave the workflow.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Path};

use super::super::ast::Request;
use super::Emitter;
use super::text::Use;
use super::wait::length;

impl Emitter<'_> {
    pub(super) fn call(
        &self,
        cx: &TokenStream,
        span: Span,
        workflow: &Path,
        record: &Expr,
    ) -> TokenStream {
        let private = &self.scope.private;
        let value = self.scope.expr(record);
        let id = quote_spanned!(record.span()=> &<_ as #private::Identified>::identity(&#value));
        // By a name that cannot be a constant: of a function, rustc would speak twice. It stands
        // where the path does, for that is what cannot be called.
        let at = workflow.segments.last().map_or(span, |last| last.ident.span());
        let called = Ident::new("__Called", at);
        let call = quote_spanned!(span=> #cx.call::<#called>(#id).await?);
        quote!({ type #called = #workflow; #call })
    }

    pub(super) fn request(
        &mut self,
        cx: &TokenStream,
        span: Span,
        request: &Request,
    ) -> TokenStream {
        let private = self.scope.private.clone();
        // At the user's word: there rustc tells of a feature that is off.
        let mut method = Literal::string(&request.method.to_string());
        method.set_span(request.method.span());
        let url = self.text_for(Use::Url, &request.url);
        let json = request.json.as_ref().map(|json| {
            let value = self.scope.expr(json);
            quote_spanned!(json.span()=> .json(&#value))
        });
        let headers = request.headers.iter().map(|(name, value)| {
            let value = self.scope.value(value);
            quote_spanned!(name.span()=> .header(#name, #value))
        });
        let headers: TokenStream = headers.collect();
        let timeout = request.timeout.as_ref().map(|time| {
            let (length, span) = length(time, &self.scope);
            quote_spanned!(span=> .timeout(#length))
        });
        let limit = request.limit.as_ref().map(|limit| {
            let value = self.scope.value(limit);
            quote_spanned!(limit.span()=> .limit(#value))
        });
        let retry = request.retry.as_ref().map(|attempts| {
            quote! {
                .retry(#private::Retry { attempts: #attempts, ..#private::Retry::DEFAULT })
            }
        });
        let any = request.any_status.then(|| quote!(.any_status()));
        let call = quote_spanned!(request.method.span()=> request(#method, #url));
        quote_spanned!(span=> #cx.#call #json #headers #timeout #limit #retry #any.await?)
    }
}
