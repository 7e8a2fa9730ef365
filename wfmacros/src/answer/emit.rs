//! The code of an answer; it cannot fail.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::model::Model;
use crate::attributes::cfgs;
use crate::collection::emit::{derived, meta, of_type};

/// The item, and its implementations in a block of their own.
pub(super) fn emit(model: &Model<'_>) -> TokenStream {
    let item = model.item;
    let cfgs = cfgs(&item.attrs);
    let implementations = implementations(model);
    quote! {
        #item

        #(#cfgs)*
        #[allow(dead_code, clippy::all, clippy::pedantic)]
        const _: () = {
            #implementations
        };
    }
}

/// The same for a struct that is declared in a function's body.
pub(super) fn local(model: &Model<'_>) -> TokenStream {
    let item = model.item;
    let implementations = implementations(model);
    quote! {
        #[allow(dead_code)]
        #item
        #implementations
    }
}

fn implementations(model: &Model<'_>) -> TokenStream {
    let private = model.runtime.private();
    let answer = answer(model);
    let name = &model.item.ident;
    let derived = derived::emit(&derived::Deriving {
        name,
        fields: &model.fields,
        derives: &model.derives,
        serialize: quote!(__wf::serialize_answer),
        deserialize: quote!(__wf::deserialize_answer),
    });
    quote! {
        use #private as __wf;

        #answer
        #derived

        __wf::inventory::submit! {
            __wf::RegisteredAnswer(<#name as __wf::Answer>::META)
        }
    }
}

fn answer(model: &Model<'_>) -> TokenStream {
    let name = &model.item.ident;
    let (rust, title) = (name.unraw().to_string(), &model.title);
    let location = meta::location(name.span());
    let members = model.fields.iter().map(meta::member);
    let decoded = model.fields.iter().map(|field| {
        let (ident, cfgs) = (field.ident, &field.cfgs);
        let decode = of_type(&field.source.ty, &quote!(decode));
        quote!(#(#cfgs)* #ident: #decode(from)?)
    });
    let encoded = model.fields.iter().map(|field| {
        let (ident, cfgs) = (field.ident, &field.cfgs);
        let encode = of_type(&field.source.ty, &quote!(encode));
        quote!(#(#cfgs)* #encode(&self.#ident, to);)
    });
    let values = model.fields.iter().map(|field| {
        let cfgs = &field.cfgs;
        let shape = of_type(&field.source.ty, &quote!(SHAPE));
        let is_value = quote_spanned!(field.source.ty.span()=> __wf::assert_value(#shape));
        quote!(#(#cfgs)* const _: () = #is_value;)
    });
    quote! {
        #[automatically_derived]
        impl __wf::Answer for #name {
            const META: &'static __wf::AnswerMeta = &__wf::AnswerMeta {
                rust: #rust,
                title: #title,
                members: &[#(#members),*],
                location: #location,
            };

            fn decode(from: &mut __wf::Decoder) -> __wf::Result<Self> {
                ::core::result::Result::Ok(Self { #(#decoded,)* })
            }

            fn encode(&self, to: &mut __wf::Encoder) {
                #(#encoded)*
            }
        }

        #(#values)*
    }
}
