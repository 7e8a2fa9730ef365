//! The macros of `wfruntime`; their documentation stands on its re-exports.
#![doc(html_no_source)]

mod args;
mod choice;
mod collection;
mod diag;
mod durations;
mod fingerprint;
mod function;
mod paths;
mod post_action;
mod trigger;
mod words;

use proc_macro::TokenStream;

/// Makes an enum the type of fields that hold one of a few names.
#[proc_macro_attribute]
pub fn choice(args: TokenStream, item: TokenStream) -> TokenStream {
    choice::expand(args.into(), item.into()).into()
}

/// Makes a struct a collection.
#[proc_macro_attribute]
pub fn collection(args: TokenStream, item: TokenStream) -> TokenStream {
    collection::expand(args.into(), item.into()).into()
}

/// Makes an `async fn` a workflow that runs after an action.
#[proc_macro_attribute]
pub fn post_action(args: TokenStream, item: TokenStream) -> TokenStream {
    post_action::expand(args.into(), item.into()).into()
}
