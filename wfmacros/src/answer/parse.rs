//! The shape of the struct, which is that of a collection.

use proc_macro2::{Ident, TokenStream};
use syn::{DeriveInput, Field, parse_quote};

use crate::args::Args;
use crate::collection::parse::{self, Making, Parsed, Source};
use crate::diag::Errors;

const ANSWER: Making = Making {
    attribute: "`#[answer]`",
    keys: &[("crate", "crate = \"path\"")],
    noun: "an answer",
    form: "`#[answer] struct Receipt { reference: String }`",
    one_type: "it is one form, and each type would need its own",
    some_fields: "an answer holds at least one field; a yes or no is an `approve`",
};

pub(super) fn parse(args: TokenStream, item: TokenStream, errors: &mut Errors) -> Parsed {
    parse::parse(args, item, &ANSWER, errors)
}

/// A private struct of these fields.
pub(super) fn local(name: &Ident, fields: Vec<Field>, errors: &mut Errors) -> Option<Source> {
    let mut fields = fields;
    let taken = fields.iter_mut().filter_map(|field| parse::source_field(field, errors)).collect();
    let item: DeriveInput = parse_quote!(struct #name { #(#fields,)* });
    let args = Args::parse(ANSWER.attribute, ANSWER.keys, TokenStream::new(), errors);
    Some(Source { item, args, fields: taken })
}
