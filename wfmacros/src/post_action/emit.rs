//! The declaration of a function that is a workflow.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::lower::{Argument, Model};
use crate::trigger::Trigger;
use crate::trigger::emit::{self, Declared};

/// The type beside the function, and its registration.
pub(crate) fn declaration(trigger: &Trigger, model: &Model) -> TokenStream {
    let private = trigger.runtime.private();
    let name = &model.name;
    emit::declaration(&Declared {
        trigger,
        name,
        vis: &model.vis,
        attrs: &model.attrs,
        handler: handler(trigger, model),
        function: quote!(::core::option::Option::Some(|| #private::type_of(&#name))),
        roles: Vec::new(),
        calls: Vec::new(),
        revision: model.revision,
        graph: quote!(::core::option::Option::None),
    })
}

/// `fn(Invocation) -> BoxFuture<Result<()>>`: makes the arguments and calls the function.
fn handler(trigger: &Trigger, model: &Model) -> TokenStream {
    let private = trigger.runtime.private();
    let name = &model.name;
    let [call, claim, cx, result] = ["call", "claim", "cx", "result"].map(local);
    let mut lets = TokenStream::new();
    let mut order = Vec::new();
    for argument in &model.arguments {
        match argument {
            Argument::Claim(ty) => {
                let given = emit::claim(trigger, &quote!(&#call.snapshot));
                lets.extend(quote_spanned!(ty.span()=> let #claim: #ty = #given?;));
                order.push(&claim);
            }
            Argument::Context(ty) => {
                // Whatever the name is, the type is checked at the user's word.
                let context = emit::context(trigger, &quote!(#call));
                lets.extend(quote_spanned!(ty.span()=> let #cx: #ty = #context;));
                order.push(&cx);
            }
        }
    }
    let output = &model.output;
    let run = quote_spanned!(name.span()=> #name(#(#order),*));
    let finished = quote!(<#output as #private::WorkflowResult>::into_result(#result));
    quote! {
        |#call| ::std::boxed::Box::pin(async move {
            #lets
            let #result: #output = #run.await;
            #finished
        })
    }
}

fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
