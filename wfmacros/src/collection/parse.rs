//! The shape of the struct and of its attributes.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Field, Fields, Ident};

use crate::args::{Args, Key};
use crate::diag::{Errors, message};

const COLLECTION: &[Key] = &[
    ("name", "name = \"postTags\""),
    ("table", "table = \"post_tags\""),
    ("account", "account"),
    ("crate", "crate = \"path\""),
];

const FIELD: &[Key] = &[
    ("default", "default = <expression>"),
    ("unique", "unique"),
    ("index", "index"),
    ("hidden", "hidden"),
    ("length", "length = 1..=100"),
    ("range", "range = 1..=100"),
    ("pattern", "pattern = \"[a-z]+\""),
    ("title", "title = \"Title\""),
    ("was", "was = \"old_name\""),
    ("by", "by = field"),
    ("on_delete", "on_delete = restrict"),
    ("column", "column = \"name\""),
];

/// What was written: the item to emit again, and what could be read of it.
pub(crate) struct Parsed {
    /// The item without the attributes that are this macro's.
    pub(crate) item: TokenStream,
    pub(crate) source: Option<Source>,
}

/// A struct with named fields and its arguments.
pub(crate) struct Source {
    /// Without the attributes that are this macro's.
    pub(crate) item: DeriveInput,
    pub(crate) args: Args,
    pub(crate) fields: Vec<SourceField>,
}

/// A field and its arguments.
pub(crate) struct SourceField {
    pub(crate) field: Field,
    pub(crate) ident: Ident,
    pub(crate) args: Args,
}

pub(crate) fn parse(args: TokenStream, tokens: TokenStream, errors: &mut Errors) -> Parsed {
    let args = Args::parse("`#[collection]`", COLLECTION, args, errors);
    let mut item = match syn::parse2::<DeriveInput>(tokens.clone()) {
        Ok(item) => item,
        Err(_) if is_struct(&tokens) => {
            // rustc says better what is wrong with the item itself.
            return Parsed { item: tokens, source: None };
        }
        Err(_) => {
            errors.at(&tokens, not_a_struct("another item"));
            return Parsed { item: tokens, source: None };
        }
    };
    let fields = match shape(&mut item, errors) {
        Some(fields) => fields,
        None => return Parsed { item: item.into_token_stream(), source: None },
    };
    let again = item.to_token_stream();
    Parsed { item: again, source: Some(Source { item, args, fields }) }
}

fn is_struct(tokens: &TokenStream) -> bool {
    tokens
        .clone()
        .into_iter()
        .any(|token| matches!(token, proc_macro2::TokenTree::Ident(word) if word == "struct"))
}

fn not_a_struct(what: &str) -> String {
    message(
        format!("expected a struct with named fields, found {what}"),
        None,
        Some("`#[collection] struct Post { title: String }`"),
    )
}

/// The fields, with `#[field]` taken off them.
fn shape(item: &mut DeriveInput, errors: &mut Errors) -> Option<Vec<SourceField>> {
    let data = match &mut item.data {
        Data::Struct(data) => data,
        Data::Enum(data) => {
            errors.at(
                &data.enum_token,
                message(
                    "expected a struct with named fields, found an enum",
                    None,
                    Some("an enum is a choice: `#[choice]`"),
                ),
            );
            return None;
        }
        Data::Union(data) => {
            errors.at(&data.union_token, not_a_struct("a union"));
            return None;
        }
    };
    match &mut data.fields {
        Fields::Named(fields) => {
            let taken: Vec<_> =
                fields.named.iter_mut().filter_map(|field| source_field(field, errors)).collect();
            if !item.generics.params.is_empty() {
                errors.at(
                    &item.generics,
                    message(
                        "a collection cannot have generic parameters",
                        Some("it is one table, and each type would need its own"),
                        None,
                    ),
                );
                return None;
            }
            if fields.named.is_empty() {
                errors.at(
                    &item.ident,
                    message(
                        "missing fields",
                        Some("a collection holds at least one field of its own"),
                        None,
                    ),
                );
                return None;
            }
            Some(taken)
        }
        Fields::Unnamed(fields) => {
            errors.at(fields, not_a_struct("a tuple struct"));
            None
        }
        Fields::Unit => {
            errors.at(&item.ident, not_a_struct("a unit struct"));
            None
        }
    }
}

fn source_field(field: &mut Field, errors: &mut Errors) -> Option<SourceField> {
    let (own, others): (Vec<Attribute>, Vec<Attribute>) =
        field.attrs.drain(..).partition(|attribute| attribute.path().is_ident("field"));
    field.attrs = others;
    for duplicate in own.iter().skip(1) {
        errors.at(duplicate, "duplicate `#[field]`");
    }
    let tokens = match own.first().map(|attribute| &attribute.meta) {
        None => TokenStream::new(),
        Some(syn::Meta::List(list)) => list.tokens.clone(),
        Some(other) => {
            errors.at(other, "expected `#[field(…)]`");
            TokenStream::new()
        }
    };
    let args = Args::parse("`#[field]`", FIELD, tokens, errors);
    let ident = field.ident.clone()?;
    Some(SourceField { field: field.clone(), ident, args })
}
