//! The registration of an action.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::lower::Model;
use crate::attributes::cfgs;
use crate::trigger::emit::{location, title_of};

/// Everything beside the function.
pub(crate) fn registration(model: &Model) -> TokenStream {
    let private = model.runtime.private();
    let Model { name, action, collection, output, .. } = model;
    let cfgs = cfgs(&model.attrs);
    let title = title_of(&model.attrs, name);
    let [call, result] = ["call", "result"].map(|name| Ident::new(name, Span::mixed_site()));
    let arguments = model.arguments.iter().map(|ty| {
        quote_spanned! {ty.span()=>
            <#ty as #private::FromOwnCall<#collection>>::from_own_call(&#call)?
        }
    });
    let run = quote_spanned!(name.span()=> #name(#(#arguments),*));
    let finished = quote!(<#output as #private::ActionResult<#collection>>::into_row(#result));
    let location = location(name.span(), &private);
    quote! {
        #(#cfgs)*
        const _: () = {
            #private::inventory::submit! {
                #private::RegisteredAction(&#private::ActionMeta {
                    name: #action,
                    title: #title,
                    collection: || <#collection as #private::Collection>::META,
                    handler: |#call| ::std::boxed::Box::pin(async move {
                        let #result: #output = #run.await;
                        #finished
                    }),
                    location: #location,
                })
            }
        };
    }
}
