//! The registration of a role, with its names left to rustc.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::lower::{Grant, Role};
use crate::attributes::cfgs;
use crate::trigger::emit::{location, option, strings, title_of};

/// One role.
pub(crate) fn registration(role: &Role, private: &TokenStream) -> TokenStream {
    let name = role.name.unraw().to_string();
    let title = title_of(&role.attrs, &role.name);
    let cfgs = cfgs(&role.attrs);
    let grants = role.grants.iter().map(|grant| meta(grant, private));
    let checks = role.grants.iter().map(|grant| check(grant, private));
    let workflows = role.workflows.iter().map(|path| {
        let location = location(path.span(), private);
        // Of the path's own span, so that what is no workflow is shown at it.
        let key = quote_spanned!(path.span()=> <#path as #private::Workflow>::KEY);
        quote!((#key, #location))
    });
    let tasks = role.tasks;
    let location = location(role.name.span(), private);
    quote! {
        #(#cfgs)*
        const _: () = {
            #private::inventory::submit! {
                #private::RegisteredRole(&#private::RoleMeta {
                    name: #name,
                    title: #title,
                    grants: &[#(#grants),*],
                    workflows: &[#(#workflows),*],
                    tasks: #tasks,
                    location: #location,
                })
            }
            #[allow(dead_code)]
            fn names() {
                #(#checks)*
            }
        };
    }
}

fn meta(grant: &Grant, private: &TokenStream) -> TokenStream {
    let Grant { collection, at, verb, fields, own } = grant;
    let fields = option(fields.as_ref().map(|fields| strings(fields)));
    let location = location(at.span(), private);
    quote! {
        #private::GrantMeta {
            collection: || <#collection as #private::Collection>::META,
            verb: #verb,
            fields: #fields,
            own: #own,
            location: #location,
        }
    }
}

/// A record has what can be granted: columns, and associations that are written with it.
fn check(grant: &Grant, private: &TokenStream) -> TokenStream {
    let collection = &grant.collection;
    let fields = grant.fields.iter().flatten().map(|field| {
        let access = quote_spanned!(field.span()=> record.#field);
        quote!(let _ = |record: &#private::Record<#collection>| { let _ = &#access; };)
    });
    quote!(#(#fields)*)
}
