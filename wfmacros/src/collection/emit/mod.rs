//! The code of a collection; it cannot fail.

mod builder;
pub(crate) mod derived;
pub(crate) mod meta;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Ident, Type, Visibility};

use super::account;
use super::model::{Class, Field, Model, Place};
use crate::attributes::cfgs;

pub(crate) fn emit(model: &Model<'_>) -> TokenStream {
    let private = model.runtime.private();
    let item = model.item;
    let cfgs = cfgs(&item.attrs);
    let collection = collection(model);
    let markers = markers(model, &private);
    // Without a path to them, rustc would show where they stand in the library.
    let (beside, inside) = match model.place {
        Place::Beside => (Some(markers), None),
        Place::Inside => (None, Some(markers)),
    };
    let builders = builder::emit(model);
    let derived = derived::emit(&derived::Deriving {
        name: &item.ident,
        fields: &model.fields,
        derives: &model.derives,
        serialize: quote!(__wf::serialize),
        deserialize: quote!(__wf::deserialize),
    });
    let account = model.account.then(|| emit_account(model));
    let name = &item.ident;
    quote! {
        #item

        #beside

        #(#cfgs)*
        #[allow(dead_code, clippy::all, clippy::pedantic)]
        const _: () = {
            use #private as __wf;

            #inside
            #collection
            #builders
            #derived
            #account

            __wf::inventory::submit! {
                __wf::RegisteredCollection(<#name as __wf::Collection>::META)
            }
        };
    }
}

/// `Post` and a suffix, for generated types.
fn named(model: &Model<'_>, suffix: &str) -> Ident {
    format_ident!("{}{suffix}", model.item.ident.unraw(), span = Span::mixed_site())
}

fn collection(model: &Model<'_>) -> TokenStream {
    let name = &model.item.ident;
    let meta = meta::emit(model);
    let unlisted = unlisted(model);
    let (associations, fields) = (named(model, "Associations"), named(model, "Fields"));
    let own_associations = model.fields.iter().filter_map(|field| {
        let (ident, json, cfgs) = (field.ident, &field.json, &field.cfgs);
        association(field)?;
        Some(quote!(#(#cfgs)* #ident: __wf::AssocRef::new(#json)))
    });
    let own_fields = model.fields.iter().filter(|field| field.class.has_column()).map(|field| {
        let (ident, column, cfgs) = (field.ident, &field.column, &field.cfgs);
        quote!(#(#cfgs)* #ident: __wf::FieldRef::new(#column))
    });
    let (inputs, all_inputs) = inputs(model);
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
    quote! {
        #[automatically_derived]
        #unlisted
        impl __wf::Collection for #name {
            const META: &'static __wf::CollectionMeta = #meta;
            type Assocs = #associations;
            const ASSOCS: #associations = #associations {
                created_by: __wf::AssocRef::new("createdBy"),
                updated_by: __wf::AssocRef::new("updatedBy"),
                #(#own_associations,)*
            };
            type Fields = #fields;
            const FIELDS: #fields = #fields {
                id: __wf::FieldRef::new("id"),
                created_at: __wf::FieldRef::new("created_at"),
                updated_at: __wf::FieldRef::new("updated_at"),
                created_by: __wf::FieldRef::new("created_by_id"),
                updated_by: __wf::FieldRef::new("updated_by_id"),
                #(#own_fields,)*
            };
            type Inputs = #inputs;
            const INPUTS: #inputs = #all_inputs;

            fn decode(from: &mut __wf::Decoder) -> __wf::Result<Self> {
                ::core::result::Result::Ok(Self { #(#decoded,)* })
            }

            fn encode(&self, to: &mut __wf::Encoder) {
                #(#encoded)*
            }
        }
    }
}

/// The type and the value of what a form can ask for: the fields, and links to many records where
/// there are any.
fn inputs(model: &Model<'_>) -> (Ident, TokenStream) {
    if !model.fields.iter().any(is_to_many) {
        return (named(model, "Fields"), quote!(Self::FIELDS));
    }
    let inputs = named(model, "Inputs");
    let all = model.fields.iter().filter(|field| is_input(field)).map(|field| {
        let (ident, cfgs) = (field.ident, &field.cfgs);
        let of = if is_to_many(field) { quote!(ASSOCS) } else { quote!(FIELDS) };
        quote!(#(#cfgs)* #ident: Self::#of.#ident)
    });
    let value = quote!(#inputs { #(#all,)* });
    (inputs, value)
}

fn is_to_many(field: &Field<'_>) -> bool {
    matches!(field.class, Class::HasMany(_) | Class::BelongsToMany(_))
}

fn is_input(field: &Field<'_>) -> bool {
    field.class.has_column() || is_to_many(field)
}

/// Keeps rustc from showing the library's own collection as an example of what would do.
fn unlisted(model: &Model<'_>) -> Option<TokenStream> {
    matches!(model.place, Place::Beside).then(|| quote!(#[diagnostic::do_not_recommend]))
}

/// `<Ty as FieldType>::item` with the type's own span, so that rustc points at it, once.
pub(crate) fn of_type(ty: &Type, item: &TokenStream) -> TokenStream {
    quote!(<#ty as __wf::FieldType>::#item)
}

/// The type of a field's marker, if it is an association.
fn association(field: &Field<'_>) -> Option<(TokenStream, &'static str)> {
    let (target, cardinality) = match field.class {
        Class::Plain { .. } => return None,
        Class::BelongsTo { target, .. } | Class::HasOne(target) => (target, "ToOne"),
        Class::HasMany(target) | Class::BelongsToMany(target) => (target, "ToMany"),
    };
    Some((target.to_token_stream(), cardinality))
}

/// The names that other macros check: `PostAssociations`, `PostFields` and, where records have
/// links to many, `PostInputs`.
fn markers(model: &Model<'_>, private: &TokenStream) -> TokenStream {
    let (vis, name) = (&model.item.vis, &model.item.ident);
    let (associations, fields) = (named(model, "Associations"), named(model, "Fields"));
    let link = |field: &Field<'_>| {
        let (target, cardinality) = association(field)?;
        let cardinality = Ident::new(cardinality, Span::mixed_site());
        Some(marker(field, &quote!(#private::AssocRef<#name, #target, #private::#cardinality>)))
    };
    let own_associations = model.fields.iter().filter_map(link);
    let column = |field: &Field<'_>| {
        let ty = &field.source.ty;
        marker(field, &quote!(#private::FieldRef<#name, #ty>))
    };
    let own_fields = model.fields.iter().filter(|field| field.class.has_column()).map(column);
    let inputs = model.fields.iter().any(is_to_many).then(|| {
        let name = named(model, "Inputs");
        let all = model.fields.iter().filter_map(|field| match is_to_many(field) {
            true => link(field),
            false => field.class.has_column().then(|| column(field)),
        });
        quote! {
            /// What a form can ask for, by name.
            #[derive(#private::derive::Clone, #private::derive::Copy)]
            #vis struct #name { #(#all)* }
        }
    });
    quote! {
        /// The associations, by name.
        #[derive(#private::derive::Clone, #private::derive::Copy)]
        #vis struct #associations {
            /// Who created the record.
            #vis created_by: #private::AssocRef<#name, #private::User, #private::ToOne>,
            /// Who last changed the record.
            #vis updated_by: #private::AssocRef<#name, #private::User, #private::ToOne>,
            #(#own_associations)*
        }

        /// The fields, by name.
        #[derive(#private::derive::Clone, #private::derive::Copy)]
        #vis struct #fields {
            /// The id.
            #vis id: #private::FieldRef<#name, #private::Id<#name>>,
            /// When the record was created.
            #vis created_at: #private::FieldRef<#name, #private::Timestamp>,
            /// When the record was last changed.
            #vis updated_at: #private::FieldRef<#name, #private::Timestamp>,
            /// Who created the record.
            #vis created_by: #private::FieldRef<#name, ::core::option::Option<#private::BelongsTo<#private::User>>>,
            /// Who last changed the record.
            #vis updated_by: #private::FieldRef<#name, ::core::option::Option<#private::BelongsTo<#private::User>>>,
            #(#own_fields)*
        }

        #inputs
    }
}

fn marker(field: &Field<'_>, ty: &TokenStream) -> TokenStream {
    let (ident, cfgs, vis) = (field.ident, &field.cfgs, &field.source.vis);
    let docs = docs(field);
    quote!(#(#cfgs)* #docs #vis #ident: #ty,)
}

/// The field's own documentation, or a sentence in its place.
fn docs(field: &Field<'_>) -> TokenStream {
    if field.docs.is_empty() {
        return quote! {
            /// The field of this name.
        };
    }
    let docs = &field.docs;
    quote!(#(#docs)*)
}

/// How visible a generated item is that belongs to a field: as the field itself.
fn visibility<'a>(field: &'a Field<'_>) -> &'a Visibility {
    &field.source.vis
}

/// Marks the collection as one of users, and checks the types that signing in needs.
fn emit_account(model: &Model<'_>) -> TokenStream {
    let name = &model.item.ident;
    let checks = model.fields.iter().filter_map(|field| {
        let (_, ty) = account::FIELDS.iter().find(|(name, _)| *name == field.rust)?;
        let ty = match *ty {
            "String" => quote!(::std::string::String),
            "Roles" => quote!(__wf::Roles),
            _ => quote!(::core::option::Option<::std::string::String>),
        };
        let ident = field.ident;
        let span = syn::spanned::Spanned::span(&field.source.ty);
        let found = quote_spanned!(span=> &account.#ident);
        Some(quote!(fn #ident(account: &#name) -> &#ty { #found }))
    });
    quote! {
        #[automatically_derived]
        impl __wf::Account for #name {}
        const _: () = {
            #(#checks)*
        };
    }
}
