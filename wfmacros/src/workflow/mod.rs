//! `workflow!`: structured bodies that become a function and a static graph.
//!
//! `parse` reads statements one by one, `lower` gives them keys and judges them, `graph` follows
//! them, and `emit` turns each into a call on the context.

mod approve;
mod approve_emit;
pub(crate) mod ast;
pub(crate) mod brackets;
pub(crate) mod condition;
mod emit;
pub(crate) mod expression;
mod graph;
mod lower;
mod node;
mod parse;
mod text;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Meta;
use syn::spanned::Spanned;

use crate::diag::{Errors, message};
use crate::trigger::emit::{self as declaration, Declared};
use crate::trigger::{self, Trigger};

/// The workflows of one call, and all errors.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let workflows = parse::workflows(tokens, &mut errors);
    let items: TokenStream =
        workflows.into_iter().map(|workflow| one(workflow, &mut errors)).collect();
    let errors = errors.into_tokens();
    quote!(#items #errors)
}

fn one(mut workflow: ast::Workflow, errors: &mut Errors) -> TokenStream {
    let Some((at, args)) = take_trigger(&mut workflow, errors) else { return TokenStream::new() };
    let ast = trigger::parse(at, args, errors);
    let trigger = trigger::lower(ast, &workflow.name, errors);
    let mut lowering = lower::Lowering { is_sync: trigger.is_sync, errors, roles: Vec::new() };
    let body = std::mem::take(&mut workflow.body);
    let steps = lowering.block(body, "");
    let roles = lowering.roles;
    let on = trigger.on.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let collection = graph::source(&workflow.collection);
    let label = if trigger.is_local {
        format!("{collection}, where it is named")
    } else {
        format!("{collection}: {on}")
    };
    let graph = graph::Graph::of(&steps, label, workflow.name.span());
    let function = function(&workflow, &trigger, &steps, errors);
    let private = trigger.runtime.private();
    let name = &workflow.name;
    let declared = declaration::declaration(&Declared {
        trigger: &trigger,
        name,
        vis: &workflow.vis,
        attrs: &workflow.attrs,
        collection: &workflow.collection,
        handler: handler(name, &trigger),
        function: quote!(::core::option::Option::Some(|| #private::type_of(&#name))),
        roles,
        calls: Vec::new(),
        revision: graph.revision(),
        graph: graph.emit(&private),
    });
    quote!(#function #declared)
}

/// Takes `#[post_action(…)]` out of the attributes.
fn take_trigger(workflow: &mut ast::Workflow, errors: &mut Errors) -> Option<(Span, TokenStream)> {
    let is_trigger =
        |path: &syn::Path| path.segments.last().is_some_and(|last| last.ident == "post_action");
    let (mut triggers, attrs): (Vec<_>, Vec<_>) =
        workflow.attrs.drain(..).partition(|attr| is_trigger(attr.path()));
    workflow.attrs = attrs;
    if triggers.is_empty() {
        errors.at(
            &workflow.name,
            message(
                format!("the workflow `{}` has no trigger", workflow.name),
                Some("a trigger says after which actions it runs"),
                Some("write `#[post_action(mode = \"local\")]` above it"),
            ),
        );
        return None;
    }
    for second in triggers.drain(1..) {
        errors.at(
            &second,
            message(
                "duplicate trigger",
                Some("a workflow has one trigger"),
                Some("remove it, or write a second workflow"),
            ),
        );
    }
    let trigger = triggers.pop()?;
    let args = match &trigger.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    Some((trigger.path().span(), args))
}

/// The function of a body: what a user would have written by hand.
fn function(
    workflow: &ast::Workflow,
    trigger: &Trigger,
    steps: &[lower::Step],
    errors: &mut Errors,
) -> TokenStream {
    let private = trigger.runtime.private();
    let ast::Workflow { attrs, vis, name, collection, .. } = workflow;
    // Of no name that a body may use: rustc would say that it cannot be reached from there.
    let [claim, cx] = ["__fired", "__cx"].map(|name| Ident::new(name, Span::mixed_site()));
    let scope =
        expression::Scope { private: private.clone(), collection, appends: &trigger.appends };
    let mut emitter = emit::Emitter { scope, cx: cx.clone(), errors };
    let body = emitter.body(steps);
    let context = if trigger.is_sync { quote!(SyncContext) } else { quote!(Context) };
    let parts = declaration::parts();
    let doc = attrs.iter().all(|attr| !attr.path().is_ident("doc")).then(|| {
        let doc = format!("The workflow `{}`.", trigger.key);
        quote!(#[doc = #doc])
    });
    quote! {
        #doc
        #(#attrs)*
        #vis async fn #name(
            #claim: #private::PostAction<#collection>,
            #cx: #private::#context,
        ) -> #private::Result<()> {
            #[allow(unused_mut, unused_variables)]
            let #parts = #claim.into_parts();
            let _ = &#cx;
            #body
        }
    }
}

/// `fn(Invocation) -> BoxFuture<Result<()>>`.
fn handler(name: &Ident, trigger: &Trigger) -> TokenStream {
    let private = trigger.runtime.private();
    let call = Ident::new("call", Span::mixed_site());
    let cx = if trigger.is_sync { quote!((*#call.cx).clone()) } else { quote!(#call.cx) };
    quote! {
        |#call| ::std::boxed::Box::pin(async move {
            #name(#private::PostAction::from_snapshot(&#call.snapshot)?, #cx).await
        })
    }
}

#[cfg(test)]
mod tests;
