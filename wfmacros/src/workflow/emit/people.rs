//! Nodes that ask people.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::super::ast::{Approve, Ask, By, Node, Quorum};
use super::super::lower::Step;
use super::{Emitter, Scope};
use crate::answer;

impl Emitter<'_> {
    pub(super) fn approve(&mut self, step: &Step, node: &Node, approve: &Approve) -> TokenStream {
        let (cx, title) = (self.context(step), self.text(&approve.title));
        let private = &self.scope.private;
        let by = deciders(&approve.by, &self.scope);
        let quorum = match &approve.quorum {
            Quorum::Any => TokenStream::new(),
            Quorum::All => quote!(.all()),
            Quorum::Count(count) => quote!(.quorum(#count)),
        };
        let within = self.within(approve.within.as_ref());
        let otherwise = approve.otherwise.as_ref().map(|word| {
            let outcome = if word == "approved" { "Approved" } else { "Rejected" };
            let outcome = Ident::new(outcome, word.span());
            quote!(.otherwise(#private::Outcome::#outcome))
        });
        let span = node.word.span();
        quote_spanned!(span=> #cx.approve(#title) #by #quorum #within #otherwise.await?)
    }

    /// The form is a struct of its own, declared where it is asked for.
    pub(super) fn ask(
        &mut self,
        step: &Step,
        node: &Node,
        ask: &Ask,
        is_bound: bool,
    ) -> TokenStream {
        let form = form_name(&step.key, node.word.span());
        let fields = ask.fields.clone();
        let items = answer::local(&form, fields, self.runtime, self.errors);
        let Some(items) = items else { return quote!(::core::unreachable!()) };
        let (cx, title) = (self.context(step), self.text(&ask.title));
        let by = deciders(&ask.by, &self.scope);
        let within = self.within(ask.within.as_ref());
        let span = node.word.span();
        let answer = quote_spanned!(span=> #cx.ask::<#form>(#title) #by #within.await?);
        if is_bound || ask.within.is_none() {
            return quote!({ #items #answer });
        }
        let plain = &self.cx;
        quote! {{
            #items
            #plain.require(#answer.is_some(), #NO_ANSWER)?
        }}
    }
}

/// Why an execution ends that nobody answered.
pub(crate) const NO_ANSWER: &str = "nobody answered in time";

/// The name of a form: `FormAnswer` for `let form`.
fn form_name(key: &str, span: Span) -> Ident {
    let mut name = String::new();
    let mut begins = true;
    for letter in key.rsplit('/').next().unwrap_or_default().chars() {
        if !letter.is_alphanumeric() {
            begins = true;
        } else if begins {
            name.extend(letter.to_uppercase());
            begins = false;
        } else {
            name.push(letter);
        }
    }
    Ident::new(&format!("{name}Answer"), Span::mixed_site().located_at(span))
}

/// `.by_role("supervisor").by_users(…)`.
fn deciders(by: &[By], scope: &Scope) -> TokenStream {
    let private = &scope.private;
    by.iter()
        .map(|by| match by {
            By::Role(role) => {
                let name = role.unraw().to_string();
                quote!(.by_role(#name))
            }
            By::User(user) => {
                let value = scope.value(user);
                quote_spanned!(user.span()=> .by_users(<_ as #private::Decider>::deciders(&#value)?))
            }
        })
        .collect()
}
