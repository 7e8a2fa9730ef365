//! `workflow!`: structured bodies that become a function and a static graph.
//!
//! `parse` reads statements one by one, `lower` gives them keys and judges them, `graph` follows
//! them, and `emit` turns each into a call on the context.

pub(crate) mod ast;
pub(crate) mod brackets;
pub(crate) mod emit;
mod graph;
pub(crate) mod lower;
mod parse;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Meta, Type, parse_quote};

use crate::diag::{Errors, message};
use crate::trigger::emit::{self as declaration, Declared};
use crate::trigger::{self, Given, Kind, Trigger};

/// The workflows of one call, and all errors.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let workflows = parse::workflows(tokens, &mut errors);
    let lowered = workflows.into_iter().map(|workflow| Lowered::of(workflow, &mut errors));
    let lowered: Vec<Lowered> = lowered.collect();
    let callers = lowered
        .iter()
        .map(|it| lower::Caller { name: &it.workflow.name, calls: &it.body.calls })
        .collect::<Vec<_>>();
    lower::check_calls(&callers, &mut errors);
    let items: TokenStream = lowered.into_iter().map(|it| it.emit(&mut errors)).collect();
    let errors = errors.into_tokens();
    quote!(#items #errors)
}

/// A workflow whose body was lowered.
struct Lowered {
    workflow: ast::Workflow,
    trigger: Trigger,
    body: lower::Lowered,
}

impl Lowered {
    fn of(mut workflow: ast::Workflow, errors: &mut Errors) -> Self {
        let trigger = match take_trigger(&mut workflow, errors) {
            Some((kind, at, args)) => {
                let mut ast = trigger::parse(kind, at, args, errors);
                let values = ast.values.take().map(|(_, ty)| ty);
                let given = given(kind, ast.is_batch(), &workflow, values);
                trigger::lower(ast, given, &workflow.name, errors)
            }
            // Others may name the workflow: it is emitted all the same.
            None => any_trigger(&workflow),
        };
        let body = std::mem::take(&mut workflow.body);
        let body = lower::lower(body, &trigger, errors);
        Self { workflow, trigger, body }
    }

    fn emit(self, errors: &mut Errors) -> TokenStream {
        let Self { workflow, trigger, body } = self;
        let lower::Lowered { steps, roles, calls } = body;
        let label = label(&trigger);
        let kind = trigger.kind.word();
        let graph = graph::Graph::of(&steps, (kind, label), workflow.name.span());
        let function = function(&workflow, &trigger, &steps, errors);
        let private = trigger.runtime.private();
        let name = &workflow.name;
        let declared = declaration::declaration(&Declared {
            trigger: &trigger,
            name,
            vis: &workflow.vis,
            attrs: &workflow.attrs,
            handler: handler(name, &trigger),
            function: quote!(::core::option::Option::Some(|| #private::type_of(&#name))),
            roles,
            calls,
            revision: graph.revision(),
            graph: graph.emit(&private),
        });
        quote!(#function #declared)
    }
}

/// Takes `#[post_action(…)]`, or another trigger, out of the attributes.
fn take_trigger(
    workflow: &mut ast::Workflow,
    errors: &mut Errors,
) -> Option<(Kind, Span, TokenStream)> {
    let is_trigger = |path: &syn::Path| Kind::of(path).is_some();
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
    Some((Kind::of(trigger.path())?, trigger.path().span(), args))
}

/// A trigger for a workflow that has none.
fn any_trigger(workflow: &ast::Workflow) -> Trigger {
    let (name, mut errors) = (&workflow.name, Errors::default());
    let kind = Kind::PostAction;
    let ast = trigger::parse(kind, name.span(), quote!(mode = "local"), &mut errors);
    trigger::lower(ast, given(kind, false, workflow, None), name, &mut errors)
}

/// What the head of a workflow says that it is about.
fn given(kind: Kind, is_batch: bool, workflow: &ast::Workflow, values: Option<Type>) -> Given {
    let about = workflow.about.clone().unwrap_or_else(|| parse_quote!(()));
    Given::new(kind, is_batch, about, values)
}

/// What the graph begins with.
fn label(trigger: &Trigger) -> String {
    let on = || trigger.on.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if let Some(text) = trigger.plan() {
        return match trigger.given.label().map(graph::source) {
            Some(collection) => format!("{collection}: {text}"),
            None => text,
        };
    }
    let batch = if trigger.is_batch() { " (batch)" } else { "" };
    let about = |it| graph::source(it) + batch;
    match trigger.given.label().map(about) {
        Some(collection) if trigger.is_local => format!("{collection}, where it is named"),
        Some(collection) => format!("{collection}: {}", on()),
        None => "where it is named".to_owned(),
    }
}

/// The function of a body: what a user would have written by hand.
fn function(
    workflow: &ast::Workflow,
    trigger: &Trigger,
    steps: &[lower::Step],
    errors: &mut Errors,
) -> TokenStream {
    let private = trigger.runtime.private();
    let ast::Workflow { attrs, vis, name, .. } = workflow;
    let collection = &trigger.given.collection;
    // Of no name that a body may use: rustc would say that it cannot be reached from there.
    let [claim, cx] = ["__fired", "__cx"].map(|name| Ident::new(name, Span::mixed_site()));
    let scope = emit::Scope {
        private: private.clone(),
        collection,
        appends: &trigger.appends,
        is_submitted: trigger.kind == Kind::PreAction,
    };
    let mut emitter = emit::Emitter {
        scope,
        cx: cx.clone(),
        is_sync: trigger.is_sync,
        runtime: &trigger.runtime,
        errors,
    };
    let body = emitter.body(steps);
    // What is left of a body with errors has its own warnings, which say nothing.
    let quiet = (!errors.is_empty())
        .then(|| quote!(#[allow(unreachable_code, unused_mut, unused_variables)]));
    let context = match trigger.context() {
        "PreContext" => quote!(PreContext<#collection>),
        other => {
            let other = Ident::new(other, Span::mixed_site());
            quote!(#other)
        }
    };
    let parts = declaration::parts(trigger);
    let about = trigger.given.arguments(trigger.kind);
    let given = Ident::new(trigger.claim(), Span::mixed_site());
    let doc = attrs.iter().all(|attr| !attr.path().is_ident("doc")).then(|| {
        let doc = format!("The workflow `{}`.", trigger.key);
        quote!(#[doc = #doc])
    });
    quote! {
        #doc
        #(#attrs)*
        #quiet
        #vis async fn #name(
            #claim: #private::#given<#about>,
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
    let call = Ident::new("call", Span::mixed_site());
    let given = declaration::claim(trigger, &quote!(&#call.snapshot));
    let cx = declaration::context(trigger, &quote!(#call));
    quote! {
        |#call| ::std::boxed::Box::pin(async move {
            #name(#given?, #cx).await
        })
    }
}

#[cfg(test)]
mod tests;
