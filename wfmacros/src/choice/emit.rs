//! The code of a choice; it cannot fail.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

use super::lower::Model;
use crate::attributes::cfgs;

/// The derives that the user did not write.
pub(crate) fn derive(model: &Model<'_>) -> TokenStream {
    let private = model.runtime.private();
    let derives = model.derives.iter().map(|derive| Ident::new(derive, Span::mixed_site()));
    if model.derives.is_empty() {
        return TokenStream::new();
    }
    quote!(#[derive(#(#private::derive::#derives),*)])
}

pub(crate) fn emit(model: &Model<'_>) -> TokenStream {
    let private = model.runtime.private();
    let name = &model.item.ident;
    let rust = name.unraw().to_string();
    let cfgs = cfgs(&model.item.attrs);
    let variants = model.variants.iter().map(|variant| {
        let (cfgs, rust) = (&variant.cfgs, &variant.rust);
        let (name, title) = (&variant.name, &variant.title);
        let was = match &variant.was {
            Some(was) => quote!(::core::option::Option::Some(#was)),
            None => quote!(::core::option::Option::None),
        };
        quote!(#(#cfgs)* __wf::Variant { rust: #rust, name: #name, title: #title, was: #was })
    });
    let all = model.variants.iter().map(|variant| {
        let (cfgs, ident) = (&variant.cfgs, variant.ident);
        quote!(#(#cfgs)* #name::#ident)
    });
    let names = model.variants.iter().map(|variant| {
        let (cfgs, ident, name) = (&variant.cfgs, variant.ident, &variant.name);
        quote!(#(#cfgs)* Self::#ident => #name)
    });
    let text = text(model);
    let serde = serde(model);
    quote! {
        #(#cfgs)*
        #[allow(clippy::all, clippy::pedantic)]
        const _: () = {
            use #private as __wf;

            #[automatically_derived]
            impl __wf::Choice for #name {
                const META: &'static __wf::ChoiceMeta =
                    &__wf::ChoiceMeta { rust: #rust, variants: &[#(#variants),*] };
                const ALL: &'static [Self] = &[#(#all),*];

                fn name(self) -> &'static str {
                    match self { #(#names,)* }
                }
            }

            #text
            #serde
        };
    }
}

/// `Display` and `FromStr`, by name.
fn text(model: &Model<'_>) -> TokenStream {
    let name = &model.item.ident;
    let display = model.display.then(|| {
        quote! {
            #[automatically_derived]
            impl ::core::fmt::Display for #name {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.pad(__wf::Choice::name(*self))
                }
            }
        }
    });
    quote! {
        #display

        #[automatically_derived]
        impl ::core::str::FromStr for #name {
            type Err = __wf::UnknownName;

            fn from_str(name: &str) -> ::core::result::Result<Self, __wf::UnknownName> {
                __wf::choice_from_str(name)
            }
        }
    }
}

fn serde(model: &Model<'_>) -> TokenStream {
    let name = &model.item.ident;
    let serialize = model.serialize.then(|| {
        quote! {
            #[automatically_derived]
            impl __wf::serde::Serialize for #name {
                fn serialize<S: __wf::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    serializer.serialize_str(__wf::Choice::name(*self))
                }
            }
        }
    });
    let deserialize = model.deserialize.then(|| {
        quote! {
            #[automatically_derived]
            impl<'de> __wf::serde::Deserialize<'de> for #name {
                fn deserialize<D: __wf::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    __wf::deserialize_choice(deserializer)
                }
            }
        }
    });
    quote!(#serialize #deserialize)
}
