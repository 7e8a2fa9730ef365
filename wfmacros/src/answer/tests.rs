use expect_test::expect_file;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Field, Token};

use crate::diag::Errors;
use crate::paths::Runtime;

#[test]
fn an_answer_is_its_fields() {
    let item = "
        /// How it was paid.
        pub struct Receipt {
            /// The bank's reference.
            #[field(length = ..=35)]
            pub reference: String,
            #[field(default = now)]
            paid_at: Timestamp,
        }
    ";
    let tokens = item.parse::<TokenStream>().expect("tokens");
    let expansion = super::expand(TokenStream::new(), tokens);
    let expansion = prettyplease::unparse(&syn::parse2(expansion).expect("items"));
    let end = expansion.find("impl ::core::fmt::Debug").expect("the derived traits");
    expect_file!["expansions/answer.txt"].assert_eq(expansion[..end].trim_end_matches(' '));
}

fn local(fields: TokenStream) -> (Option<String>, String) {
    let parser = Punctuated::<Field, Token![,]>::parse_terminated_with;
    let parser = |input: syn::parse::ParseStream<'_>| parser(input, Field::parse_named);
    let fields = parser.parse2(fields).expect("fields").into_iter().collect();
    let mut errors = Errors::default();
    let runtime = Runtime::new(None, &mut errors);
    let name = syn::Ident::new("FormAnswer", Span::mixed_site());
    let items = super::local(&name, fields, &runtime, &mut errors);
    let items = items.map(|items| {
        prettyplease::unparse(&syn::parse2(quote!(fn body() { #items })).expect("items"))
    });
    (items, errors.text())
}

#[test]
fn an_answer_in_place_is_items_for_a_block() {
    let fields = quote!(#[field(pattern = "[A-Z]+")] receipt: String, paid_on: Option<Date>);
    let (items, errors) = local(fields);
    let items = items.expect("items");
    assert_eq!(errors, "");
    assert!(items.contains("struct FormAnswer {"), "{items}");
    assert!(items.contains("impl __wf::Answer for FormAnswer"), "{items}");
    assert!(!items.contains("#[field"), "{items}");
}

#[test]
fn what_is_wrong_in_place_is_told_as_elsewhere() {
    let (items, errors) = local(quote!(#[field(unique)] receipt: String, payer: BelongsTo<User>));
    assert!(items.is_none());
    let told: Vec<&str> = errors.lines().filter(|line| !line.starts_with('=')).collect();
    assert_eq!(
        told,
        [
            "`unique` has no effect on a field of an answer",
            "an association cannot be the type of a field of an answer",
        ]
    );
}
