//! The macros of `wfruntime`; their documentation stands on its re-exports.
#![doc(html_no_source)]

mod action;
mod answer;
mod args;
mod attributes;
mod choice;
mod collection;
mod diag;
mod durations;
mod fingerprint;
mod forms;
mod function;
mod paths;
mod post_action;
mod role;
mod trigger;
mod words;
mod workflow;

use proc_macro::TokenStream;

/// Makes an `async fn` an action of a collection.
#[proc_macro_attribute]
pub fn action(args: TokenStream, item: TokenStream) -> TokenStream {
    action::expand(args.into(), item.into()).into()
}

/// Makes a struct the form that people fill in for an `ask`.
#[proc_macro_attribute]
pub fn answer(args: TokenStream, item: TokenStream) -> TokenStream {
    answer::expand(args.into(), item.into()).into()
}

/// Makes an enum the type of fields that hold one of a few names.
#[proc_macro_attribute]
pub fn choice(args: TokenStream, item: TokenStream) -> TokenStream {
    choice::expand(args.into(), item.into()).into()
}

/// Makes a struct a collection.
#[proc_macro_attribute]
pub fn collection(args: TokenStream, item: TokenStream) -> TokenStream {
    collection::expand(args.into(), item.into(), collection::Place::Inside).into()
}

/// The same for a collection of `wfruntime` itself, whose parts the messages of rustc can name.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn own_collection(args: TokenStream, item: TokenStream) -> TokenStream {
    collection::expand(args.into(), item.into(), collection::Place::Beside).into()
}

/// Makes an `async fn` a workflow that runs on changes of data.
#[proc_macro_attribute]
pub fn collection_event(args: TokenStream, item: TokenStream) -> TokenStream {
    post_action::expand(trigger::Kind::CollectionEvent, args.into(), item.into()).into()
}

/// Makes an `async fn` a workflow that runs when a request names it, and writes nothing.
#[proc_macro_attribute]
pub fn custom_action(args: TokenStream, item: TokenStream) -> TokenStream {
    post_action::expand(trigger::Kind::CustomAction, args.into(), item.into()).into()
}

/// Says which forms and buttons a collection has, and what they fire.
#[proc_macro]
pub fn forms(tokens: TokenStream) -> TokenStream {
    forms::expand(tokens.into()).into()
}

/// Makes an `async fn` a workflow that runs after an action.
#[proc_macro_attribute]
pub fn post_action(args: TokenStream, item: TokenStream) -> TokenStream {
    post_action::expand(trigger::Kind::PostAction, args.into(), item.into()).into()
}

/// Makes an `async fn` a workflow that runs before an action writes.
#[proc_macro_attribute]
pub fn pre_action(args: TokenStream, item: TokenStream) -> TokenStream {
    post_action::expand(trigger::Kind::PreAction, args.into(), item.into()).into()
}

/// Makes an `async fn` a workflow that runs when its moment comes.
#[proc_macro_attribute]
pub fn schedule(args: TokenStream, item: TokenStream) -> TokenStream {
    post_action::expand(trigger::Kind::Schedule, args.into(), item.into()).into()
}

/// Says what roles may do.
#[proc_macro]
pub fn role(tokens: TokenStream) -> TokenStream {
    role::expand(tokens.into()).into()
}

/// Makes an `async fn` a workflow that runs when another system calls.
#[proc_macro_attribute]
pub fn webhook(args: TokenStream, item: TokenStream) -> TokenStream {
    post_action::expand(trigger::Kind::Webhook, args.into(), item.into()).into()
}

/// Makes structured bodies workflows: nodes that the compiler and a graph know.
#[proc_macro]
pub fn workflow(tokens: TokenStream) -> TokenStream {
    workflow::expand(tokens.into()).into()
}
