//! A function as attributes read it: its head, with the body left as it stands.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Signature, Visibility};

/// A function whose body is rustc's alone, so that a fault in it is reported once and by rustc.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        Ok(Self {
            attrs: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            sig: input.parse()?,
            body: input.parse()?,
        })
    }
}

/// All types in the angle brackets of a path type.
pub(crate) fn arguments(ty: &syn::Type) -> Vec<&syn::Type> {
    let path = match ty {
        syn::Type::Path(path) => path,
        syn::Type::Group(group) => return arguments(&group.elem),
        syn::Type::Paren(paren) => return arguments(&paren.elem),
        _ => return Vec::new(),
    };
    let Some(last) = path.path.segments.last() else { return Vec::new() };
    let syn::PathArguments::AngleBracketed(list) = &last.arguments else { return Vec::new() };
    let types = list.args.iter().filter_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// The last name of a path type, and the type in its angle brackets.
pub(crate) fn named(ty: &syn::Type) -> Option<(&syn::Ident, Option<&syn::Type>)> {
    let path = match ty {
        syn::Type::Path(path) => path,
        syn::Type::Group(group) => return named(&group.elem),
        syn::Type::Paren(paren) => return named(&paren.elem),
        _ => return None,
    };
    let last = path.path.segments.last()?;
    Some((&last.ident, arguments(ty).into_iter().next()))
}
