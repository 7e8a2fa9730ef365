//! `Post::new()` and `Post::changes()`: setters with the fields' names, documentation and types.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Type};

use super::{docs, named, of_type, unlisted, visibility};
use crate::collection::model::{Field, Model};

pub(super) fn emit(model: &Model<'_>) -> TokenStream {
    let settable: Vec<&Field<'_>> =
        model.fields.iter().filter(|field| field.class.has_column()).collect();
    let required: Vec<&Field<'_>> =
        settable.iter().copied().filter(|field| field.is_required()).collect();
    let new = new(model, &settable, &required);
    let changes = changes(model, &settable);
    quote!(#new #changes)
}

/// The generic parameters that remember which required fields were set.
fn parameters(required: &[&Field<'_>], at: Span) -> Vec<Ident> {
    (0..required.len()).map(|index| format_ident!("P{index}", span = at)).collect()
}

fn new(model: &Model<'_>, settable: &[&Field<'_>], required: &[&Field<'_>]) -> TokenStream {
    let (vis, name) = (&model.item.vis, &model.item.ident);
    let builder = format_ident!("New{}", syn::ext::IdentExt::unraw(name), span = name.span());
    let markers: Vec<&Ident> = required.iter().map(|field| field.ident).collect();
    let parameters = parameters(required, name.span());
    let setters = settable.iter().map(|field| {
        let (ident, ty, cfgs, rust) = (field.ident, &field.source.ty, &field.cfgs, &field.rust);
        let (docs, vis) = (docs(field), visibility(field));
        let stored = of_type(ty, &quote!(stored));
        let value = value(ty);
        let after = required.iter().zip(&parameters).map(|(other, parameter)| {
            if other.ident == field.ident { quote!(__wf::Set) } else { quote!(#parameter) }
        });
        quote! {
            #(#cfgs)*
            #docs
            #vis fn #ident(self, #ident: #value) -> #builder<#(#after),*> {
                #builder {
                    given: self.given.set(
                        const { __wf::column_named(<#name as __wf::Collection>::META, #rust) },
                        #stored(__wf::IntoField::into_field(#ident)),
                    ),
                    set: ::core::marker::PhantomData,
                }
            }
        }
    });
    // At the struct's name, where rustc shows what a draft lacks.
    let unlisted = unlisted(model);
    let into_draft = quote_spanned! {name.span()=>
        #[automatically_derived]
        #unlisted
        impl<#(#parameters: __wf::IsSet<required::#markers>),*> __wf::IntoDraft<#name>
            for #builder<#(#parameters),*>
        {
            fn into_draft(self) -> __wf::Draft<#name> {
                __wf::Draft::from_given(self.given)
            }
        }
    };
    quote! {
        /// The required fields, each a type.
        #[allow(non_camel_case_types)]
        mod required {
            #(
                /// The field of this name.
                pub enum #markers {}
            )*
        }

        /// A new record, whose fields are set one by one.
        #[must_use = "nothing is created until it is passed to `create`"]
        #vis struct #builder<#(#parameters = __wf::Missing),*> {
            given: __wf::Given,
            set: ::core::marker::PhantomData<fn() -> (#(#parameters,)*)>,
        }

        impl #name {
            /// Starts a new record, whose fields are set one by one.
            #vis fn new() -> #builder {
                #builder {
                    given: ::core::default::Default::default(),
                    set: ::core::marker::PhantomData,
                }
            }
        }

        impl<#(#parameters),*> #builder<#(#parameters),*> {
            #(#setters)*
        }

        #into_draft
    }
}

/// What a setter takes, at the field's type: there rustc shows what it asks for.
fn value(ty: &Type) -> TokenStream {
    quote_spanned!(ty.span()=> impl __wf::IntoField<#ty>)
}

fn changes(model: &Model<'_>, settable: &[&Field<'_>]) -> TokenStream {
    let (vis, name) = (&model.item.vis, &model.item.ident);
    let builder = named(model, "Changes");
    let setters = settable.iter().map(|field| {
        let (ident, ty, cfgs, rust) = (field.ident, &field.source.ty, &field.cfgs, &field.rust);
        let (docs, vis) = (docs(field), visibility(field));
        let stored = of_type(ty, &quote!(stored));
        let value = value(ty);
        quote! {
            #(#cfgs)*
            #docs
            #vis fn #ident(mut self, #ident: #value) -> Self {
                self.given = self.given.set(
                    const { __wf::column_named(<#name as __wf::Collection>::META, #rust) },
                    #stored(__wf::IntoField::into_field(#ident)),
                );
                self
            }
        }
    });
    quote! {
        /// Changes of a record, set one by one.
        #[must_use = "nothing is changed until it is passed to `update`"]
        #[derive(__wf::derive::Default)]
        #vis struct #builder {
            given: __wf::Given,
        }

        impl #name {
            /// Starts changes of a record: only the fields that are set are written.
            #vis fn changes() -> #builder {
                ::core::default::Default::default()
            }
        }

        impl #builder {
            #(#setters)*
        }

        #[automatically_derived]
        impl __wf::IntoChanges<#name> for #builder {
            fn into_changes(self) -> __wf::Changes<#name> {
                __wf::Changes::from_given(self.given)
            }
        }

        #[automatically_derived]
        impl __wf::StartChanges for #name {
            type Builder = #builder;

            fn start_changes() -> #builder {
                ::core::default::Default::default()
            }
        }
    }
}
