//! The constant that says what was declared.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, Type};

use super::of_type;
use crate::attributes;
use crate::collection::model::{Class, Default, Field, Model, OnDelete, Options};

pub(super) fn emit(model: &Model<'_>) -> TokenStream {
    let Model { name, table, title, account, .. } = model;
    let rust = model.item.ident.unraw().to_string();
    let was = match &model.was {
        Some(was) => quote!(::core::option::Option::Some(#was)),
        None => quote!(::core::option::Option::None),
    };
    let members = model.fields.iter().map(member);
    let location = location(model.item.ident.span());
    quote! {
        &__wf::CollectionMeta {
            name: #name,
            table: #table,
            was: #was,
            rust: #rust,
            title: #title,
            account: #account,
            members: &[#(#members),*],
            location: #location,
            type_id: ::core::any::TypeId::of::<Self>,
        }
    }
}

pub(crate) fn location(span: Span) -> TokenStream {
    let start = span.start();
    let (line, column) = (start.line, start.column + 1);
    let number = |number: usize| proc_macro2::Literal::usize_unsuffixed(number);
    let (line, column) = (number(line), number(column));
    quote!(__wf::Location { file: ::core::file!(), line: #line, column: #column })
}

/// One field as constant data.
pub(crate) fn member(field: &Field<'_>) -> TokenStream {
    let Field { cfgs, rust, json, column, column_json, .. } = field;
    let shape = of_type(&field.source.ty, &quote!(SHAPE));
    let options = options(field);
    let help = match attributes::text_below(field.options.title.as_deref(), &field.source.attrs) {
        Some(help) => quote!(::core::option::Option::Some(#help)),
        None => quote!(::core::option::Option::None),
    };
    let location = location(field.ident.span());
    quote! {
        #(#cfgs)*
        __wf::MemberMeta {
            rust: #rust,
            json: #json,
            column: #column,
            column_json: #column_json,
            shape: #shape,
            options: #options,
            help: #help,
            location: #location,
        }
    }
}

fn options(field: &Field<'_>) -> TokenStream {
    let options = &field.options;
    let ty = &field.source.ty;
    let mut set: Vec<TokenStream> = Vec::new();
    if let Some(default) = &options.default {
        let default = emit_default(field, default);
        set.push(quote!(default: ::core::option::Option::Some(#default)));
    }
    let flags = [(options.unique, "unique"), (options.index, "index"), (options.hidden, "hidden")];
    for (_, flag) in flags.iter().filter(|(given, _)| *given) {
        let flag = Ident::new(flag, Span::mixed_site());
        set.push(quote!(#flag: true));
    }
    if let (Some((min, max)), Some(at)) = (&options.length, options.length_at) {
        let check = ask(ty, &Ident::new("length", at));
        set.push(quote!(length: { #check; ::core::option::Option::Some((#min, #max)) }));
    }
    if let Some((min, max)) = &options.range {
        let (min, max) = range(ty, min.as_ref(), max.as_ref());
        set.push(quote! {
            range: ::core::option::Option::Some(__wf::Range { min: #min, max: #max })
        });
    }
    if let (Some(pattern), Some(at)) = (&options.pattern, options.pattern_at) {
        let check = ask(ty, &Ident::new("pattern", at));
        set.push(quote!(pattern: { #check; ::core::option::Option::Some(#pattern) }));
    }
    set.extend(texts(options));
    if let Class::BelongsTo { .. } = field.class
        && let Some(on_delete) = options.on_delete
    {
        let variant = match on_delete {
            OnDelete::Restrict => quote!(Restrict),
            OnDelete::Cascade => quote!(Cascade),
            OnDelete::SetNull => quote!(SetNull),
        };
        set.push(quote!(on_delete: __wf::OnDelete::#variant));
    }
    if set.is_empty() {
        return quote!(__wf::FieldOptions::NONE);
    }
    quote!(__wf::FieldOptions { #(#set,)* ..__wf::FieldOptions::NONE })
}

fn texts(options: &Options) -> Vec<TokenStream> {
    let Options { title, was, by, .. } = options;
    [("title", title), ("was", was), ("by", by)]
        .into_iter()
        .filter_map(|(key, text)| {
            let text = text.as_ref()?;
            let key = Ident::new(key, Span::mixed_site());
            Some(quote!(#key: ::core::option::Option::Some(#text)))
        })
        .collect()
}

fn emit_default(field: &Field<'_>, default: &Default) -> TokenStream {
    let ty = &field.source.ty;
    match default {
        Default::Now(at) => ask(ty, &Ident::new("now", *at)),
        Default::User(at) => ask(ty, &Ident::new("user", *at)),
        Default::Value(value) => {
            let value = stored(ty, &quote!(__wf::field::<#ty>(#value)));
            quote!(__wf::DefaultValue::Value(|| #value))
        }
    }
}

/// What an argument needs of the field's type, asked at the argument's word.
fn ask(ty: &Type, word: &Ident) -> TokenStream {
    quote_spanned!(word.span()=> __wf::FieldOf::<#ty>::TYPE.#word())
}

/// Least and greatest value, each a function.
fn range(ty: &Type, min: Option<&Expr>, max: Option<&Expr>) -> (TokenStream, TokenStream) {
    let function = |value: TokenStream| {
        let value = stored(ty, &value);
        quote!(::core::option::Option::Some(|| #value))
    };
    let none = quote!(::core::option::Option::None);
    match (min, max) {
        // Both in one call, twice the same: a wrong type is one mistake.
        (Some(min), Some(max)) => {
            let at = Spanned::span(min);
            let both = quote_spanned!(at=> __wf::bounds::<#ty, _>(#min, #max));
            (
                function(quote!({ let [min, _] = #both; min })),
                function(quote!({ let [_, max] = #both; max })),
            )
        }
        (Some(min), None) => (function(quote!(__wf::field::<#ty>(#min))), none),
        (None, Some(max)) => (none, function(quote!(__wf::field::<#ty>(#max)))),
        (None, None) => (none.clone(), none),
    }
}

fn stored(ty: &Type, value: &TokenStream) -> TokenStream {
    let stored = of_type(ty, &quote!(stored));
    quote!(#stored(#value))
}
