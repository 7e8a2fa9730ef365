//! The shape of the struct and of its attributes.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Data, DeriveInput, Field, Fields, Ident};

use crate::args::{Args, Key};
use crate::attributes;
use crate::diag::{Errors, message};

/// What an attribute makes of a struct, in the words of its messages.
pub(crate) struct Making {
    /// The attribute.
    pub(crate) attribute: &'static str,
    /// Its arguments.
    pub(crate) keys: &'static [Key],
    /// What the struct becomes.
    pub(crate) noun: &'static str,
    /// How it is written.
    pub(crate) form: &'static str,
    /// Why it is of one type.
    pub(crate) one_type: &'static str,
    /// Why it has fields.
    pub(crate) some_fields: &'static str,
}

pub(super) const COLLECTION: Making = Making {
    attribute: "`#[collection]`",
    keys: &[
        ("name", "name = \"postTags\""),
        ("table", "table = \"post_tags\""),
        ("was", "was = \"old_table\""),
        ("account", "account"),
        ("crate", "crate = \"path\""),
    ],
    noun: "a collection",
    form: "`#[collection] struct Post { title: String }`",
    one_type: "it is one table, and each type would need its own",
    some_fields: "a collection holds at least one field of its own",
};

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

pub(crate) fn parse(
    args: TokenStream,
    tokens: TokenStream,
    making: &Making,
    errors: &mut Errors,
) -> Parsed {
    let args = Args::parse(making.attribute, making.keys, args, errors);
    let mut item = match syn::parse2::<DeriveInput>(tokens.clone()) {
        Ok(item) => item,
        Err(_) if is_struct(&tokens) => {
            // rustc says better what is wrong with the item itself.
            return Parsed { item: tokens, source: None };
        }
        Err(_) => {
            errors.at(&tokens, not_a_struct("another item", making));
            return Parsed { item: tokens, source: None };
        }
    };
    let fields = match shape(&mut item, making, errors) {
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

fn not_a_struct(what: &str, making: &Making) -> String {
    let headline = format!("expected a struct with named fields, found {what}");
    message(headline, None, Some(making.form))
}

/// The fields, with `#[field]` taken off them.
fn shape(item: &mut DeriveInput, making: &Making, errors: &mut Errors) -> Option<Vec<SourceField>> {
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
            errors.at(&data.union_token, not_a_struct("a union", making));
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
                        format!("{} cannot have generic parameters", making.noun),
                        Some(making.one_type),
                        None,
                    ),
                );
                return None;
            }
            if fields.named.is_empty() {
                let text = message("missing fields", Some(making.some_fields), None);
                errors.at(&item.ident, text);
                return None;
            }
            Some(taken)
        }
        Fields::Unnamed(fields) => {
            errors.at(fields, not_a_struct("a tuple struct", making));
            None
        }
        Fields::Unit => {
            errors.at(&item.ident, not_a_struct("a unit struct", making));
            None
        }
    }
}

/// A field with its arguments, which are taken off it.
pub(crate) fn source_field(field: &mut Field, errors: &mut Errors) -> Option<SourceField> {
    let tokens = attributes::take(&mut field.attrs, "field", "…", errors);
    let args = Args::parse("`#[field]`", FIELD, tokens, errors);
    let ident = field.ident.clone()?;
    Some(SourceField { field: field.clone(), ident, args })
}
