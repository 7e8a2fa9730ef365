//! What is no node: conditions, loops and branches.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, Pat};

use super::super::ast::Arm;
use super::super::lower::{Forked, Step, ends};
use super::Emitter;

impl Emitter<'_> {
    pub(super) fn conditional(
        &mut self,
        branches: &[(Expr, Vec<Step>)],
        otherwise: Option<&[Step]>,
    ) -> TokenStream {
        let mut tokens = TokenStream::new();
        for (index, (condition, steps)) in branches.iter().enumerate() {
            let condition = self.scope.expr(condition);
            let steps = self.steps(steps);
            let word = if index == 0 { quote!(if) } else { quote!(else if) };
            tokens.extend(quote!(#word #condition { #steps }));
        }
        if let Some(steps) = otherwise {
            let steps = self.steps(steps);
            tokens.extend(quote!(else { #steps }));
        }
        tokens
    }

    pub(super) fn choice(&mut self, value: &Expr, arms: &[Arm<Vec<Step>>]) -> TokenStream {
        let value = self.scope.value(value);
        let arms = arms.iter().map(|Arm { pattern, guard, body }| {
            let guard = guard.as_ref().map(|guard| {
                let guard = self.scope.expr(guard);
                quote!(if #guard)
            });
            let body = self.steps(body);
            quote!(#pattern #guard => { #body })
        });
        let arms: TokenStream = arms.collect();
        quote!(match #value { #arms })
    }

    /// Each pass has a context of its own, and with it keys of its own.
    pub(super) fn repetition(
        &mut self,
        step: &Step,
        pattern: &Pat,
        items: &Expr,
        body: &[Step],
    ) -> TokenStream {
        let (cx, name) = (&self.cx.clone(), step.relative_key());
        let pass = Ident::new("pass", Span::mixed_site());
        let items = self.scope.value(items);
        let body = self.steps(body);
        quote_spanned! {step.at=> {
            // No counter: clippy would have the user write `enumerate`.
            let mut #pass = 0_u64..;
            for #pattern in #items {
                let #cx = #cx.pass(#name, #pass.next().unwrap_or_default());
                let _ = &#cx;
                #body
            }
        }}
    }

    /// `parallel` and `race`: each branch is a function of its context, with its own `data`.
    pub(super) fn branches(&mut self, step: &Step, forked: &Forked, is_bound: bool) -> TokenStream {
        let private = self.scope.private.clone();
        let (node, cx) = (self.context(step), &self.cx.clone());
        let context = if self.is_sync { quote!(SyncContext) } else { quote!(Context) };
        let data = Ident::new("data", Span::call_site());
        let branches = forked.branches.iter().map(|steps| {
            let body = self.steps(steps);
            let end = (!ends(steps)).then(|| quote!(::core::result::Result::Ok(())));
            quote! {
                async |#cx: #private::#context| -> #private::Result<()> {
                    #[allow(unused_mut, unused_variables)]
                    let mut #data = ::core::clone::Clone::clone(&#data);
                    let _ = &#cx;
                    #body
                    #end
                }
            }
        });
        let branches: Vec<TokenStream> = branches.collect();
        let word = &forked.word;
        let call = quote_spanned!(word.span()=> #node.#word((#(#branches,)*)).await?);
        // Which one won is all that a branch gives.
        if is_bound { quote!(#call.0) } else { call }
    }
}
