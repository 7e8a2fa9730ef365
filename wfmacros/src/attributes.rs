//! What the attributes of an item, a field or a variant say beside the macro's arguments.

use proc_macro2::TokenStream;
use syn::{Attribute, DeriveInput};

use crate::diag::Errors;

/// The attributes that say whether an item exists.
pub(crate) fn cfgs(attrs: &[Attribute]) -> Vec<&Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect()
}

/// The texts of the doc comments.
fn docs(attrs: &[Attribute]) -> impl Iterator<Item = String> {
    let docs = attrs.iter().filter(|attr| attr.path().is_ident("doc"));
    docs.filter_map(|attr| match &attr.meta {
        syn::Meta::NameValue(pair) => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// The whole doc comment: its lines in one, an empty one where a paragraph ends.
pub(crate) fn text(attrs: &[Attribute]) -> Option<String> {
    paragraphs(&docs(attrs).collect::<Vec<_>>().join("\n"))
}

/// The same without the first line, where that is the title.
pub(crate) fn text_below(title: Option<&str>, attrs: &[Attribute]) -> Option<String> {
    if title.is_none() || self::title(attrs).as_deref() != title {
        return text(attrs);
    }
    let text = docs(attrs).collect::<Vec<_>>().join("\n");
    paragraphs(text.trim_start().split_once('\n')?.1)
}

fn paragraphs(text: &str) -> Option<String> {
    let paragraphs = text.trim_start().split("\n\n").map(|lines| {
        lines.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    });
    let text = paragraphs.collect::<Vec<_>>().join("\n");
    (!text.is_empty()).then_some(text)
}

/// The first line of the doc comment, without its period.
pub(crate) fn title(attrs: &[Attribute]) -> Option<String> {
    docs(attrs).find_map(|text| {
        let line = text.trim().lines().next().unwrap_or_default().trim();
        (!line.is_empty()).then(|| line.strip_suffix('.').unwrap_or(line).to_owned())
    })
}

/// Whether a `#[derive]` of the item names the trait.
pub(crate) fn is_derived(item: &DeriveInput, name: &str) -> bool {
    let mut found = false;
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        // What is wrong in a derive, rustc says.
        let _ = attribute.parse_nested_meta(|meta| {
            found |= meta.path.segments.last().is_some_and(|last| last.ident == name);
            Ok(())
        });
    }
    found
}

/// Takes `#[name(…)]` off a field or a variant: what stands between its brackets.
pub(crate) fn take(
    attrs: &mut Vec<Attribute>,
    name: &str,
    form: &str,
    errors: &mut Errors,
) -> TokenStream {
    let (own, others): (Vec<Attribute>, Vec<Attribute>) =
        attrs.drain(..).partition(|attribute| attribute.path().is_ident(name));
    *attrs = others;
    for duplicate in own.iter().skip(1) {
        errors.at(duplicate, format!("duplicate `#[{name}]`"));
    }
    match own.first().map(|attribute| &attribute.meta) {
        None => TokenStream::new(),
        Some(syn::Meta::List(list)) => list.tokens.clone(),
        Some(other) => {
            errors.at(other, format!("expected `#[{name}({form})]`"));
            TokenStream::new()
        }
    }
}
