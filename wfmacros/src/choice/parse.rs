//! The shape of the enum and of its attributes.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Data, DeriveInput, Fields, Variant};

use crate::args::{Args, Key};
use crate::attributes;
use crate::diag::{Errors, message};

const CHOICE: &[Key] = &[("crate", "crate = \"path\"")];

const VARIANT: &[Key] = &[
    ("name", "name = \"in_review\""),
    ("title", "title = \"In review\""),
    ("was", "was = \"old_name\""),
];

/// What was written: the item to emit again, and what could be read of it.
pub(crate) struct Parsed {
    /// The item without the attributes that are this macro's.
    pub(crate) item: TokenStream,
    pub(crate) source: Option<Source>,
}

/// An enum of unit variants and its arguments.
pub(crate) struct Source {
    pub(crate) item: DeriveInput,
    pub(crate) args: Args,
    pub(crate) variants: Vec<(Variant, Args)>,
}

pub(crate) fn parse(args: TokenStream, tokens: TokenStream, errors: &mut Errors) -> Parsed {
    let args = Args::parse("`#[choice]`", CHOICE, args, errors);
    let Ok(mut item) = syn::parse2::<DeriveInput>(tokens.clone()) else {
        let is_enum = tokens
            .clone()
            .into_iter()
            .any(|token| matches!(token, proc_macro2::TokenTree::Ident(word) if word == "enum"));
        if !is_enum {
            errors.at(&tokens, "expected an enum");
        }
        return Parsed { item: tokens, source: None };
    };
    let variants = variants(&mut item, errors);
    let again = item.to_token_stream();
    let source = variants.map(|variants| Source { item, args, variants });
    Parsed { item: again, source }
}

fn variants(item: &mut DeriveInput, errors: &mut Errors) -> Option<Vec<(Variant, Args)>> {
    let data = match &mut item.data {
        Data::Enum(data) => data,
        Data::Struct(data) => {
            errors.at(&data.struct_token, "expected an enum, found a struct");
            return None;
        }
        Data::Union(data) => {
            errors.at(&data.union_token, "expected an enum, found a union");
            return None;
        }
    };
    let mut whole = true;
    let mut variants = Vec::new();
    for variant in &mut data.variants {
        let args = variant_args(variant, errors);
        if !matches!(variant.fields, Fields::Unit) {
            whole = false;
            errors.at(
                &variant.fields,
                message(
                    format!("the variant `{}` cannot hold values", variant.ident),
                    Some("a choice is stored as the name of its variant"),
                    None,
                ),
            );
        }
        variants.push((variant.clone(), args));
    }
    if !item.generics.params.is_empty() {
        errors.at(&item.generics, "a choice cannot have generic parameters");
        return None;
    }
    if variants.is_empty() {
        errors.at(&item.ident, "missing variants");
        return None;
    }
    whole.then_some(variants)
}

fn variant_args(variant: &mut Variant, errors: &mut Errors) -> Args {
    let tokens = attributes::take(&mut variant.attrs, "choice", "name = \"…\"", errors);
    Args::parse("a variant's `#[choice]`", VARIANT, tokens, errors)
}
