//! The traits that the user did not derive.
//!
//! They go through the fields' own trait: a type that fits no field is one error, not four.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

use super::of_type;
use crate::collection::model::{Derives, Field};

/// A struct and what it is to implement.
pub(crate) struct Deriving<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) fields: &'a [Field<'a>],
    pub(crate) derives: &'a Derives,
    /// The functions behind serde's traits.
    pub(crate) serialize: TokenStream,
    pub(crate) deserialize: TokenStream,
}

pub(crate) fn emit(model: &Deriving<'_>) -> TokenStream {
    let own = model.derives.own.iter().map(|derive| match *derive {
        "Debug" => debug(model),
        "Clone" => clone(model),
        _ => partial_eq(model),
    });
    let serde = serde(model);
    quote!(#(#own)* #serde)
}

fn debug(model: &Deriving<'_>) -> TokenStream {
    let name = model.name;
    let rust = name.unraw().to_string();
    let fields = model.fields.iter().map(|field| {
        let (ident, cfgs, rust) = (field.ident, &field.cfgs, &field.rust);
        let debug = of_type(&field.source.ty, &quote!(debug));
        // What never leaves the server is in no log either.
        let value = match field.options.hidden {
            true => quote!(&::core::format_args!("…")),
            false => quote!(#debug(&self.#ident)),
        };
        quote!(#(#cfgs)* shown.field(#rust, #value);)
    });
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let mut shown = f.debug_struct(#rust);
                #(#fields)*
                shown.finish()
            }
        }
    }
}

fn clone(model: &Deriving<'_>) -> TokenStream {
    let name = model.name;
    let fields = model.fields.iter().map(|field| {
        let (ident, cfgs) = (field.ident, &field.cfgs);
        let cloned = of_type(&field.source.ty, &quote!(cloned));
        quote!(#(#cfgs)* #ident: #cloned(&self.#ident))
    });
    quote! {
        #[automatically_derived]
        impl ::core::clone::Clone for #name {
            fn clone(&self) -> Self {
                Self { #(#fields,)* }
            }
        }
    }
}

fn partial_eq(model: &Deriving<'_>) -> TokenStream {
    let name = model.name;
    let fields = model.fields.iter().map(|field| {
        let (ident, cfgs) = (field.ident, &field.cfgs);
        let same = of_type(&field.source.ty, &quote!(same));
        quote!(#(#cfgs)* { same &= #same(&self.#ident, &other.#ident); })
    });
    quote! {
        #[automatically_derived]
        impl ::core::cmp::PartialEq for #name {
            fn eq(&self, other: &Self) -> bool {
                let mut same = true;
                #(#fields)*
                same
            }
        }
    }
}

fn serde(model: &Deriving<'_>) -> TokenStream {
    let name = model.name;
    let by = &model.serialize;
    let serialize = model.derives.serialize.then(|| {
        quote! {
            #[automatically_derived]
            impl __wf::serde::Serialize for #name {
                fn serialize<S: __wf::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    #by(self, serializer)
                }
            }
        }
    });
    let by = &model.deserialize;
    let deserialize = model.derives.deserialize.then(|| {
        quote! {
            #[automatically_derived]
            impl<'de> __wf::serde::Deserialize<'de> for #name {
                fn deserialize<D: __wf::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    #by(deserializer)
                }
            }
        }
    });
    quote!(#serialize #deserialize)
}
