//! The function that a body becomes: each node a call on the context under its key.

pub(crate) mod condition;
mod control;
mod expression;
mod outside;
pub(crate) mod people;
mod records;
pub(crate) mod text;
pub(crate) mod wait;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, ExprField, Index, LitInt, Member, Path};

use super::ast::{Node, NodeKind, Text};
use super::lower::{Given, Step, StepKind, ends};
use crate::diag::Errors;
use crate::paths::Runtime;
use crate::trigger::emit::option;

pub(crate) use expression::{Scope, submitted};

/// Emits the steps of one body.
pub(crate) struct Emitter<'a> {
    pub(crate) scope: Scope<'a>,
    /// The context's name, which bodies cannot use.
    pub(crate) cx: Ident,
    pub(crate) is_sync: bool,
    pub(crate) runtime: &'a Runtime,
    pub(crate) errors: &'a mut Errors,
}

impl Emitter<'_> {
    /// The statements of the function's body.
    pub(crate) fn body(&mut self, steps: &[Step]) -> TokenStream {
        let statements = self.steps(steps);
        let end =
            if ends(steps) { TokenStream::new() } else { quote!(::core::result::Result::Ok(())) };
        quote!(#statements #end)
    }

    fn steps(&mut self, steps: &[Step]) -> TokenStream {
        steps.iter().map(|step| self.step(step)).collect()
    }

    fn step(&mut self, step: &Step) -> TokenStream {
        match &step.kind {
            StepKind::If { branches, otherwise } => {
                self.conditional(branches, otherwise.as_deref())
            }
            StepKind::Match { value, arms } => self.choice(value, arms),
            StepKind::For { pattern, items, body } => self.repetition(step, pattern, items, body),
            StepKind::Leave(leave) if leave.is_break => quote_spanned!(leave.at=> break;),
            StepKind::Leave(leave) => quote_spanned!(leave.at=> continue;),
            StepKind::Branches(forked) => {
                let node = self.branches(step, forked, false);
                quote_spanned!(step.at=> #node;)
            }
            StepKind::Let { pattern, ty, value, otherwise } => {
                let value = match &**value {
                    Given::Node(node) => self.node(step, node, true),
                    Given::Branches(forked) => self.branches(step, forked, true),
                    Given::Expr(expr) => self.scope.value(expr),
                };
                let ty = ty.as_ref().map(|ty| quote!(: #ty));
                let otherwise = otherwise.as_ref().map(|steps| {
                    let steps = self.steps(steps);
                    quote!(else { #steps })
                });
                let value = if otherwise.is_some() { before_else(value) } else { value };
                quote_spanned!(step.at=> let #pattern #ty = #value #otherwise;)
            }
            StepKind::Node(node) => {
                let node = self.node(step, node, false);
                quote_spanned!(step.at=> #node;)
            }
            StepKind::Broken(tokens) => tokens.clone(),
            StepKind::Cut => quote!(::core::unreachable!()),
        }
    }

    /// The call that a node becomes, as an expression.
    fn node(&mut self, step: &Step, node: &Node, is_bound: bool) -> TokenStream {
        let cx = self.context(step);
        let private = self.scope.private.clone();
        let span = node.word.span();
        let plain = self.cx.clone();
        if let Some(call) = self.record_node(&cx, node) {
            return call;
        }
        match &node.kind {
            NodeKind::Run { function, arguments, retry } => {
                self.run(&cx, function, arguments, retry.as_ref())
            }
            NodeKind::Sleep(sleep) => self.sleep(&cx, span, sleep),
            NodeKind::Signal { name, within } => {
                self.signal(&cx, span, (name, within.as_ref()), is_bound)
            }
            NodeKind::Request(request) => self.request(&cx, span, request),
            NodeKind::Call { workflow, record } => {
                let called = self.call(&cx, span, workflow, record);
                if is_bound {
                    return called;
                }
                quote_spanned!(span=> #plain.end_unless_resolved(&#called)?)
            }
            NodeKind::Approve(approve) => {
                let decision = self.approve(step, node, approve);
                if is_bound {
                    return decision;
                }
                quote_spanned!(span=> #plain.reject_unless_approved(&#decision)?)
            }
            NodeKind::Ask(ask) => self.ask(step, node, ask, is_bound),
            NodeKind::Set { fields } => self.set(span, fields),
            NodeKind::Respond { text } => {
                let text = self.text(text);
                quote_spanned!(span=> #cx.respond(#text).await?)
            }
            NodeKind::Require { condition, message } => {
                let condition = self.scope.expr(condition);
                let message = self.message(message.as_ref());
                // By itself, or clippy would simplify the user's condition with the `!` before it.
                let holds = Ident::new("holds", Span::mixed_site());
                let judged = quote_spanned!(condition.span()=> let #holds: bool = #condition;);
                quote_spanned! {span=> {
                    #judged
                    if !#holds { return #private::ended(#plain.end_failed(#message)) }
                }}
            }
            NodeKind::End { failed: false, .. } => {
                quote_spanned!(span=> return #private::ended(#plain.end()))
            }
            NodeKind::End { message, .. } => {
                let message = self.message(message.as_ref());
                quote_spanned!(span=> return #private::ended(#plain.end_failed(#message)))
            }
            // Emitted above.
            _ => TokenStream::new(),
        }
    }

    /// The context under the step's key.
    fn context(&self, step: &Step) -> TokenStream {
        let (cx, key, fingerprint) = (&self.cx, step.relative_key(), step.fingerprint);
        quote!(#cx.node(#key, #fingerprint))
    }

    fn run(
        &self,
        cx: &TokenStream,
        function: &Path,
        arguments: &[Expr],
        retry: Option<&LitInt>,
    ) -> TokenStream {
        let private = &self.scope.private;
        let span = function.span();
        let name = function.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        let names: Vec<Ident> = (0..arguments.len())
            .map(|index| Ident::new(&format!("argument{index}"), Span::mixed_site()))
            .collect();
        let values = arguments.iter().map(|argument| self.scope.value(argument));
        let all = Ident::new("arguments", Span::mixed_site());
        let retry = retry.map(
            |attempts| quote!(#private::Retry { attempts: #attempts, ..#private::Retry::DEFAULT }),
        );
        let retry = option(retry);
        let given: Vec<TokenStream> = (0..arguments.len())
            .map(|index| {
                let (name, place) = (argument_name(arguments, index), Index::from(index));
                quote!((#name, (&&#private::Passed(&#all.#place)).shown()))
            })
            .collect();
        // Behind the call, by which rustc knows the types of the arguments.
        let given = if given.is_empty() {
            quote!(::std::vec::Vec::new)
        } else {
            quote!(|| {
                #[allow(unused_imports)]
                use #private::{ShownByType as _, ShownByValue as _};
                ::std::vec![#(#given),*]
            })
        };
        let call = quote_spanned!(span=> #function(#(#names),*).await);
        let outcome = quote_spanned!(span=> <_ as #private::Ran>::outcome(#call));
        quote_spanned! {span=> {
            let #all = (#(#values,)*);
            #cx.run_given(#name, #retry, async || {
                let (#(#names,)*) = ::core::clone::Clone::clone(&#all);
                #outcome
            }, #given).await?
        }}
    }

    fn message(&mut self, message: Option<&Text>) -> TokenStream {
        match message {
            Some(message) => self.text(message),
            None => quote!(::std::string::String::new()),
        }
    }

    fn text(&mut self, text: &Text) -> TokenStream {
        self.text_for(text::Use::Reading, text)
    }

    fn text_for(&mut self, how: text::Use, text: &Text) -> TokenStream {
        match text {
            Text::Literal(literal) => {
                let pieces = text::parse(literal, self.errors);
                text::emit(&pieces, how, literal.span(), &self.scope)
            }
            Text::Expr(expr) => {
                let expr = self.scope.expr(expr);
                quote_spanned!(expr.span()=> ::std::string::ToString::to_string(&#expr))
            }
        }
    }
}

/// What an argument is called where people look at it: by the field or variable that it is, else
/// by its place.
fn argument_name(arguments: &[Expr], index: usize) -> String {
    let name =
        |argument: &Expr| -> Option<String> { Some(last_name(argument)?.unraw().to_string()) };
    let own = arguments.get(index).and_then(name);
    let own = own.filter(|own| {
        let same = arguments.iter().filter(|other| name(other).as_ref() == Some(own));
        same.count() == 1
    });
    own.unwrap_or_else(|| (index + 1).to_string())
}

fn last_name(argument: &Expr) -> Option<&Ident> {
    match argument {
        Expr::Path(path) => path.path.get_ident(),
        Expr::Field(ExprField { member: Member::Named(name), .. }) => Some(name),
        Expr::Reference(reference) => last_name(&reference.expr),
        Expr::Paren(paren) => last_name(&paren.expr),
        Expr::MethodCall(call) if call.args.is_empty() => last_name(&call.receiver),
        _ => None,
    }
}

/// In front of an `else`, a block has to stand in parentheses.
fn before_else(value: TokenStream) -> TokenStream {
    match value.clone().into_iter().last() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => quote!((#value)),
        _ => value,
    }
}
